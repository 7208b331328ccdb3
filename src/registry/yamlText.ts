// YAML text → nodes whose aliases are known to be harmless, and what is wrong with it as YAML.
import {
  type Alias,
  Composer,
  type CST,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  type Node,
  Parser,
  type Scalar,
  type YAMLError,
  type YAMLMap,
} from 'yaml';
import { visibleShort } from '../findings/visible.ts';
import type { Draft, Span } from './draft.ts';

export interface YamlText {
  /** Undefined when the text has no content, or when reading it would not be safe. */
  readonly root: Node | undefined;
  readonly drafts: readonly Draft[];
  /** What each alias stands for. Empty when the text has no alias. */
  readonly targets: ReadonlyMap<Alias, Node>;
  /** Whether the text holds an anchor or an alias, so that it cannot be understood in pieces. */
  readonly hasAnchors: boolean;
}

/** More would be a cascade of one mistake. */
export const mostSyntaxDrafts = 20;

/** Far more than any registry needs, and far less than the stack holds. */
const mostDepth = 100;

/** How long a chain of aliases may be that lie in what others stand for. */
const mostLevels = 20;

/** Node counts of a registry written out in full that nobody has by accident: a floor, and a factor of what is written. */
const expansionFloor = 10_000;
const expansionFactor = 20;

/** The text of a key, as written when it is not a string; undefined when the key is a list or a map. */
export function keyText(key: unknown): string | undefined {
  if (!isScalar(key)) return undefined;
  return typeof key.value === 'string' ? key.value : (key.source ?? String(key.value));
}

/** The most telling place of a node: all of a scalar, alias or flow collection, the first key or item of a block one. */
export function spanOf(node: unknown): Span | undefined {
  if (isPair(node)) return spanOf(node.key);
  if (!isNode(node)) return undefined;
  if (isCollection(node) && !node.flow) {
    const first = spanOf(node.items[0]);
    if (first !== undefined) return first;
  }
  return node.range ? { start: node.range[0], end: node.range[1] } : undefined;
}

export function duplicateKey(key: string, span: Span): Draft {
  const shown = visibleShort(key);
  return {
    code: 'registry/duplicate-key',
    span,
    args: { key: shown },
    message: `The key \`${shown}\` stands here for the second time, so it is unclear which one counts. Delete or rename one.`,
  };
}

