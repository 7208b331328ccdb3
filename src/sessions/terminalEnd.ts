// How a session ended whose terminal somebody else watched: an editor, which tells of it when the terminal is gone.
import { processState } from './processTable.ts';
import type { SessionHost } from './sessionHost.ts';
import { readRecords, type SessionRecord, writeRecord } from './sessionRecord.ts';
import { recordEnd } from './stopSession.ts';

/** Milliseconds that a program has to end after its terminal went. */
const endsWithinMs = 10_000;
const askEveryMs = 50;

/**
 * Marks a launch as ended once its process is gone. `code`: the exit code; undefined when a person closed the terminal,
 * which is a stop that was meant. One whose process stays is left as it is. @throws UserError when it can't be written.
 */
export async function recordTerminalEnd(
  host: SessionHost,
  record: SessionRecord,
  code: number | undefined,
): Promise<void> {
  if (code === undefined && (await processState(host.machine, record)) === 'running') {
    const now = readRecords(host).records.find(({ launch }) => launch === record.launch) ?? record;
    // Written before, so that who finds the process gone knows that it was meant.
    if (now.phase !== 'ended') await writeRecord(host, { ...now, endReason: 'stopped' });
  }
  for (let waited = 0; waited < endsWithinMs; waited += askEveryMs) {
    if ((await processState(host.machine, record)) === 'gone')
      return recordEnd(host, record, code === undefined ? 'stopped' : `exit ${code}`);
    await host.wait(askEveryMs);
  }
}
