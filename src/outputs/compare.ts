// Plan, lock and disk, three ways: file by file, and settings key by key. Pure; never throws.
import { isObject, type Json, readJson } from '../claude/jsonText.ts';
import type { FileContent } from '../files/files.ts';
import { canonicalJson } from '../policy/canonicalJson.ts';
import type { IgnoreEntry } from '../registry/model.ts';
import { hookEntries } from './foreignHooks.ts';
import { ignoreFor } from './ignored.ts';
import { fromLeaves, isAbove, isTooDeep, leafForm, leavesOf, prettyJson, segmentsOf } from './leaves.ts';
import { type LockEntry, plainText, sha256 } from './lock.ts';
import { lossesOf } from './losses.ts';
import { memoryBegin, readMemory, writeMemory } from './memory.ts';
import type { Drift, KeyDrift, Output, OutputState } from './output.ts';
import { isOutOfSync } from './output.ts';
import { isSameButForTimes, unstamped, withoutTimes } from './template/timestamp.ts';

/**
 * The class of one thing from its three forms, each a comparable text or undefined where it does not exist.
 * Without a lock (`locked` is null) the comparison is two-way: what differs from the plan was edited.
 */
export function classify(
  planned: string | undefined,
  locked: string | undefined | null,
  found: string | undefined,
): Drift {
  if (planned === found) return locked === null || locked === planned ? 'inSync' : 'converged';
  if (locked === null) return planned === undefined ? 'foreign' : 'edited';
  if (locked === found) return 'stale';
  if (planned === undefined && locked === undefined) return 'foreign';
  return planned === locked ? 'edited' : 'conflict';
}

/**
 * Compares an output with what lies at its path. `locked` is undefined when the lock does not know the output. `ignores`
 * are the agent's entries that are in force (`ignoresInForce`).
 */
export function compareOutput(
  output: Output,
  disk: FileContent | undefined,
  locked: LockEntry | undefined,
  ignores: readonly IgnoreEntry[] = [],
): OutputState {
  const base = {
    path: output.path,
    kind: output.kind,
    ...(output.agent === undefined ? {} : { agent: output.agent }),
    ...(locked === undefined ? { isTwoWay: true as const } : {}),
  };
  if (output.problem !== undefined)
    return {
      ...base,
      drift: disk === undefined ? 'missing' : 'unreadable',
      keys: [],
      reason: output.problem,
    };
  if (disk === undefined) {
    const wanted = output.kind === 'memory' ? writeMemory(output.text, undefined) : output.text;
    return { ...base, drift: 'missing', keys: [], ...(wanted === undefined ? {} : { wanted }) };
  }
  if (disk.text === undefined) return { ...base, drift: 'unreadable', keys: [], reason: disk.unreadable };
  const text = plainText(disk.text);
  if (output.kind === 'memory') return { ...base, ...compareMemory(output, text, locked, ignores) };
  const timeless = output.isStamped ? withoutTimes(text, output.text) : text;
  if (output.kind === 'settings' && output.value !== undefined)
    return { ...base, ...compareSettings(output, timeless, locked, ignores) };
  const isValue = output.value !== undefined || locked?.keys !== undefined;
  const planned = sha256(output.value === undefined ? output.text : canonicalJson(output.value));
  const found =
    timeless === output.text
      ? planned
      : foundHash(isValue ? (canonicalOf(timeless) ?? timeless) : timeless, locked?.sha256);
  const drift = classify(planned, locked?.sha256 ?? null, found);
  return { ...base, drift, keys: [], wanted: output.text };
}

/** Hash of what is on the disk; the lock's, where it differs from that only by the times that a template wanted. */
function foundHash(text: string, locked: string | undefined | null): string {
  const hash = sha256(text);
  return locked && hash !== locked && sha256(unstamped(text)) === locked ? locked : hash;
}

function canonicalOf(text: string): string | undefined {
  const { value } = readJson(text);
  return value === undefined || isTooDeep(value) ? undefined : canonicalJson(value);
}

