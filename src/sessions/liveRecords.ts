// Which launches still run: records held against the processes, those that ended unseen marked as ended.
import path from 'node:path';
import { processState } from './processTable.ts';
import type { SessionHost } from './sessionHost.ts';
import { readRecords, type SessionRecord, writeRecord } from './sessionRecord.ts';

/** A launch that did not end as far as its record goes. `unknown`: its process could not be asked about. */
export interface LiveRecord {
  readonly record: SessionRecord;
  readonly state: 'starting' | 'running' | 'unknown';
}

/** Milliseconds after which a record without a process is that of a start that was broken off. */
const startsWithinMs = 15_000;

/** The folder of what a start in tmux needs for a moment, in a workspace's folder of the state directory. */
export const startFolder = (stateDirectory: string): string => path.join(stateDirectory, 'starts');

/** Where the exit code of a launch in tmux is written when it ends. */
export const exitFile = (stateDirectory: string, launch: string): string =>
  path.join(startFolder(stateDirectory), `${launch}.exit`);

/** How a launch that is gone ended, as far as anybody saw. */
function goneReason({ files, stateDirectory }: SessionHost, { launch, pid }: SessionRecord): string {
  if (pid === undefined) return 'not started';
  const code = /^(\d{1,3})\n$/.exec(files.read(exitFile(stateDirectory, launch))?.text ?? '')?.[1];
  return code === undefined ? 'gone' : `exit ${code}`;
}

/** What a record says once the launch is known to have ended. A reason that was written before it ended stays. */
export function ended(record: SessionRecord, at: string, reason: string): SessionRecord {
  return { ...record, phase: 'ended', endedAt: at, endReason: record.endReason ?? reason };
}

/** What is known of one launch that has no `endedAt` yet; undefined when it ended. */
async function look(host: SessionHost, record: SessionRecord): Promise<LiveRecord['state'] | undefined> {
  if (record.pid === undefined) {
    const age = Date.parse(host.now()) - Date.parse(record.startedAt);
    return Math.abs(age) < startsWithinMs ? 'starting' : undefined;
  }
  const state = await processState(host.machine, record);
  return state === 'gone' ? undefined : state;
}

/**
 * The launches that run, newest first, of all agents or of one. Records of those that are gone are marked as ended; one
 * that can't be written is left for the next time. Never throws.
 */
export async function liveRecords(host: SessionHost, agent?: string): Promise<readonly LiveRecord[]> {
  const open = readRecords(host).records.filter(
    (record) => record.phase !== 'ended' && (agent === undefined || record.agent === agent),
  );
  const found = await Promise.all(
    open.map(async (record): Promise<readonly LiveRecord[]> => {
      const state = await look(host, record);
      if (state !== undefined) return [{ record, state }];
      await writeRecord(host, ended(record, host.now(), goneReason(host, record))).catch(() => {});
      return [];
    }),
  );
  return found.flat();
}
