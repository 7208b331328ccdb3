// How a session ended whose terminal somebody else watched: an editor, which tells of it when the terminal is gone.
import path from 'node:path';
import { parseSpoolLine, wholeLines } from '../protocol/readSpool.ts';
import { processState } from './processTable.ts';
import type { SessionHost } from './sessionHost.ts';
import { readRecords, type SessionRecord, writeRecord } from './sessionRecord.ts';
import { spoolFolder } from './spoolReader.ts';
import { recordEnd } from './stopSession.ts';

/** Milliseconds that a program has to end after its terminal went. */
const endsWithinMs = 10_000;
/** Milliseconds that the line of a session's end may come later than its process goes. */
const lastLineMs = 2000;
const askEveryMs = 50;

/** Whether the hooks of a launch told last that it ended. */
async function hasSaidEnd({ files, stateDirectory, wait }: SessionHost, launch: string): Promise<boolean> {
  const spool = path.join(spoolFolder(stateDirectory), `${launch}.jsonl`);
  for (let waited = 0; waited <= lastLineMs; waited += askEveryMs) {
    const { lines } = wholeLines(files.read(spool)?.text ?? '');
    if (parseSpoolLine(lines.at(-1) ?? '')?.event === 'SessionEnd') return true;
    await wait(askEveryMs);
  }
  return false;
}

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
    if ((await processState(host.machine, record)) !== 'gone') {
      await host.wait(askEveryMs);
      continue;
    }
    if (code === undefined) return recordEnd(host, record, 'stopped');
    // VS Code tells of a process that a signal killed as of one that ended well (seen with 1.139): then its hooks know.
    const isUnsure = code === 0 && !(await hasSaidEnd(host, record.launch));
    return recordEnd(host, record, isUnsure ? 'gone' : `exit ${code}`);
  }
  // However it ends one day, this was not it.
  const { endReason, ...still } =
    readRecords(host).records.find(({ launch }) => launch === record.launch) ?? record;
  if (still.phase !== 'ended' && endReason === 'stopped') await writeRecord(host, still);
}
