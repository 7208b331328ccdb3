// The record of a launch: what was started where, written before the start. FORMATS.md "session record".
import path from 'node:path';
import { isObject, type Json, type JsonObject } from '../claude/jsonText.ts';
import type { WritableFiles } from '../files/files.ts';
import { makePrivate } from '../files/stateDirectory.ts';
import type { ConfigHashes } from '../outputs/configHashes.ts';
import { writeAll } from '../outputs/write.ts';

export const recordFormat = 1;

/** What a session runs in. */
export const runners = ['terminal', 'tmux'] as const;
export type Runner = (typeof runners)[number];

const phases = ['starting', 'running', 'ended'] as const;

/** One launch of an agent. It never holds a value of the environment. */
export interface SessionRecord extends ConfigHashes {
  readonly format: typeof recordFormat;
  /** The identity: a UUID that stays as long as the launch. */
  readonly launch: string;
  readonly agent: string;
  /** The CLI's session id, as it was last known; `/clear` and resume change it. */
  readonly sessionId: string;
  /** All that this launch had, oldest first. */
  readonly sessionIds: readonly string[];
  readonly runner: Runner;
  /** Of `claude` itself; absent until it runs. */
  readonly pid?: number;
  /** Tells the process from a later one of that pid: `processTable.ts`. Absent where the system doesn't say. */
  readonly pidStarted?: string;
  /** Of tmux, such as `%3`. */
  readonly pane?: string;
  /** Absolute path of the tmux server's socket. */
  readonly socket?: string;
  /** Absolute. */
  readonly cwd: string;
  readonly worktree?: string;
  /** The program and its arguments. */
  readonly argv: readonly string[];
  /** ISO 8601, milliseconds, `Z`; so is `endedAt`. */
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly phase: (typeof phases)[number];
  /** `exit 1`, `signal SIGTERM`, `stopped`, `gone` (it ended unseen) or `not started`. */
  readonly endReason?: string;
}

/** What a file of the folder holds. */
export type RecordFile =
  | { readonly kind: 'good'; readonly record: SessionRecord }
  | { readonly kind: 'damaged'; readonly reason: string }
  /** Of a later version of ours: to be left alone. */
  | { readonly kind: 'newer'; readonly format: number };

/** A file of the folder that could not be used. */
export interface SkippedRecord {
  /** Its name. */
  readonly file: string;
  /** Why, and what to do, as the end of a sentence. */
  readonly reason: string;
}

export interface ReadRecords {
  /** Newest first; before them those that did not end, which the clock, had it been set back, would make older ones. */
  readonly records: readonly SessionRecord[];
  readonly skipped: readonly SkippedRecord[];
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const agentId = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;
const time = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

/** Whether a text is a UUID as we and the CLI write them. */
export const isUuid = (text: unknown): text is string => typeof text === 'string' && uuid.test(text);

const isText = (value: unknown): value is string => typeof value === 'string' && !value.includes('\0');
const isTexts = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every(isText);
const isTime = (value: unknown): value is string =>
  typeof value === 'string' && time.test(value) && !Number.isNaN(Date.parse(value));
const isHash = (value: unknown): value is string => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
const isPid = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) > 1;
const isAbsolute = (value: unknown): value is string => isText(value) && path.isAbsolute(value);
const isOneOf = (values: readonly string[], value: unknown): boolean => values.some((each) => each === value);
const optional = (check: (value: unknown) => boolean) => (value: unknown) =>
  value === undefined || check(value);

/** What each member must be. A record of which one is wrong is not used at all: it says what may be stopped. */
const members: Readonly<Record<Exclude<keyof SessionRecord, 'format'>, (value: unknown) => boolean>> = {
  launch: isUuid,
  agent: (value) => isText(value) && value.length <= 64 && agentId.test(value),
  sessionId: isUuid,
  sessionIds: (value) => Array.isArray(value) && value.every(isUuid),
  runner: (value) => isOneOf(runners, value),
  pid: optional(isPid),
  pidStarted: optional(isText),
  pane: optional((value) => typeof value === 'string' && /^%\d{1,9}$/.test(value)),
  socket: optional(isAbsolute),
  cwd: isAbsolute,
  worktree: optional(isAbsolute),
  argv: isTexts,
  settingsSha: isHash,
  memorySha: isHash,
  contextSha: isHash,
  startedAt: isTime,
  endedAt: optional(isTime),
  phase: (value) => isOneOf(phases, value),
  endReason: optional(isText),
};

