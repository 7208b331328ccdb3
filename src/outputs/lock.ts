// agents/registry.lock.json: what was last applied, the base of the three-way comparison (FORMATS.md "lock").
import { createHash } from 'node:crypto';
import type { Json } from '../claude/jsonText.ts';
import { canonicalJson } from '../policy/canonicalJson.ts';
import type { Registry } from '../registry/model.ts';
import { leafForm, leavesOf } from './leaves.ts';
import type { Output, OutputKind } from './output.ts';

export const lockPath = 'agents/registry.lock.json';
export const lockFormat = 1;

export interface LockEntry {
  readonly agent?: string;
  readonly kind: OutputKind;
  /** Of the text after BOM and CR are removed; for memory, of our part; for settings and policy, of the canonical JSON. */
  readonly sha256: string;
  /** For settings: the hash of every leaf by its pointer. */
  readonly keys?: Readonly<Record<string, string>>;
}

export interface Lock {
  /** The version that wrote it. */
  readonly generator: string;
  /** Hash of the registry that was applied; absent when only some agents ever were. */
  readonly registry?: string;
  readonly outputs: ReadonlyMap<string, LockEntry>;
}

/** A lock as found: absent, readable, damaged (the comparison is then two-way), or of a newer format (writing is refused). */
export type LockFile =
  | { readonly kind: 'absent' }
  | { readonly kind: 'good'; readonly lock: Lock }
  | { readonly kind: 'damaged'; readonly reason: string }
  | { readonly kind: 'newer'; readonly format: number; readonly generator: string };

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Text as it is compared: without BOM, line ends as LF. */
export function plainText(text: string): string {
  return text.replace(/^\uFEFF/, '').replace(/\r\n/g, '\n');
}

const kinds: ReadonlySet<string> = new Set(['settings', 'memory', 'policy', 'guard', 'bash', 'report']);
const isRecord = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);
const isHashes = (value: unknown): value is Record<string, string> =>
  isRecord(value) && Object.values(value).every((hash) => typeof hash === 'string');

/** Whether a path that a file claims to be an output's can be one: a lock is no reason to look anywhere else. */
export function isBelowAgents(path: string): boolean {
  const [first, ...rest] = path.split('/');
  return (
    first === 'agents' &&
    rest.length > 0 &&
    rest.every((segment) => segment !== '' && segment !== '.' && segment !== '..' && !/[\\\0]/.test(segment))
  );
}

/** Reads the text of a lock. Entries that make no sense are left out; unknown keys are ignored. Never throws. */
export function parseLock(text: string): LockFile {
  if (/^(?:<{7}|\|{7}|>{7})(?: |\r?$)/m.test(text))
    return { kind: 'damaged', reason: 'it has merge conflict markers; regenerate to settle them' };
  let value: unknown;
  try {
    value = JSON.parse(plainText(text));
  } catch {
    return { kind: 'damaged', reason: 'it is not JSON' };
  }
  if (!isRecord(value) || typeof value.format !== 'number' || !isRecord(value.outputs))
    return { kind: 'damaged', reason: 'it is not a lock' };
  const generator = typeof value.generator === 'string' ? value.generator : '';
  // A merge that kept both sides leaves an output's line twice, of which only the last would be read.
  if ((text.match(/^ {4}"agents\//gm)?.length ?? 0) > Object.keys(value.outputs).length)
    return { kind: 'damaged', reason: 'it names an output twice, as a merge that kept both sides does' };
  if (value.format > lockFormat) return { kind: 'newer', format: value.format, generator };
  const outputs = new Map<string, LockEntry>();
  for (const [path, entry] of Object.entries(value.outputs)) {
    if (!isBelowAgents(path)) continue;
    if (!isRecord(entry) || typeof entry.sha256 !== 'string' || !kinds.has(String(entry.kind))) continue;
    outputs.set(path, {
      kind: entry.kind as OutputKind,
      sha256: entry.sha256,
      ...(typeof entry.agent === 'string' ? { agent: entry.agent } : {}),
      ...(isHashes(entry.keys) ? { keys: entry.keys } : {}),
    });
  }
  return {
    kind: 'good',
    lock: {
      generator,
      outputs,
      ...(typeof value.registry === 'string' ? { registry: value.registry } : {}),
    },
  };
}

/** What the lock says of an output once it is applied. */
export function lockEntryOf(output: Output): LockEntry {
  const agent = output.agent === undefined ? {} : { agent: output.agent };
  if (output.value === undefined) return { ...agent, kind: output.kind, sha256: sha256(output.text) };
  const hash = sha256(canonicalJson(output.value));
  if (output.kind !== 'settings') return { ...agent, kind: output.kind, sha256: hash };
  const keys: Record<string, string> = Object.create(null);
  for (const [pointer, leaf] of leavesOf(output.value)) keys[pointer] = sha256(leafForm(pointer, leaf));
  return { ...agent, kind: output.kind, sha256: hash, keys };
}

/** An entry after only some keys of its output were applied: `expected` is what each is now, undefined for gone. */
export function withKeysApplied(
  entry: LockEntry,
  output: Output,
  keys: readonly { readonly pointer: string; readonly expected?: Json }[],
): LockEntry {
  const whole = lockEntryOf(output);
  const applied: Record<string, string> = Object.assign(Object.create(null), entry.keys);
  for (const { pointer, expected } of keys)
    if (expected === undefined) delete applied[pointer];
    else applied[pointer] = sha256(leafForm(pointer, expected));
  return canonicalJson(applied) === canonicalJson(whole.keys) ? whole : { ...entry, keys: applied };
}

/** Hash of what a registry says, whatever its comments, order of keys and layout. */
export function registryHash(registry: Registry): string {
  return sha256(
    canonicalJson({
      agents: [...registry.agents.values()] as unknown as Json,
      pilot: registry.pilot as Json,
      version: registry.version ?? null,
    }),
  );
}

/** The text of a lock, one output per line so that git can merge it. */
export function renderLock(lock: Lock): string {
  const paths = [...lock.outputs.keys()].sort();
  const lines = paths.map(
    (path) => `    ${JSON.stringify(path)}: ${canonicalJson(lock.outputs.get(path) as unknown as Json)}`,
  );
  return [
    '{',
    `  "format": ${lockFormat},`,
    `  "generator": ${JSON.stringify(lock.generator)},`,
    lines.length === 0 ? '  "outputs": {}' : `  "outputs": {\n${lines.join(',\n')}\n  }`,
  ]
    .join('\n')
    .concat(lock.registry === undefined ? '\n}\n' : `,\n  "registry": ${JSON.stringify(lock.registry)}\n}\n`);
}