type Compared = Pick<OutputState, 'drift' | 'keys' | 'wanted' | 'reason' | 'ignored' | 'isAllTheirs'>;

function compareMemory(
  output: Output,
  text: string,
  locked: LockEntry | undefined,
  ignores: readonly IgnoreEntry[],
): Compared {
  const parts = readMemory(text);
  if (parts.kind === 'broken')
    return {
      drift: 'unreadable',
      keys: [],
      reason: `has its markers (${memoryBegin} …) out of order or twice`,
    };
  const timeless = (found: string): string => (output.isStamped ? withoutTimes(found, output.text) : found);
  const found = parts.kind === 'ours' ? foundHash(timeless(parts.ours), locked?.sha256) : undefined;
  const drift = classify(sha256(output.text), locked?.sha256 ?? null, found);
  const ignored = isOutOfSync(drift) ? ignoreFor(output.path, '', ignores) : undefined;
  if (ignored !== undefined) return { drift: 'ignored', keys: [], wanted: text, ignored };
  // Written by a tool that had the same template and no markers, it is ours, and not to be said twice.
  const isOurs = parts.kind === 'none' && timeless(text).trim() === output.text.trim();
  const wanted = writeMemory(output.text, isOurs ? undefined : text);
  return {
    drift,
    keys: [],
    ...(wanted === undefined ? {} : { wanted }),
    ...(parts.kind === 'none' ? { isAllTheirs: true } : {}),
  };
}

/** From mild to grave; the file's class is that of its gravest key. */
const gravity: readonly Drift[] = [
  'foreign',
  'inSync',
  'converged',
  'ignored',
  'stale',
  'edited',
  'conflict',
];
const graver = (a: Drift, b: Drift): Drift => (gravity.indexOf(a) > gravity.indexOf(b) ? a : b);

/** A settings file that is the plan to the byte, which most are: no key differs, only the lock can be behind. */
function compareAsPlanned(
  output: Output,
  lockedOf: (pointer: string) => string | undefined | null,
): Compared {
  let drift: Drift = 'inSync';
  for (const [pointer, leaf] of leavesOf(output.value ?? {})) {
    const locked = lockedOf(pointer);
    if (locked === null) break;
    if (locked !== sha256(leafForm(pointer, leaf))) drift = 'converged';
  }
  return { drift, keys: [], wanted: output.text };
}

const hashOf = (pointer: string, leaf: Json | undefined): string | undefined =>
  leaf === undefined ? undefined : sha256(leafForm(pointer, leaf));