/** Reads the text of a record. Unknown keys are kept, to be written again. Never throws. */
export function parseRecord(text: string): RecordFile {
  let value: Json;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: 'damaged', reason: 'it is not JSON' };
  }
  if (!isObject(value) || typeof value.format !== 'number')
    return { kind: 'damaged', reason: 'it is no session record' };
  if (value.format > recordFormat) return { kind: 'newer', format: value.format };
  const given = value as JsonObject;
  const wrong = Object.entries(members).find(
    ([name, check]) => !check(Object.hasOwn(given, name) ? given[name] : undefined),
  );
  if (value.format !== recordFormat || wrong !== undefined)
    return { kind: 'damaged', reason: `${wrong?.[0] ?? 'format'} is not what it should be` };
  return { kind: 'good', record: value as unknown as SessionRecord };
}

/** The text of a record: keys sorted, two spaces. */
export function renderRecord(record: SessionRecord): string {
  const sorted = Object.entries(record)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`;
}

/** The folder of a workspace's records in its state directory. */
export function recordFolder(stateDirectory: string): string {
  return path.join(stateDirectory, 'sessions');
}

/** Where the records of a workspace are. */
export interface RecordStore {
  readonly files: WritableFiles;
  /** `<state>` itself. */
  readonly stateRoot: string;
  /** This workspace's folder below it. */
  readonly stateDirectory: string;
}

const ending = '.json';

/** Puts a record in its place in one step. @throws UserError when the state directory can't be written. */
export async function writeRecord(store: RecordStore, record: SessionRecord): Promise<void> {
  const folder = recordFolder(store.stateDirectory);
  await makePrivate(store.files, store.stateRoot, folder);
  const file = path.join(folder, `${record.launch}${ending}`);
  await writeAll(
    store.files,
    [{ path: file, text: renderRecord(record), before: store.files.read(file)?.text }],
    { root: store.stateDirectory, mode: { file: 0o600, folder: 0o700 } },
  );
}

/**
 * Every record of a workspace, and what of its folder could not be used. Never throws. `known`: of whoever reads again and
 * again, what it read of launches that ended, by file; those are not read twice, since they do not change.
 */
export function readRecords(
  { files, stateDirectory }: Pick<RecordStore, 'files' | 'stateDirectory'>,
  known?: Map<string, SessionRecord>,
): ReadRecords {
  const folder = recordFolder(stateDirectory);
  const records: SessionRecord[] = [];
  const skipped: SkippedRecord[] = [];
  for (const name of files.list(folder)) {
    if (!name.endsWith(ending) || name.startsWith('.')) continue;
    const before = known?.get(name);
    if (before !== undefined) {
      records.push(before);
      continue;
    }
    const file = path.join(folder, name);
    // A link could lead to another workspace's record, and another's file is not ours to believe.
    if (files.kind(file) !== 'file' || !files.isOwn(file)) {
      skipped.push({ file: name, reason: 'it is not a file of your own' });
      continue;
    }
    const content = files.read(file);
    if (content === undefined) continue; // removed meanwhile
    const read = parseRecord(content.text ?? '');
    if (content.text === undefined) skipped.push({ file: name, reason: `it ${content.unreadable}` });
    else if (read.kind === 'damaged') skipped.push({ file: name, reason: read.reason });
    else if (read.kind === 'newer')
      skipped.push({
        file: name,
        reason: `a newer version wrote it (format ${read.format}); update this one`,
      });
    else if (`${read.record.launch}${ending}` !== name)
      skipped.push({ file: name, reason: 'it is the record of another launch' });
    else {
      records.push(read.record);
      // A start that took so long that it was given up for broken off may yet be completed.
      if (read.record.phase === 'ended' && read.record.endReason !== 'not started')
        known?.set(name, read.record);
    }
  }
  const rank = ({ phase, startedAt }: SessionRecord): string => `${phase === 'ended' ? 0 : 1} ${startedAt}`;
  records.sort((a, b) => (rank(a) < rank(b) ? 1 : rank(a) > rank(b) ? -1 : 0));
  return { records, skipped };
}
