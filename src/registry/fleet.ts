// All agents of a registry together, as the rules about the fleet need them.
import { moved, type Span } from './draft.ts';
import { type Entry, keySpan, placeOf, valueSpan } from './entry.ts';
import type { Agent } from './model.ts';
import type { Placed } from './outline.ts';

export interface Member {
  readonly agent: Agent;
  readonly placed: Placed;
}

export interface Fleet {
  /** The agents that could be read, in the registry's order; the first where an id stands twice. */
  readonly members: ReadonlyMap<string, Member>;
  /** Every key below `agents`, readable or not, so that one broken entry does not break those that refer to it. */
  readonly ids: ReadonlySet<string>;
  readonly defaults: Placed | undefined;
}

export function writesField(placed: Placed, field: string): boolean {
  return placed.entry.fields.has(field);
}

/** The place of a value of an agent: in its entry, in the defaults when it comes from there, or the agent's key. */
export function memberSpan(fleet: Fleet, member: Member, field: string, index?: number): Span {
  const path = index === undefined ? [field] : [field, index];
  const source = writesField(member.placed, field) ? member.placed : fleet.defaults;
  const place = source && placeOf(source.entry.fields, path, source.entry.targets, 'value');
  if (source === undefined || place === undefined) return idSpan(member);
  return moved(place.span, source.base);
}

export function idSpan(member: Member): Span {
  return moved(member.placed.entry.key, member.placed.base);
}

export function fieldSpan(placed: Placed, field: string): Span {
  return moved(keySpan(placed.entry, field), placed.base);
}

export function itemSpan(placed: Placed, field: string, index: number): Span {
  return moved(valueSpan(placed.entry, field, index), placed.base);
}

/** Those that wrote a field of their own: what comes from the defaults is judged once, there. */
export function* writersOf(fleet: Fleet, field: string): Generator<Placed> {
  if (fleet.defaults && writesField(fleet.defaults, field)) yield fleet.defaults;
  for (const { placed } of fleet.members.values()) if (writesField(placed, field)) yield placed;
}

/** The agent that an entry is; absent for the defaults. */
export function agentArg(entry: Entry): { readonly agent?: string } {
  return entry.kind === 'agent' ? { agent: entry.id } : {};
}
