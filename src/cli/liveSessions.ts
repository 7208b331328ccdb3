// What commands know of running sessions: one look at records, spools and processes, and one question to the CLI.
import { nodeAppendedFiles } from '../files/appendedFiles.ts';
import { isUserError } from '../findings/userError.ts';
import { pollAgents } from '../sessions/agentsList.ts';
import { LiveStates, type LiveUpdate } from '../sessions/liveStates.ts';
import { findClaude } from '../sessions/programs.ts';
import { claudeSetting } from './doctorEvidence.ts';
import { stateDirectoryOf } from './state.ts';
import type { Io } from './verb.ts';

export interface LiveLook extends LiveUpdate {
  /** Whether the CLI was asked and answered; absent when no session runs that it could be asked about. */
  readonly hasAnswered?: boolean;
}

/** The sessions of a workspace. Where there is no state directory to be had nothing is known of any. */
export async function lookAtSessions(io: Io, root: string): Promise<LiveLook> {
  let stateDirectory: string;
  try {
    stateDirectory = stateDirectoryOf(io, root).workspace;
  } catch (error) {
    if (!isUserError(error)) throw error;
    return { sessions: new Map(), skipped: [] };
  }
  const { files, machine } = io;
  const states = new LiveStates({ store: { files, stateDirectory }, disk: nodeAppendedFiles, machine });
  const now = (): number => Date.parse(io.now());
  const first = await states.update(now(), undefined);
  // The CLI takes a while to answer: it is asked only where a session may run.
  const mayRun = [...first.sessions.values()].some(({ process }) => process !== 'gone');
  if (!mayRun) return first;
  const claude = await findClaude(machine, claudeSetting(io));
  const poll = claude.path === undefined ? undefined : await pollAgents(machine, claude.path, now);
  return { ...(await states.update(now(), poll)), hasAnswered: poll !== undefined };
}