/** Reads the text. Never throws, and never nears the end of the stack, where the engine may abort the whole process. */
export function readYaml(text: string): YamlText {
  const tokens = [...new Parser().parse(text)];
  const deep = tooDeep(tokens);
  if (deep !== undefined) return { root: undefined, drafts: [deep], targets: new Map(), hasAnchors: true };

  // `uniqueKeys` compares every key with every other, so the walk below does it instead.
  const composer = new Composer({ prettyErrors: false, uniqueKeys: false });
  const [document, second] = composer.compose(tokens, true, text.length);
  const walk = new Walk(text);
  const root = document?.contents ?? undefined;
  const size = root === undefined ? 0 : walk.inspect(root);
  const problems = [...(document?.errors ?? []), ...(document?.warnings ?? [])].filter(
    ({ message }) => walk.unclosed.length === 0 || !/^Missing closing ["']quote$/.test(message),
  );
  problems.sort((a, b) => a.pos[0] - b.pos[0]);
  const syntax = [...walk.unclosed, ...firstOfEachLine(text, problems)];
  if (second !== undefined) syntax.push(secondDocument(second.range[0]));
  const { targets, hasAnchors } = walk;
  if (size > expansionFloor + expansionFactor * walk.written || walk.level > mostLevels)
    return { root: undefined, drafts: [aliasBomb(walk.worstAlias)], targets, hasAnchors };
  return { root, drafts: syntax.length > 0 ? syntax : walk.drafts, targets, hasAnchors };
}

/** What is wrong when collections lie in each other too deeply. Uses no recursion itself. */
function tooDeep(tokens: readonly CST.Token[]): Draft | undefined {
  const open: { readonly token: CST.Token; readonly depth: number }[] = tokens.map((token) => ({
    token,
    depth: 0,
  }));
  for (let top = open.pop(); top !== undefined; top = open.pop()) {
    const { token, depth } = top;
    if (depth > mostDepth)
      return {
        code: 'registry/yaml-syntax',
        span: { start: token.offset, end: token.offset + 1 },
        args: { reason: 'nested too deeply' },
        message: `Lists and maps lie in each other more than ${mostDepth} deep here, so the registry is not read.`,
      };
    if (token.type === 'document' && token.value) open.push({ token: token.value, depth });
    if (!('items' in token)) continue;
    for (const { key, value } of token.items) {
      if (key && 'items' in key) open.push({ token: key, depth: depth + 1 });
      if (value && 'items' in value) open.push({ token: value, depth: depth + 1 });
    }
  }
  return undefined;
}

function firstOfEachLine(text: string, problems: readonly YAMLError[]): Draft[] {
  const drafts: Draft[] = [];
  let covered = -1;
  for (const problem of problems) {
    const start = lastVisible(text, problem.pos[0]);
    const end = problem.pos[1];
    if (start <= covered) continue;
    const lineEnd = text.indexOf('\n', start);
    covered = lineEnd < 0 ? text.length : lineEnd;
    drafts.push(syntaxDraft(problem, { start, end: Math.min(Math.max(end, start + 1), covered) }));
    if (drafts.length === mostSyntaxDrafts) break;
  }
  return drafts;
}

/** Where something is missing at the end of a line or of the text, the last character that can be seen before it. */
function lastVisible(text: string, offset: number): number {
  let at = offset;
  if (/[^\r\n]/.test(text[at] ?? '')) return at;
  while (at > 0 && /\s/.test(text[at] ?? ' ')) at--;
  return at;
}

function syntaxDraft(problem: YAMLError, span: Span): Draft {
  const reason = visibleShort(problem.message);
  const advice =
    problem.code === 'TAG_RESOLVE_FAILED' ? ' A text that starts with `!` must be in quotes.' : '';
  return {
    code: 'registry/yaml-syntax',
    span,
    args: { reason },
    message: `The registry is not valid YAML here: ${reason}.${advice}`,
  };
}

function secondDocument(start: number): Draft {
  return {
    code: 'registry/several-documents',
    span: { start, end: start + 3 },
    args: {},
    message:
      'A second YAML document begins here, but a registry is one document. Delete this line or what follows.',
  };
}

/**
 * Whether a quoted text ends in a quote that closes it. The library takes `'A''` for closed when more text follows
 * (its last character is a quote), and for unclosed when none does.
 */
function isClosed(scalar: Scalar, text: string): boolean {
  const { type, range } = scalar;
  if ((type !== 'QUOTE_SINGLE' && type !== 'QUOTE_DOUBLE') || !range) return true;
  const [start, end] = range;
  const quote = text[start];
  let at = start + 1;
  while (at < end) {
    const isPair = type === 'QUOTE_SINGLE' ? text[at] === quote && text[at + 1] === quote : text[at] === '\\';
    if (!isPair && text[at] === quote) return at === end - 1;
    at += isPair ? 2 : 1;
  }
  return false;
}

/** On the line of the opening quote: the library only says where it gave up looking for the other. */
function unclosedQuote(scalar: Scalar, text: string): Draft {
  const start = scalar.range?.[0] ?? 0;
  const lineEnd = text.indexOf('\n', start);
  return {
    code: 'registry/yaml-syntax',
    span: { start, end: lineEnd < 0 ? text.length : lineEnd },
    args: { reason: 'missing closing quote' },
    message: 'The registry is not valid YAML here: the quote that begins this text is not closed.',
  };
}

function unknownAlias(source: string, span: Span): Draft {
  const shown = visibleShort(source);
  return {
    code: 'registry/yaml-syntax',
    span,
    args: { reason: `unknown alias ${shown}` },
    message: `\`*${shown}\` is read as a YAML alias, and no anchor \`&${shown}\` comes before it. If it is a glob, put it in quotes: '*${shown}'.`,
  };
}

function aliasBomb(span: Span): Draft {
  return {
    code: 'registry/alias-bomb',
    span,
    args: {},
    message:
      'The aliases of this registry multiply beyond all bounds, so it is not read. Write the values out.',
  };
}

function keyOfWrongKind(span: Span): Draft {
  return {
    code: 'registry/wrong-type',
    span,
    args: { field: '', expected: 'a text', found: 'a list or a map' },
    message: 'A key must be a text, but this one is a list, a map or an alias.',
  };
}

/** Goes over every node once, in the order of the text, as anchors and aliases demand. */
class Walk {
  readonly drafts: Draft[] = [];
  /** Quoted texts that are never closed. */
  readonly unclosed: Draft[] = [];
  readonly targets = new Map<Alias, Node>();
  hasAnchors = false;
  /** How many nodes the text really has. */
  written = 0;
  /** The alias that stands for the most nodes. */
  worstAlias: Span = { start: 0, end: 1 };
  /** The longest chain of aliases so far; within an anchored node, the longest in it. */
  level = 0;
  #worstSize = 0;
  readonly #text: string;
  readonly #anchored = new Map<string, { readonly node: Node; size: number; level: number }>();

  constructor(text: string) {
    this.#text = text;
  }

  /** How many nodes the node has when every alias is written out; Infinity when it contains itself. */
  inspect(node: unknown): number {
    if (isPair(node)) return this.inspect(node.key) + this.inspect(node.value);
    if (!isNode(node)) return 0;
    this.written++;
    if (isAlias(node)) return this.#follow(node);
    if (isScalar(node) && !isClosed(node, this.#text)) this.unclosed.push(unclosedQuote(node, this.#text));
    const anchored = node.anchor ? { node, size: Number.POSITIVE_INFINITY, level: 0 } : undefined;
    if (anchored !== undefined && node.anchor) {
      this.hasAnchors = true;
      this.#anchored.set(node.anchor, anchored);
    }
    if (isMap(node)) this.#inspectKeys(node);
    const outer = this.level;
    if (anchored !== undefined) this.level = 0;
    let size = 1;
    if (isCollection(node)) for (const item of node.items) size += this.inspect(item);
    if (anchored !== undefined) {
      anchored.size = size;
      anchored.level = this.level;
      this.level = Math.max(outer, this.level);
    }
    return size;
  }

  #follow(alias: Alias): number {
    this.hasAnchors = true;
    const span = spanOf(alias) ?? this.worstAlias;
    const anchored = this.#anchored.get(alias.source);
    if (anchored === undefined) {
      this.drafts.push(unknownAlias(alias.source, span));
      return 1;
    }
    this.targets.set(alias, anchored.node);
    this.level = Math.max(this.level, anchored.level + 1);
    if (anchored.size > this.#worstSize) {
      this.#worstSize = anchored.size;
      this.worstAlias = span;
    }
    return anchored.size;
  }

  #inspectKeys(map: YAMLMap): void {
    const seen = new Set<string>();
    for (const { key } of map.items) {
      const text = keyText(key);
      const span = spanOf(key);
      if (span === undefined) continue;
      if (text === undefined) this.drafts.push(keyOfWrongKind(span));
      else if (seen.has(text)) this.drafts.push(duplicateKey(text, span));
      else seen.add(text);
    }
  }
}
