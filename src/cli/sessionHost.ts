// The sessions of a workspace as the verbs reach them: records, processes, tmux.
import { setTimeout as wait } from 'node:timers/promises';
import { UserError } from '../findings/userError.ts';
import { visible } from '../findings/visible.ts';
import { type LiveRecord, liveRecords } from '../sessions/liveRecords.ts';
import type { SessionHost } from '../sessions/sessionHost.ts';
import { readRecords, type SessionRecord } from '../sessions/sessionRecord.ts';
import { findTmux, type Tmux, tmuxAt, workspaceServer } from '../sessions/tmux.ts';
import { stateDirectoryOf } from './state.ts';
import type { Io } from './verb.ts';

/** @throws UserError when the state directory lies in the workspace. */
export function sessionHostOf(io: Io, root: string): SessionHost {
  const state = stateDirectoryOf(io, root);
  return {
    files: io.files,
    stateRoot: state.root,
    stateDirectory: state.workspace,
    machine: io.machine,
    now: io.now,
    kill: (pid, signal) => void process.kill(pid, signal),
    wait: (ms) => wait(ms),
  };
}

/** The workspace's own server; undefined where there is no tmux. @throws UserError for an override that names none. */
export function tmuxOf(io: Io, root: string, host: SessionHost): Tmux | undefined {
  const program = findTmux(io.machine);
  if (program === undefined) return undefined;
  return tmuxAt(program, workspaceServer(host.stateDirectory, io.env.TMUX_SOCKET_OVERRIDE), io.env, root);
}

/**
 * The server that a session was started in, wherever new ones would be started now; the workspace's own where the record
 * does not say. Undefined where there is no tmux, and for a session in a terminal.
 */
export function tmuxOfRecord(
  io: Io,
  root: string,
  host: SessionHost,
  record: SessionRecord,
): Tmux | undefined {
  if (record.runner !== 'tmux') return undefined;
  const program = findTmux(io.machine);
  if (program === undefined || record.socket === undefined) return tmuxOf(io, root, host);
  return tmuxAt(program, ['-S', record.socket], io.env, root);
}

/** Tells of records that can't be used: an agent may run that nobody counts. */
export function tellSkipped(io: Io, host: SessionHost): void {
  for (const { file, reason } of readRecords(host).skipped)
    io.err(`The session record ${visible(file)} is left out: ${visible(reason)}.\n`);
}

/** `tmux, pid 4711`. */
export const placeWords = ({ runner, pid }: SessionRecord): string =>
  `${runner}${pid === undefined ? '' : `, pid ${pid}`}`;

/** The launch of an agent that runs. @throws UserError when there is none, or it can't be told. */
export async function requireLive(host: SessionHost, id: string): Promise<LiveRecord> {
  const [live] = await liveRecords(host, id);
  if (live === undefined)
    throw new UserError(`${id} does not run. Start it: native-orchestrator start ${id}`);
  return live;
}
