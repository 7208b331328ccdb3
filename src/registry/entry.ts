// One entry of the registry as it is written: its fields, their places and plain values. `defaults` is one too.
import { type Alias, isAlias, isMap, isNode, isScalar, isSeq, type Node } from 'yaml';
import type { Span } from './draft.ts';
import { keyText, spanOf } from './yamlText.ts';

export interface Field {
  readonly key: Span;
  readonly node: Node | undefined;
}

/** A plain value without a prototype, so that `__proto__` is a key like any other. */
export type Plain = { readonly [key: string]: unknown };

export type Targets = ReadonlyMap<Alias, Node>;

export interface Entry {
  readonly kind: 'agent' | 'defaults';
  /** The key. Any text at all: the rules say whether it can be an id. */
  readonly id: string;
  readonly key: Span;
  readonly fields: ReadonlyMap<string, Field>;
  readonly targets: Targets;
  /** The plain value: anything at all. */
  readonly value: unknown;
  /** The place of the value; of the key where it has no telling one. */
  readonly whole: Span;
}

export function entryOf(kind: Entry['kind'], id: string, field: Field, targets: Targets): Entry {
  const fields = fieldsOf(field.node, targets);
  const value = plainOf(field.node, targets);
  return { kind, id, key: field.key, fields, targets, value, whole: ownSpan(field) };
}

export function targetOf(node: unknown, targets: Targets): unknown {
  return isAlias(node) ? targets.get(node) : node;
}

/** The fields of a map, `<<` merged under its own; empty when the node is not a map. The first of equal keys counts. */
export function fieldsOf(node: unknown, targets: Targets): Map<string, Field> {
  const fields = new Map<string, Field>();
  const map = targetOf(node, targets);
  if (!isMap(map)) return fields;
  const merged: unknown[] = [];
  for (const { key, value } of map.items) {
    const name = keyText(key);
    const span = spanOf(key);
    if (name === undefined || span === undefined) continue;
    if (name === '<<' && isScalar(key) && key.type === 'PLAIN') merged.push(value);
    else if (!fields.has(name)) fields.set(name, { key: span, node: (value as Node | null) ?? undefined });
  }
  for (const source of merged) {
    const target = targetOf(source, targets);
    for (const each of isSeq(target) ? target.items : [target])
      for (const [name, field] of fieldsOf(each, targets)) if (!fields.has(name)) fields.set(name, field);
  }
  return fields;
}

/** The plain value of a node; null for none. */
export function plainOf(node: unknown, targets: Targets): unknown {
  const target = targetOf(node, targets);
  if (isScalar(target)) return target.value;
  if (isSeq(target)) return target.items.map((item) => plainOf(item, targets));
  if (!isMap(target)) return null;
  const plain: Record<string, unknown> = Object.create(null);
  for (const [name, field] of fieldsOf(target, targets)) plain[name] = plainOf(field.node, targets);
  return plain;
}

export function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const nothing: Plain = Object.freeze(Object.create(null));

/** The entry's fields as plain values; empty when it has none. */
export function writtenIn(entry: Entry | undefined): Plain {
  return isPlain(entry?.value) ? entry.value : nothing;
}

/** The texts of a list field, with their indexes; empty when it is not a list. */
export function* textsOf(entry: Entry, field: string): Generator<readonly [number, string]> {
  const list = writtenIn(entry)[field];
  if (!Array.isArray(list)) return;
  for (const [index, item] of list.entries()) if (typeof item === 'string') yield [index, item];
}

export interface Place {
  readonly span: Span;
  /** False when the path does not exist and the place is that of the nearest above it. */
  readonly isExact: boolean;
}

/**
 * The place of a path below some fields. When it ends in a map's key, that is the key's, or the value's if `wanted`
 * says so and the value has a telling place of its own. Undefined when not even the first step exists.
 */
export function placeOf(
  fields: ReadonlyMap<string, Field>,
  path: readonly (string | number)[],
  targets: Targets,
  wanted: 'key' | 'value',
): Place | undefined {
  let field = fields.get(String(path[0]));
  if (field === undefined) return undefined;
  let span = field.key;
  let node: unknown = field.node;
  for (const step of path.slice(1)) {
    const target = targetOf(node, targets);
    field = typeof step === 'number' ? itemOf(target, step) : fieldsOf(target, targets).get(step);
    if (field === undefined) return { span, isExact: false };
    span = field.key;
    node = field.node;
  }
  return { span: wanted === 'value' && field !== undefined ? ownSpan(field) : span, isExact: true };
}

/** The place of a field's value; of its key when the value is a block, or is not written at all. */
function ownSpan({ key, node }: Field): Span {
  const isBlock = (isMap(node) || isSeq(node)) && !node.flow;
  const value = isBlock ? undefined : spanOf(node);
  return value !== undefined && value.end > value.start ? value : key;
}

function itemOf(list: unknown, index: number): Field | undefined {
  const item = isSeq(list) ? list.items[index] : undefined;
  const key = spanOf(item);
  return key === undefined ? undefined : { key, node: isNode(item) ? item : undefined };
}

/** The place of a value within an entry; of its key, or the entry's, when there is nothing better. */
export function valueSpan(entry: Entry, ...path: (string | number)[]): Span {
  return path.length === 0
    ? entry.whole
    : (placeOf(entry.fields, path, entry.targets, 'value')?.span ?? entry.key);
}

/** The place of a field's key within an entry; the entry's own key when it is not written there. */
export function keySpan(entry: Entry, ...path: (string | number)[]): Span {
  return placeOf(entry.fields, path, entry.targets, 'key')?.span ?? entry.key;
}
