// Ends a session: only the process that was recorded, gently first. What can't be told to be ours is left alone.
import { isUserError, UserError } from '../findings/userError.ts';
import { ended } from './liveRecords.ts';
import { processState } from './processTable.ts';
import type { SessionHost } from './sessionHost.ts';
import { readRecords, type SessionRecord, writeRecord } from './sessionRecord.ts';
import { killTmuxSession, type Tmux } from './tmux.ts';

/**
 * What came of it. `gone`: it had ended before, and a later process of its pid was not touched. `unknown`: the system
 * does not say whether it is the recorded one, so nothing was done. `survived`: not even the hard way ended it.
 */
export type StopResult = 'stopped' | 'killed' | 'gone' | 'unknown' | 'survived';

export interface StopOptions {
  /** Milliseconds for an end of its own accord, before it is ended hard. */
  readonly graceMs: number;
  /** The server of a session in tmux; undefined where tmux is not there. */
  readonly tmux?: Tmux;
}

const askEveryMs = 25;
/** Milliseconds for the system to end what it was told to end hard. */
const hardMs = 2000;

/** A signal to the recorded process, if it still is that one at this very moment. */
async function signal(
  host: SessionHost,
  record: SessionRecord,
  name: NodeJS.Signals,
): Promise<'sent' | 'gone' | 'unknown'> {
  const state = await processState(host.machine, record);
  if (state !== 'running' || record.pid === undefined) return state === 'gone' ? 'gone' : 'unknown';
  try {
    host.kill(record.pid, name);
    return 'sent';
  } catch (error) {
    const isGone = error instanceof Error && 'code' in error && error.code === 'ESRCH';
    return isGone ? 'gone' : 'unknown';
  }
}

async function endsWithin(host: SessionHost, record: SessionRecord, ms: number): Promise<boolean> {
  for (let waited = 0; ; waited += askEveryMs) {
    if ((await processState(host.machine, record)) === 'gone') return true;
    if (waited >= ms) return false;
    await host.wait(askEveryMs);
  }
}

/** The record as it is on the disk now: who watches the process may have written to it meanwhile. */
function fresh(host: SessionHost, record: SessionRecord): SessionRecord {
  return readRecords(host).records.find(({ launch }) => launch === record.launch) ?? record;
}

/** Marks a launch as ended. Whoever came first said when. */
export async function recordEnd(host: SessionHost, record: SessionRecord, reason: string): Promise<void> {
  const now = fresh(host, record);
  if (now.phase !== 'ended') await writeRecord(host, ended(now, host.now(), reason));
}

/** Finds out whether the record of a session can be written, before it is ended to be started anew. @throws UserError */
export async function requireNotable(host: SessionHost, record: SessionRecord): Promise<void> {
  const now = fresh(host, record);
  if (now.phase !== 'ended') await writeRecord(host, now);
}

async function endProcess(host: SessionHost, record: SessionRecord, graceMs: number): Promise<StopResult> {
  const gently = await signal(host, record, 'SIGTERM');
  if (gently !== 'sent') return gently;
  if (await endsWithin(host, record, graceMs)) return 'stopped';
  const hard = await signal(host, record, 'SIGKILL');
  if (hard === 'gone' || (await endsWithin(host, record, hardMs)))
    return hard === 'gone' ? 'stopped' : 'killed';
  return 'survived';
}

/** Ends the session of a record, and marks it as ended unless it still runs. @throws UserError when it ended and that can't be written. */
export async function stopSession(
  host: SessionHost,
  record: SessionRecord,
  { graceMs, tmux }: StopOptions,
): Promise<StopResult> {
  // Written before, so that who watches the process end knows that it was meant. A full disk keeps nobody from ending it.
  if ((await processState(host.machine, record)) === 'running')
    await writeRecord(host, { ...fresh(host, record), endReason: 'stopped' }).catch(() => {});
  const result = await endProcess(host, record, graceMs);
  if (result === 'unknown' || result === 'survived') {
    // However it ends one day, this was not it.
    const { endReason: _, ...still } = fresh(host, record);
    await writeRecord(host, still).catch(() => {});
    return result;
  }
  // What it left in its pane, and what it started there and did not end.
  if (record.runner === 'tmux' && tmux !== undefined) await killTmuxSession(tmux, record);
  try {
    await recordEnd(host, record, result === 'gone' ? 'gone' : 'stopped');
  } catch (error) {
    if (!isUserError(error)) throw error;
    throw new UserError(
      `${record.agent} does not run any more (pid ${record.pid}), but that cannot be noted, since ${host.stateDirectory} cannot be written: it will be shown as gone. Free space there, or mend its permissions.`,
      { cause: error },
    );
  }
  return result;
}
