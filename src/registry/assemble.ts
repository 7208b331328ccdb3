// From a registry's outline to what a parse answers: the model, the findings of every rule, and the positions.
import { type Finding, hasErrors, type Range } from '../findings/finding.ts';
import { type LineIndex, lineIndex } from '../findings/lineIndex.ts';
import { agentOf } from './agentOf.ts';
import { registryCodes } from './codes.ts';
import { type Draft, movedDraft, type Span } from './draft.ts';
import type { Entry } from './entry.ts';
import type { Fleet, Member } from './fleet.ts';
import type { Agent, Registry } from './model.ts';
import type { Outline, Placed } from './outline.ts';
import { type Positions, positionsOf } from './positions.ts';
import { pilotOf, unknownPilots, versionOf, wholeRegistry } from './rules/document.ts';
import { type JudgedEntry, judged } from './rules/entries.ts';
import { fleetDrafts, type ParseOptions } from './rules/fleetRules.ts';
import { missingFields } from './rules/shape.ts';

export interface ParsedRegistry {
  /** Absent when any finding is an error. */
  readonly registry: Registry | undefined;
  readonly findings: readonly Finding[];
  readonly positions: Positions;
}

/** What need not be worked out again for an entry that has not changed. */
export interface Memory {
  readonly judged: WeakMap<Entry, JudgedEntry>;
  readonly agents: WeakMap<
    Entry,
    { readonly defaults: Entry | undefined; readonly agent: Agent | undefined }
  >;
}

export const newMemory = (): Memory => ({ judged: new WeakMap(), agents: new WeakMap() });

function judgedOnce(entry: Entry, memory: Memory): JudgedEntry {
  const known = memory.judged.get(entry) ?? judged(entry);
  memory.judged.set(entry, known);
  return known;
}

function agentOnce(entry: Entry, defaults: Entry | undefined, memory: Memory): Agent | undefined {
  const known = memory.agents.get(entry);
  if (known !== undefined && known.defaults === defaults) return known.agent;
  const agent = agentOf(entry, defaults);
  memory.agents.set(entry, { defaults, agent });
  return agent;
}

/** Everything that a registry of this outline says: each rule's findings, and the model when none is an error. */
export function assembled(
  text: string,
  file: string,
  options: ParseOptions,
  outline: Outline,
  memory: Memory,
): ParsedRegistry {
  const index = lineIndex(text);
  const positions = positionsOf(outline, index);
  // Rules on half a registry would only repeat the one mistake in other words.
  if (outline.drafts.length > 0)
    return {
      registry: undefined,
      findings: findingsOf(outline.drafts, text, file, index, positions),
      positions,
    };

  const drafts: Draft[] = [...wholeRegistry(outline)];
  const { defaults } = outline;
  if (defaults !== undefined)
    drafts.push(...placedDrafts(defaults, judgedOnce(defaults.entry, memory).drafts));
  const soundDefaults =
    defaults !== undefined && judgedOnce(defaults.entry, memory).isSound ? defaults : undefined;

  const members = new Map<string, Member>();
  const ids = new Set<string>();
  for (const placed of outline.agents) {
    const { entry } = placed;
    const known = judgedOnce(entry, memory);
    drafts.push(...placedDrafts(placed, known.drafts));
    drafts.push(...placedDrafts(placed, [...missingFields(entry, defaults?.entry)]));
    const agent = known.isSound ? agentOnce(entry, soundDefaults?.entry, memory) : undefined;
    if (agent !== undefined && !ids.has(entry.id)) members.set(entry.id, { agent, placed });
    ids.add(entry.id);
  }
  const fleet: Fleet = { members, ids, defaults: soundDefaults };
  drafts.push(...unknownPilots(outline, fleet), ...fleetDrafts(fleet, options));

  const findings = findingsOf(drafts, text, file, index, positions);
  return { registry: hasErrors(findings) ? undefined : registryOf(outline, members), findings, positions };
}

function placedDrafts(placed: Placed, drafts: readonly Draft[]): readonly Draft[] {
  const { entry, base } = placed;
  const isAgent = entry.kind === 'agent';
  return drafts.map((draft) => ({ ...movedDraft(draft, base), ...(isAgent ? { agent: entry.id } : {}) }));
}

function registryOf(outline: Outline, members: ReadonlyMap<string, Member>): Registry {
  const version = versionOf(outline);
  return {
    ...(version === undefined ? {} : { version }),
    pilot: pilotOf(outline),
    agents: new Map([...members].map(([id, { agent }]) => [id, agent])),
  };
}

function findingsOf(
  drafts: readonly Draft[],
  text: string,
  file: string,
  index: LineIndex,
  positions: Positions,
): readonly Finding[] {
  const rangeOf = (span: Span): Range => {
    const shown = shownSpan(span, text);
    return index.rangeOf(shown.start, shown.end);
  };
  return [...drafts].sort(byPlace).map((draft) => {
    const range = rangeOf(draft.span);
    const agent = draft.agent ?? positions.agentAt(range.line);
    const related = draft.related?.map(({ span, message }) => ({ file, message, ...rangeOf(span) }));
    return {
      code: draft.code,
      severity: registryCodes[draft.code].severity,
      file,
      ...range,
      ...(agent === undefined ? {} : { agent }),
      args: draft.args,
      message: draft.message,
      ...(related === undefined ? {} : { related }),
    };
  });
}

function byPlace(a: Draft, b: Draft): number {
  return (
    a.span.start - b.span.start ||
    a.span.end - b.span.end ||
    compareText(a.code, b.code) ||
    compareText(a.message, b.message)
  );
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** A span that can be seen: it has a character, and does not begin or end with white space where that can be helped. */
function shownSpan({ start, end }: Span, text: string): Span {
  let from = start;
  let to = Math.max(end, start + 1);
  if (/^[\r\n]?$/.test(text.slice(from, from + 1)) && text.slice(from, to).trim() === '') {
    // Something is missing here, so it is shown on what comes before.
    while (from > 0 && /\s/.test(text[from] ?? ' ')) from--;
    return { start: from, end: from + 1 };
  }
  while (to > from + 1 && /\s/.test(text[to - 1] ?? ' ')) to--;
  return { start: from, end: to };
}