function compareSettings(
  output: Output,
  text: string,
  locked: LockEntry | undefined,
  ignores: readonly IgnoreEntry[],
): Compared {
  // A template that was no JSON object has no keys in the lock.
  const isAsApplied =
    locked !== undefined && locked.keys === undefined && locked.sha256 === foundHash(text, locked.sha256);
  const lockedOf = (pointer: string, leaf?: Json): string | undefined | null =>
    locked?.keys !== undefined ? locked.keys[pointer] : isAsApplied ? hashOf(pointer, leaf) : null;
  if (text === output.text) return compareAsPlanned(output, lockedOf);
  const read = readJson(text);
  if (!isObject(read.value) && isAsApplied) return { drift: 'stale', keys: [], wanted: output.text };
  if (!isObject(read.value))
    return {
      drift: 'unreadable',
      keys: [],
      reason: read.error === undefined ? 'is not a JSON object' : `is not JSON (${read.error.message})`,
    };
  if (isTooDeep(read.value))
    return { drift: 'unreadable', keys: [], reason: 'is nested too deeply to be read' };
  const planned = leavesOf(output.value ?? {});
  const found = leavesOf(read.value);
  const keys: KeyDrift[] = [];
  const merged = new Map(planned);
  let file: Drift = 'inSync';
  const classOf = (pointer: string, expected: Json | undefined, actual: Json | undefined): Drift => {
    const hash = lockedOf(pointer, actual);
    const there = actual === undefined ? undefined : foundHash(leafForm(pointer, actual), hash);
    return classify(hashOf(pointer, expected), hash, there);
  };
  const note = (pointer: string, drift: Drift, expected?: Json, actual?: Json): void => {
    if (drift === 'inSync' || drift === 'converged') {
      file = graver(drift, file);
      return;
    }
    keys.push({
      pointer,
      drift,
      ...(expected === undefined ? {} : { expected }),
      ...(actual === undefined ? {} : { found: actual }),
    });
  };
  for (const [pointer, expected] of planned) {
    // A scalar where we want an object, or the reverse, is found at a pointer above or below ours.
    const there = found.get(pointer) ?? valueAt(read.value, pointer);
    const isSame = output.isStamped && there !== undefined && isSameButForTimes(expected, there);
    const planned = hookEntries(pointer, expected);
    const entries = planned?.theirs.length === 0 ? hookEntries(pointer, there) : undefined;
    if (planned !== undefined && entries !== undefined && entries.theirs.length > 0) {
      // What others put beside our hooks stays there, whatever becomes of ours.
      const both = [...planned.ours, ...entries.theirs];
      // Where there are theirs alone, ours were taken out, or are of an event that we did not report when it was generated.
      const own = entries.ours.length === 0 ? undefined : entries.ours;
      merged.set(pointer, both);
      const drift = classOf(pointer, expected, own);
      note(pointer, drift, both, there);
      if (drift === 'inSync' || drift === 'converged') note(pointer, 'foreign', undefined, there);
      continue;
    }
    const actual = isSame ? expected : there;
    note(pointer, classOf(pointer, expected, actual), expected, actual);
  }
  for (const [pointer, actual] of found) {
    if (planned.has(pointer)) continue;
    if ([...planned.keys()].some((ours) => isAbove(ours, pointer) || isAbove(pointer, ours))) continue;
    const drift = classOf(pointer, undefined, actual);
    note(pointer, drift, undefined, actual);
    if (drift === 'foreign') merged.set(pointer, actual);
  }
  const settled = withoutIgnored(output, keys, ignores, merged);
  for (const { drift } of settled) file = graver(drift, file);
  // A key that is written twice means what the CLI makes of it, and something else to who reads on from the first.
  if (read.duplicateKeys.length > 0 && (file === 'inSync' || file === 'converged')) file = 'edited';
  const isAsPlanned =
    merged.size === planned.size && [...planned].every(([at, leaf]) => merged.get(at) === leaf);
  // A template says how its result is laid out; with keys of others in it, it is laid out as ours are.
  return { drift: file, keys: settled, wanted: isAsPlanned ? output.text : prettyJson(fromLeaves(merged)) };
}

/**
 * The keys, those that the registry says to live with as `ignored`; in `wanted` they keep what the file has. What
 * disarms is never ignored.
 */
function withoutIgnored(
  output: Output,
  keys: readonly KeyDrift[],
  ignores: readonly IgnoreEntry[],
  wanted: Map<string, Json>,
): readonly KeyDrift[] {
  if (ignores.length === 0) return keys;
  const losses = new Set(lossesOf({ kind: output.kind, keys }).map(({ key }) => key));
  return keys.map((key) => {
    const entry = isOutOfSync(key.drift) ? ignoreFor(output.path, key.pointer, ignores) : undefined;
    if (entry === undefined || losses.has(key)) return key;
    if (key.found === undefined) wanted.delete(key.pointer);
    else wanted.set(key.pointer, key.found);
    return { ...key, drift: 'ignored', ignored: entry };
  });
}

function valueAt(value: Json, pointer: string): Json | undefined {
  let node: Json | undefined = value;
  for (const segment of segmentsOf(pointer)) {
    if (!isObject(node)) return undefined;
    node = Object.hasOwn(node, segment) ? node[segment] : undefined;
  }
  return node;
}
