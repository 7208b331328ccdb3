// Which launches still run: records held against the processes, those that ended unseen marked as ended.
import path from 'node:path';
import type { Files } from '../files/files.ts';
import { processStarted, processState } from './processTable.ts';
import type { SessionHost } from './sessionHost.ts';
import { readRecords, type SessionRecord, writeRecord } from './sessionRecord.ts';

/** A launch that did not end as far as its record goes. `unknown`: its process could not be asked about. */
export interface LiveRecord {
  readonly record: SessionRecord;
  readonly state: 'starting' | 'running' | 'unknown';
}

/** Milliseconds after which a record without a process is that of a start that was broken off. */
const startsWithinMs = 15_000;
/** Milliseconds that whoever starts a session has for completing its record itself. */
const adoptAfterMs = 2000;

/** The folder of what a start in tmux needs for a moment, in a workspace's folder of the state directory. */
export const startFolder = (stateDirectory: string): string => path.join(stateDirectory, 'starts');

/** Where the exit code of a launch in tmux is written when it ends. */
export const exitFile = (stateDirectory: string, launch: string): string =>
  path.join(startFolder(stateDirectory), `${launch}.exit`);

/** Where the pid of a launch in tmux, or in a terminal of an editor, is written when it begins. */
export const pidFile = (stateDirectory: string, launch: string): string =>
  path.join(startFolder(stateDirectory), `${launch}.pid`);

/** How a launch that is gone ended, as far as anybody saw. */
function goneReason({ files, stateDirectory }: SessionHost, { launch, pid }: SessionRecord): string {
  if (pid === undefined) return 'not started';
  return exitReason({ files, stateDirectory }, launch) ?? 'gone';
}

/** How a launch in tmux ended by what its script wrote down: `exit 1`. Undefined while it wrote nothing. */
export function exitReason(
  { files, stateDirectory }: { readonly files: Pick<Files, 'read'>; readonly stateDirectory: string },
  launch: string,
): string | undefined {
  const code = /^(\d{1,3})\n$/.exec(files.read(exitFile(stateDirectory, launch))?.text ?? '')?.[1];
  return code === undefined ? undefined : `exit ${code}`;
}

/** What a record says once the launch is known to have ended. A reason that was written before it ended stays. */
export function ended(record: SessionRecord, at: string, reason: string): SessionRecord {
  return { ...record, phase: 'ended', endedAt: at, endReason: record.endReason ?? reason };
}

/** The words of a process's command line as one text; undefined where it can't be had. */
async function commandLine({ machine }: SessionHost, pid: number): Promise<string | undefined> {
  if (machine.platform === 'linux') return machine.files.read(`/proc/${pid}/cmdline`)?.text;
  return machine.run('/usr/bin/env', ['ps', '-ww', '-o', 'args=', '-p', String(pid)]);
}

/**
 * Completes the record of a session whose starter was killed before it could: by the pid that the session wrote,
 * if that process has the session id on its command line, as no other one has.
 */
async function adopt(host: SessionHost, record: SessionRecord): Promise<LiveRecord | undefined> {
  const text = host.files.read(pidFile(host.stateDirectory, record.launch))?.text ?? '';
  if (!/^\d{1,9}\n$/.test(text)) return undefined;
  const pid = Number(text);
  const pidStarted = await processStarted(host.machine, pid);
  if (pidStarted === undefined || !(await commandLine(host, pid))?.includes(record.sessionId))
    return undefined;
  const adopted: SessionRecord = { ...record, pid, pidStarted, phase: 'running' };
  await writeRecord(host, adopted).catch(() => {}); // then the next one does
  return { record: adopted, state: 'running' };
}

/** What is known of one launch that has no `endedAt` yet; undefined when it ended. */
async function look(host: SessionHost, record: SessionRecord): Promise<LiveRecord | undefined> {
  if (record.pid === undefined) {
    const age = Math.abs(Date.parse(host.now()) - Date.parse(record.startedAt));
    const adopted = age < adoptAfterMs ? undefined : await adopt(host, record);
    return adopted ?? (age < startsWithinMs ? { record, state: 'starting' } : undefined);
  }
  const state = await processState(host.machine, record);
  return state === 'gone' ? undefined : { record, state };
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
      const live = await look(host, record);
      if (live !== undefined) return [live];
      await writeRecord(host, ended(record, host.now(), goneReason(host, record))).catch(() => {});
      return [];
    }),
  );
  return found.flat();
}
