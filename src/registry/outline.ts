// A registry's text taken apart: the top-level fields, the defaults, and one entry per agent, each with its place.
import { isMap } from 'yaml';
import type { Draft, Span } from './draft.ts';
import { type Entry, entryOf, type Field, fieldsOf, type Targets, targetOf } from './entry.ts';
import { spanOf, type YamlText } from './yamlText.ts';

/** An entry and how far its own offsets are from those of the text. */
export interface Placed {
  readonly entry: Entry;
  readonly base: number;
}

export interface Outline {
  /** What is wrong with the text as YAML. */
  readonly drafts: readonly Draft[];
  /** The top-level fields; undefined when the text holds no map. */
  readonly fields: ReadonlyMap<string, Field> | undefined;
  readonly targets: Targets;
  /** From an offset of the top-level fields to one of the text. */
  readonly place: (span: Span) => Span;
  readonly isEmpty: boolean;
  /** Whether `agents` is written as a map, an empty one included. */
  readonly hasAgentsMap: boolean;
  /** In the order of the text, duplicates included. */
  readonly agents: readonly Placed[];
  /** The offset behind the last agent's block. */
  readonly agentsEnd: number;
}

const asIs = (span: Span): Span => span;

/** An outline that says only what is wrong. */
export function unreadable(text: string, drafts: readonly Draft[]): Outline {
  return {
    drafts,
    fields: undefined,
    targets: new Map(),
    place: asIs,
    isEmpty: false,
    hasAgentsMap: false,
    agents: [],
    agentsEnd: text.length,
  };
}

/** The outline of a text that was read as a whole. */
export function outlineOf(text: string, yaml: YamlText): Outline {
  const { root, drafts, targets } = yaml;
  if (root === undefined) return { ...unreadable(text, drafts), isEmpty: drafts.length === 0 };
  const top = targetOf(root, targets);
  const fields = isMap(top) ? fieldsOf(top, targets) : undefined;
  const agentsField = fields?.get('agents');
  const agentsNode = targetOf(agentsField?.node, targets);
  const agents = [...fieldsOf(agentsNode, targets)].map(([id, field]) => ({
    entry: entryOf('agent', id, field, targets),
    base: 0,
  }));
  return {
    ...unreadable(text, drafts),
    fields,
    targets,
    isEmpty: top === null || spanOf(top) === undefined,
    hasAgentsMap: isMap(agentsNode),
    agents,
    agentsEnd: nextFieldAfter(fields, agentsField?.key.start) ?? text.length,
  };
}

/** Where the top-level field behind an offset begins. */
function nextFieldAfter(fields: ReadonlyMap<string, Field> | undefined, offset = 0): number | undefined {
  const starts = [...(fields?.values() ?? [])]
    .map((field) => field.key.start)
    .filter((start) => start > offset);
  return starts.length === 0 ? undefined : Math.min(...starts);
}
