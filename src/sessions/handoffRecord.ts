// The record of each handoff: written before it is delivered, with what came of it, one file each in the state directory.
import path from 'node:path';
import { isObject, readJson } from '../claude/jsonText.ts';
import { makePrivate } from '../files/stateDirectory.ts';
import { writeAll } from '../outputs/write.ts';
import { type HandoffMessage, handoffProblem } from './handoff.ts';
import { isUuid, type RecordStore } from './sessionRecord.ts';

const handoffStates = ['recorded', 'delivered', 'refused'] as const;
/** `recorded`: written down, and not known to have been delivered. */
export type HandoffState = (typeof handoffStates)[number];

export interface HandoffRecord extends HandoffMessage {
  readonly format: 1;
  /** A UUID; the file's name. */
  readonly id: string;
  /** ISO 8601, milliseconds, `Z`; so is `stateAt`. */
  readonly at: string;
  /** Who asked for it: a person, or somebody in the session of an agent. */
  readonly sentBy: 'person' | 'session';
  readonly state: HandoffState;
  readonly stateAt: string;
  /** Why it was refused, as a sentence. */
  readonly reason?: string;
  /** The launch that it was typed into. */
  readonly launch?: string;
}

export interface ReadHandoffs {
  /** Newest first. */
  readonly handoffs: readonly HandoffRecord[];
  /** Names of files that could not be used. */
  readonly skipped: readonly string[];
}

/** Handoffs that are kept. */
const mostKept = 200;
const ending = '.json';

/** The folder of a workspace's handoffs in its state directory. */
export const handoffFolder = (stateDirectory: string): string => path.join(stateDirectory, 'handoffs');

const isTime = (value: unknown): boolean =>
  typeof value === 'string' &&
  /^\d{4}-\d\d-\d\dT[\d:.]{12}Z$/.test(value) &&
  !Number.isNaN(Date.parse(value));

/** Reads the text of a record; undefined for what is none. Never throws. */
export function parseHandoffRecord(text: string): HandoffRecord | undefined {
  const { value } = readJson(text);
  if (value === undefined || !isObject(value)) return undefined;
  const { id, at, sentBy, state, stateAt, reason, launch, ...message } = value;
  const isSound =
    isUuid(id) &&
    isTime(at) &&
    isTime(stateAt) &&
    (sentBy === 'person' || sentBy === 'session') &&
    handoffStates.some((each) => each === state) &&
    (reason === undefined || typeof reason === 'string') &&
    (launch === undefined || isUuid(launch)) &&
    message.format === 1 &&
    handoffProblem(message) === undefined;
  return isSound ? (value as unknown as HandoffRecord) : undefined;
}

/** Puts a record in its place in one step (0600). @throws UserError when the state directory can't be written. */
export async function writeHandoff(store: RecordStore, record: HandoffRecord): Promise<void> {
  const folder = handoffFolder(store.stateDirectory);
  await makePrivate(store.files, store.stateRoot, folder);
  const file = path.join(folder, `${record.id}${ending}`);
  const sorted = Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
  await writeAll(
    store.files,
    [{ path: file, text: `${JSON.stringify(sorted, null, 2)}\n`, before: store.files.read(file)?.text }],
    { root: store.stateDirectory, mode: { file: 0o600, folder: 0o700 } },
  );
}

/** Every handoff of a workspace. Links and others' files are not read. Never throws. */
export function readHandoffs({
  files,
  stateDirectory,
}: Pick<RecordStore, 'files' | 'stateDirectory'>): ReadHandoffs {
  const folder = handoffFolder(stateDirectory);
  const handoffs: HandoffRecord[] = [];
  const skipped: string[] = [];
  for (const name of files.list(folder)) {
    if (!name.endsWith(ending) || name.startsWith('.')) continue;
    const file = path.join(folder, name);
    const isOurs = files.kind(file) === 'file' && files.isOwn(file);
    const record = isOurs ? parseHandoffRecord(files.read(file)?.text ?? '') : undefined;
    if (record === undefined || `${record.id}${ending}` !== name) skipped.push(name);
    else handoffs.push(record);
  }
  handoffs.sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
  return { handoffs, skipped };
}

/** Removes the oldest records, so that they do not grow for ever. */
export async function forgetHandoffs(store: RecordStore): Promise<void> {
  for (const { id } of readHandoffs(store).handoffs.slice(mostKept))
    await store.files
      .remove(path.join(handoffFolder(store.stateDirectory), `${id}${ending}`))
      .catch(() => {});
}
