// A registry's text taken apart: the top-level fields, the defaults, and one entry per agent, each with its place.
import { isMap } from 'yaml';
import type { Draft, Span } from './draft.ts';
import { type Entry, entryOf, type Field, fieldsOf, type Targets, targetOf } from './entry.ts';
import { readYaml, spanOf, type YamlText } from './yamlText.ts';

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
  readonly defaults: Placed | undefined;
  /** Whether `agents` is written as a map, an empty one included. */
  readonly hasAgentsMap: boolean;
  /** In the order of the text, duplicates included. */
  readonly agents: readonly Placed[];
  /** The offset behind the last agent's block. */
  readonly agentsEnd: number;
}

const asIs = (span: Span): Span => span;

/** An outline that says only what is wrong. */
function unreadable(text: string, drafts: readonly Draft[]): Outline {
  return {
    drafts,
    fields: undefined,
    targets: new Map(),
    place: asIs,
    isEmpty: false,
    defaults: undefined,
    hasAgentsMap: false,
    agents: [],
    agentsEnd: text.length,
  };
}

/** Reads a text as a whole. */
export function readOutline(text: string): Outline {
  const conflicts = [...mergeConflicts(text)];
  return conflicts.length > 0 ? unreadable(text, conflicts) : outlineOf(text, readYaml(text));
}

/** The outline of a text that was read as YAML. */
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
    defaults: defaultsOf(fields, targets),
    isEmpty: top === null || spanOf(top) === undefined,
    hasAgentsMap: isMap(agentsNode),
    agents,
    agentsEnd: nextFieldAfter(fields, agentsField?.key.start) ?? text.length,
  };
}

/** The defaults as an entry; undefined when there are none. */
function defaultsOf(fields: ReadonlyMap<string, Field> | undefined, targets: Targets): Placed | undefined {
  const field = fields?.get('defaults');
  return field && { entry: entryOf('defaults', 'defaults', field, targets), base: 0 };
}

/** Where the top-level field behind an offset begins. */
export function nextFieldAfter(
  fields: ReadonlyMap<string, Field> | undefined,
  offset = 0,
): number | undefined {
  const starts = [...(fields?.values() ?? [])]
    .map((field) => field.key.start)
    .filter((start) => start > offset);
  return starts.length === 0 ? undefined : Math.min(...starts);
}

/** Lines that git leaves in a file. They are looked for before anything else: what YAML makes of them only confuses. */
function* mergeConflicts(text: string): Generator<Draft> {
  for (const match of text.matchAll(/^<{7}(?= |\r?$)[^\r\n]*/gm)) {
    const message = 'Git left a merge conflict here. Keep one of the two sides and delete the marker lines.';
    const span = { start: match.index, end: match.index + match[0].length };
    yield { code: 'registry/merge-conflict', span, args: {}, message };
  }
}
