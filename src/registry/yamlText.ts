// YAML text → nodes whose aliases are known to be harmless, and what is wrong with it as YAML.
import {
  type Alias,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  type Node,
  parseDocument,
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
const mostSyntaxDrafts = 20;

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

/** Reads the text. Never throws; what is too deep to be read is a syntax draft. */
export function readYaml(text: string): YamlText {
  try {
    return readUnsafely(text);
  } catch (error) {
    // The only ways here are exhausted stacks: the library answers everything else with error values.
    const message = `The YAML cannot be read: ${visibleShort(error instanceof Error ? error.message : String(error))}.`;
    return {
      root: undefined,
      drafts: [{ code: 'registry/yaml-syntax', span: { start: 0, end: 1 }, args: {}, message }],
      targets: new Map(),
      hasAnchors: true,
    };
  }
}

function readUnsafely(text: string): YamlText {
  // `uniqueKeys` compares every key with every other, so the walk below does it instead. Any level but "silent"
  // lets the library report further documents.
  const document = parseDocument(text, { prettyErrors: false, uniqueKeys: false, logLevel: 'error' });
  const problems = [...document.errors, ...document.warnings].sort((a, b) => a.pos[0] - b.pos[0]);
  const syntax = firstOfEachLine(text, problems);
  const walk = new Walk();
  const root = document.contents ?? undefined;
  const size = root === undefined ? 0 : walk.inspect(root);
  const { targets, hasAnchors } = walk;
  if (size > expansionFloor + expansionFactor * walk.written)
    return { root: undefined, drafts: [aliasBomb(walk.worstAlias)], targets, hasAnchors };
  return { root, drafts: syntax.length > 0 ? syntax : walk.drafts, targets, hasAnchors };
}

function firstOfEachLine(text: string, problems: readonly YAMLError[]): Draft[] {
  const drafts: Draft[] = [];
  let covered = -1;
  for (const problem of problems) {
    const [start, end] = problem.pos;
    if (start <= covered) continue;
    const lineEnd = text.indexOf('\n', start);
    covered = lineEnd < 0 ? text.length : lineEnd;
    drafts.push(syntaxDraft(problem, { start, end: Math.min(Math.max(end, start + 1), covered) }));
    if (drafts.length === mostSyntaxDrafts) break;
  }
  return drafts;
}

function syntaxDraft(problem: YAMLError, span: Span): Draft {
  if (problem.code === 'MULTIPLE_DOCS')
    return {
      code: 'registry/several-documents',
      span,
      args: {},
      message:
        'A second YAML document begins here, but a registry is one document. Delete this line or what follows.',
    };
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
  readonly targets = new Map<Alias, Node>();
  hasAnchors = false;
  /** How many nodes the text really has. */
  written = 0;
  /** The alias that stands for the most nodes. */
  worstAlias: Span = { start: 0, end: 1 };
  #worstSize = 0;
  readonly #anchored = new Map<string, { readonly node: Node; size: number }>();

  /** How many nodes the node has when every alias is written out; Infinity when it contains itself. */
  inspect(node: unknown): number {
    if (isPair(node)) return this.inspect(node.key) + this.inspect(node.value);
    if (!isNode(node)) return 0;
    this.written++;
    if (isAlias(node)) return this.#follow(node);
    const anchored = node.anchor ? { node, size: Number.POSITIVE_INFINITY } : undefined;
    if (anchored !== undefined && node.anchor) {
      this.hasAnchors = true;
      this.#anchored.set(node.anchor, anchored);
    }
    if (isMap(node)) this.#inspectKeys(node);
    let size = 1;
    if (isCollection(node)) for (const item of node.items) size += this.inspect(item);
    if (anchored !== undefined) anchored.size = size;
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
