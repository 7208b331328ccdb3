// What can be changed in an agent's entry, and what the entry says afterwards.
import type { Plain } from '../entry.ts';
import type { IgnoreEntry } from '../model.ts';

/** One change of one field, by the field's name in the registry. */
export type FieldChange =
  | { readonly kind: 'set'; readonly field: string; readonly value: string | boolean }
  | {
      readonly kind: 'items';
      readonly field: string;
      readonly add: readonly string[];
      readonly remove: readonly string[];
    }
  | { readonly kind: 'setEntry'; readonly field: string; readonly name: string; readonly value: string }
  | { readonly kind: 'removeEntry'; readonly field: string; readonly name: string }
  | { readonly kind: 'removeField'; readonly field: string }
  | { readonly kind: 'ignore'; readonly entry: IgnoreEntry }
  /** Takes out the entry at an index of the agent's own `ignore`. */
  | { readonly kind: 'dropIgnore'; readonly index: number };

export const fieldOf = (change: FieldChange): string =>
  change.kind === 'ignore' || change.kind === 'dropIgnore' ? 'ignore' : change.field;

const map = (value: unknown): Record<string, unknown> =>
  Object.assign(Object.create(null), typeof value === 'object' && !Array.isArray(value) ? value : {});

/** A list with items taken out and others put at its end. */
export function changedList(
  list: unknown,
  { add, remove }: { readonly add: readonly unknown[]; readonly remove: readonly unknown[] },
): readonly unknown[] {
  const kept = (Array.isArray(list) ? list : []).filter((item) => !remove.includes(item));
  return [...kept, ...add.filter((item) => !kept.includes(item))];
}

/** An ignore entry as the registry spells it. */
export function plainIgnore({ file, key, reason, until }: IgnoreEntry): Plain {
  return { file, key, reason, ...(until === undefined ? {} : { until }) };
}

/** What an entry says after a change. `inherited` is what its fields say where it does not write them. */
export function changedPlain(own: Plain, inherited: Plain, change: FieldChange): Plain {
  const after = map(own);
  const field = fieldOf(change);
  const before = own[field] ?? inherited[field];
  if (change.kind === 'set') after[field] = change.value;
  else if (change.kind === 'items') after[field] = changedList(before, change);
  else if (change.kind === 'ignore')
    after[field] = [...changedList(before, { add: [], remove: [] }), plainIgnore(change.entry)];
  else if (change.kind === 'dropIgnore')
    after[field] = changedList(own[field], { add: [], remove: [] }).filter(
      (_, index) => index !== change.index,
    );
  else if (change.kind === 'removeField') delete after[field];
  else {
    const entries = map(own[field]);
    if (change.kind === 'setEntry') entries[change.name] = change.value;
    else delete entries[change.name];
    after[field] = entries;
  }
  return after;
}

/** Whether two plain values say the same, whatever the order of keys. */
export function saysTheSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [Object.entries(a), map(b)];
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, at) => saysTheSame(item, b[at]));
  return (
    left.length === Object.keys(b).length &&
    left.every(([key, value]) => Object.hasOwn(right, key) && saysTheSame(value, right[key]))
  );
}
