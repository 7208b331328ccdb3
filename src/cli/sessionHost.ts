// The sessions of a workspace as the verbs reach them: records and processes.
import { setTimeout as wait } from 'node:timers/promises';
import { UserError } from '../findings/userError.ts';
import { visible } from '../findings/visible.ts';
import { type LiveRecord, liveRecords } from '../sessions/liveRecords.ts';
import type { SessionHost } from '../sessions/sessionHost.ts';
import { readRecords } from '../sessions/sessionRecord.ts';
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

/** Tells of records that can't be used: an agent may run that nobody counts. */
export function tellSkipped(io: Io, host: SessionHost): void {
  for (const { file, reason } of readRecords(host).skipped)
    io.err(`The session record ${visible(file)} is left out: ${visible(reason)}.\n`);
}

/** The launch of an agent that runs. @throws UserError when there is none, or it can't be told. */
export async function requireLive(host: SessionHost, id: string): Promise<LiveRecord> {
  const [live] = await liveRecords(host, id);
  if (live === undefined)
    throw new UserError(`${id} does not run. Start it: native-orchestrator start ${id}`);
  return live;
}
