// Reads a registry in pieces, one per agent, so that a keystroke costs the parse of one agent and not of a thousand.
import { isMap, isScalar } from 'yaml';
import { type Draft, moved, movedDraft, type Span } from './draft.ts';
import { type Entry, entryOf, fieldsOf } from './entry.ts';
import { nextFieldAfter, type Outline, outlineOf, type Placed } from './outline.ts';
import { duplicateKey, mostSyntaxDrafts, readYaml } from './yamlText.ts';

interface Cut {
  /** The blocks of the agents, each from the line of its key to that of the next. They touch each other. */
  readonly blocks: readonly Span[];
  /** The text without its blocks. */
  readonly rest: string;
}

/** One agent's block, read by itself; undefined where it can only be understood together with the others. */
type Block = { readonly entry: Entry; readonly drafts: readonly Draft[] } | undefined;

/**
 * A function that gives the outline of a text, or undefined when the text is of a kind that
 * must be read as a whole: anchors and aliases, tabs as indentation, `agents` in flow style, directives, several
 * documents. It is the outline that the whole gives, but that a syntax error stays with the agent it is in.
 */
export function createBlockReader(): (text: string) => Outline | undefined {
  let known: ReadonlyMap<string, Block> = new Map();
  let rest: { readonly text: string; readonly outline: Outline | undefined } | undefined;

  return (text) => {
    const cut = cutBlocks(text);
    if (cut === undefined) return undefined;
    if (rest?.text !== cut.rest) rest = { text: cut.rest, outline: readRest(cut.rest) };
    if (rest.outline === undefined) return undefined;

    const read = new Map<string, Block>();
    const blocks: { readonly block: NonNullable<Block>; readonly base: number }[] = [];
    for (const { start, end } of cut.blocks) {
      const source = text.slice(start, end);
      const block = known.has(source) ? known.get(source) : readBlock(source);
      if (block === undefined) return undefined;
      read.set(source, block);
      blocks.push({ block, base: start });
    }
    // Only what this text needed is kept, and under slices of this text, so that no earlier one stays in memory.
    known = read;
    return joined(text, cut, rest.outline, blocks);
  };
}

/** Where the agents' blocks are; undefined when the text is of another kind. */
function cutBlocks(text: string): Cut | undefined {
  if (text.startsWith('\ufeff') || text.includes('<<<<<<<') || /^%|\r(?!\n)/m.test(text)) return undefined;
  const opening = /^agents:[ ]*(?:#[^\n]*)?\r?\n/m.exec(text);
  if (opening === null) return undefined;
  const starts: number[] = [];
  let depth = 0;
  let at = opening.index + opening[0].length;
  while (at < text.length) {
    let content = at;
    while (text.charCodeAt(content) === space) content++;
    const first = text[content];
    if (first === '\t') return undefined;
    const isBlank = first === undefined || first === '\n' || first === '\r' || first === '#';
    if (!isBlank) {
      const indentation = content - at;
      if (indentation === 0) break;
      if (depth === 0) depth = indentation;
      if (indentation < depth) return undefined;
      if (indentation === depth) starts.push(at);
    }
    const next = text.indexOf('\n', content);
    at = next < 0 ? text.length : next + 1;
  }
  const [from] = starts;
  if (from === undefined) return undefined;
  const blocks = starts.map((start, index) => ({ start, end: starts[index + 1] ?? at }));
  return { blocks, rest: text.slice(0, from) + text.slice(at) };
}

const space = 32;

/** The outline of the top level; undefined when it is not a plain map with an `agents` that lost its content. */
function readRest(text: string): Outline | undefined {
  const yaml = readYaml(text);
  if (yaml.drafts.length > 0 || yaml.hasAnchors) return undefined;
  const outline = outlineOf(text, yaml);
  const agents = outline.fields?.get('agents')?.node;
  const isBare =
    isScalar(agents) && agents.value === null && agents.source === '' && agents.tag === undefined;
  // An empty key has no place of its own.
  return isBare && !outline.fields?.has('') ? outline : undefined;
}

function readBlock(source: string): Block {
  // A copy, since what the nodes hold are slices, and would keep the whole text that they are slices of.
  const text = ` ${source}`.slice(1);
  const { root, drafts, targets, hasAnchors } = readYaml(text);
  if (!isMap(root) || root.flow || hasAnchors) return undefined;
  const [only, second] = fieldsOf(root, targets);
  if (only === undefined || second !== undefined) return undefined;
  // A key that is empty, or begins with `?` or a tag, has its place elsewhere than its line.
  const [id, { key }] = only;
  if (id === '' || key.start !== text.search(/[^ ]/)) return undefined;
  return { entry: entryOf('agent', ...only, targets), drafts };
}

function joined(
  text: string,
  cut: Cut,
  rest: Outline,
  blocks: readonly { readonly block: NonNullable<Block>; readonly base: number }[],
): Outline | undefined {
  const from = cut.blocks[0]?.start ?? 0;
  const lost = text.length - cut.rest.length;
  const place = (span: Span): Span => (span.start >= from ? moved(span, lost) : span);
  const drafts: Draft[] = [];
  const agents: Placed[] = [];
  const ids = new Set<string>();
  for (const { block, base } of blocks) {
    const { entry } = block;
    for (const draft of block.drafts) drafts.push(movedDraft(draft, base));
    if (ids.has(entry.id)) drafts.push(duplicateKey(entry.id, moved(entry.key, base)));
    else agents.push({ entry, base });
    ids.add(entry.id);
  }
  const syntax = drafts.filter((draft) => draft.code === 'registry/yaml-syntax').slice(0, mostSyntaxDrafts);
  const key = rest.fields?.get('agents')?.key.start;
  const end = nextFieldAfter(rest.fields, key);
  const { defaults } = rest;
  return {
    ...rest,
    drafts: syntax.length > 0 ? syntax : drafts,
    place,
    defaults: defaults && { ...defaults, base: place(defaults.entry.key).start - defaults.entry.key.start },
    hasAgentsMap: true,
    agents,
    agentsEnd: end === undefined ? text.length : end + lost,
  };
}
