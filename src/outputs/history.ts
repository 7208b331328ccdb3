// What happened to settings files, one line each: how such a line is made, read back, and told from one said twice.
import { isObject, type Json } from '../claude/jsonText.ts';
import { isTooDeep, leafForm, leavesOf } from './leaves.ts';

/**
 * `lost`: a protection went. `restored`: all are there again. `written`: it is now as the registry says. `removed`: the
 * file is gone. `edited`: anything else.
 */
export const changeKinds = ['lost', 'restored', 'written', 'removed', 'edited'] as const;
export type ChangeKind = (typeof changeKinds)[number];

/** A session that was known to run when a file changed. */
export interface Running {
  readonly agent: string;
  /** Where that is known from: a terminal of the window, or a line in a spool so many seconds before. */
  readonly by: 'terminal' | 'spool';
  readonly secondsAgo?: number;
}

/** One change of a settings file, as it was seen. Texts are data: files and agents may have written them. */
export interface Change {
  /** When it was seen: ISO 8601. */
  readonly at: string;
  /** Relative to the workspace, with `/`. */
  readonly file: string;
  /** Absent for files that are live for all agents. */
  readonly agent?: string;
  readonly kind: ChangeKind;
  /** The hash of the text before and after; null where there was or is no file that can be read. */
  readonly before: string | null;
  readonly after: string | null;
  /** RFC 6901 pointers of the keys that differ between the two, at most `mostKeys`. */
  readonly keys: readonly string[];
  /** How many more there are. */
  readonly moreKeys?: number;
  /** What is gone, in words; empty unless `lost`. */
  readonly lost: readonly string[];
  /** When the file was last seen with what is gone now: ISO 8601; absent when that is not known. */
  readonly intactAt?: string;
  /** Empty: none are known of. */
  readonly running: readonly Running[];
  /** States that went by too fast to be told one by one. */
  readonly skipped?: number;
  /** Who saw it: two windows tell of the same change. */
  readonly by: string;
}

export const mostKeys = 20;
const mostRunning = 50;
const mostWords = 20;
const mostText = 300;
/** Characters of a line that is read. */
const longestLine = 64 * 1024;
/** Two windows that saw the same change saw it within this. Milliseconds. */
const sameMs = 15_000;

/** The keys that differ between two texts; none where one of them is no JSON object. */
export function changedKeys(before: string | undefined, after: string | undefined): readonly string[] {
  const [old, now] = [before, after].map(leavesIn);
  if (!old || !now) return [];
  const formOf = (leaves: ReadonlyMap<string, Json>, at: string): string | undefined => {
    const value = leaves.get(at);
    return value === undefined ? undefined : leafForm(at, value);
  };
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((at) => at !== '' && formOf(old, at) !== formOf(now, at))
    .sort();
}

function leavesIn(text: string | undefined): ReadonlyMap<string, Json> | undefined {
  if (text === undefined) return undefined;
  try {
    const value: Json = JSON.parse(text.replace(/^\ufeff/, ''));
    return isObject(value) && !isTooDeep(value) ? leavesOf(value) : undefined;
  } catch {
    return undefined; // not JSON, or nested so deeply that nobody would read it
  }
}

/** The line of a change, with its line end. */
export function changeLine(change: Change): string {
  return `${JSON.stringify({ format: 1, ...change })}\n`;
}

const isHash = (value: unknown): value is string => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
const isTime = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= 30 && !Number.isNaN(Date.parse(value));
const texts = (value: unknown, most: number): readonly string[] =>
  Array.isArray(value)
    ? value
        .filter((each) => typeof each === 'string')
        .slice(0, most)
        .map((each) => each.slice(0, mostText))
    : [];

/** The change that a line without its line end tells of; undefined when it is none of this format. Never throws. */
export function readChange(line: string): Change | undefined {
  if (line.length > longestLine || !line.startsWith('{')) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const {
    format,
    at,
    file,
    agent,
    kind,
    before,
    after,
    keys,
    moreKeys,
    lost,
    intactAt,
    running,
    skipped,
    by,
  } = value as Record<string, unknown>;
  const known = changeKinds.find((each) => each === kind);
  if (format !== 1 || known === undefined || !isTime(at) || typeof file !== 'string' || file === '')
    return undefined;
  if (file.length > 1024) return undefined;
  return {
    at,
    file,
    ...(typeof agent === 'string' ? { agent: agent.slice(0, 64) } : {}),
    kind: known,
    before: isHash(before) ? before : null,
    after: isHash(after) ? after : null,
    keys: texts(keys, mostKeys),
    ...(isCount(moreKeys) ? { moreKeys } : {}),
    lost: texts(lost, mostWords),
    ...(isTime(intactAt) ? { intactAt } : {}),
    running: (Array.isArray(running) ? running : []).slice(0, mostRunning).flatMap(readRunning),
    ...(isCount(skipped) ? { skipped } : {}),
    by: typeof by === 'string' ? by.slice(0, 64) : '',
  };
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) > 0;

function readRunning(value: unknown): readonly Running[] {
  if (typeof value !== 'object' || value === null) return [];
  const { agent, by, secondsAgo } = value as Record<string, unknown>;
  if (typeof agent !== 'string' || (by !== 'terminal' && by !== 'spool')) return [];
  const seconds = typeof secondsAgo === 'number' && secondsAgo >= 0 ? { secondsAgo } : {};
  return [{ agent: agent.slice(0, 64), by, ...seconds }];
}

/** The changes that lines tell of, oldest first; what a second window said of the same change is taken in with it. */
export function readChanges(lines: readonly string[]): readonly Change[] {
  const changes: Change[] = [];
  for (const line of lines) {
    const change = readChange(line);
    if (change === undefined) continue;
    const said = changes.findLastIndex((each) => isSame(each, change));
    const known = changes[said];
    if (known === undefined) changes.push(change);
    else changes[said] = { ...known, running: together(known.running, change.running) };
  }
  return changes;
}

function isSame(a: Change, b: Change): boolean {
  return (
    a.by !== b.by &&
    a.file === b.file &&
    a.before === b.before &&
    a.after === b.after &&
    Math.abs(Date.parse(a.at) - Date.parse(b.at)) < sameMs
  );
}

function together(a: readonly Running[], b: readonly Running[]): readonly Running[] {
  const agents = new Set(a.map(({ agent }) => agent));
  return [...a, ...b.filter(({ agent }) => !agents.has(agent))];
}
