// A JSON file as the CLI reads it (strictly), and where in its text each key and value stands.
import { type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import { type Range, startOfFile } from '../findings/finding.ts';
import { type LineIndex, lineIndex } from '../findings/lineIndex.ts';

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

export interface JsonProblem {
  /** What is wrong, as the end of a sentence that begins with "the file is not JSON: ". */
  readonly message: string;
  readonly range: Range;
}

/** A key that an object has more than once; the last one wins. */
export interface DuplicateKey {
  readonly pointer: string;
  /** Where the key stands that loses: the first one. */
  readonly range: Range;
}

export interface JsonText {
  /** Undefined when the text is not strict JSON, which is when the CLI does not read it either. */
  readonly value: Json | undefined;
  /** Set exactly when `value` is undefined. */
  readonly error?: JsonProblem;
  /** Duplicate keys in the order of the text; found even where the text is broken. */
  readonly duplicateKeys: readonly DuplicateKey[];
  /** The key that an RFC 6901 pointer names, quotes included; an array's element has no key and gives its own range. */
  rangeOfKey(pointer: string): Range | undefined;
  /** The value that a pointer names. `''` is the whole value. Both work on broken text as far as it makes sense. */
  rangeOfValue(pointer: string): Range | undefined;
}

/** The RFC 6901 pointer of a path of keys and indices. */
export function pointer(...segments: readonly (string | number)[]): string {
  return segments
    .map((segment) => `/${String(segment).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
}

/** The keys of a pointer, outermost first. */
export function pointerSegments(path: string): readonly string[] {
  return path === ''
    ? []
    : path
        .slice(1)
        .split('/')
        .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** Whether a value is a JSON object: neither null nor an array. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An object's own member, undefined when it has none; `__proto__` and `constructor` are keys like all others. */
export function member(value: Json | undefined, key: string): Json | undefined {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/**
 * Reads a text as strict JSON. Never throws. One leading byte order mark is allowed, as the CLI allows it (2.1.329).
 * Positions are worked out only when asked for.
 */
export function readJson(text: string): JsonText {
  let value: Json | undefined;
  let isStrict = false;
  try {
    value = JSON.parse(text.startsWith('\ufeff') ? text.slice(1) : text) as Json;
    isStrict = true;
  } catch {
    // Said with its place below.
  }
  let parsed: Parsed | undefined;
  const tree = (): Parsed => {
    parsed ??= parse(text);
    return parsed;
  };
  let duplicates: readonly DuplicateKey[] | undefined;
  return {
    value,
    ...(isStrict ? {} : { error: problemOf(text, tree()) }),
    get duplicateKeys() {
      duplicates ??= [...duplicateKeys(tree())];
      return duplicates;
    },
    rangeOfKey(path) {
      const { root, lines } = tree();
      const found = nodeAt(root, path);
      if (found === undefined || path === '') return undefined;
      const key = found.parent?.type === 'property' ? found.parent.children?.[0] : found;
      return key && rangeOf(key, lines);
    },
    rangeOfValue(path) {
      const { root, lines } = tree();
      const found = nodeAt(root, path);
      return found && rangeOf(found, lines);
    },
  };
}

interface Parsed {
  readonly root: Node | undefined;
  readonly errors: readonly ParseError[];
  readonly lines: LineIndex;
}

function parse(text: string): Parsed {
  const errors: ParseError[] = [];
  // A space in place of the mark keeps every offset.
  const plain = text.startsWith('\ufeff') ? ` ${text.slice(1)}` : text;
  let root: Node | undefined;
  try {
    root = parseTree(plain, errors, { disallowComments: true, allowTrailingComma: false });
  } catch {
    // The parser recurses; a text nested tens of thousands deep has no positions.
  }
  return { root, errors, lines: lineIndex(text) };
}

const rangeOf = (node: Node, lines: LineIndex): Range =>
  lines.rangeOf(node.offset, node.offset + node.length);

function nodeAt(root: Node | undefined, path: string): Node | undefined {
  let node = root;
  for (const segment of pointerSegments(path)) {
    if (node?.type === 'array')
      node = /^(0|[1-9]\d*)$/.test(segment) ? node.children?.[Number(segment)] : undefined;
    else if (node?.type === 'object')
      node = node.children?.findLast((child) => child.children?.[0]?.value === segment)?.children?.[1];
    else return undefined;
  }
  return node;
}

function* duplicateKeys({ root, lines }: Parsed): Generator<DuplicateKey> {
  const pending: { node: Node; path: string }[] = root === undefined ? [] : [{ node: root, path: '' }];
  for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
    const { node, path } = next;
    const first = new Map<string, Node>();
    const reported = new Set<string>();
    for (const [index, child] of (node.children ?? []).entries()) {
      if (node.type === 'array') {
        pending.push({ node: child, path: path + pointer(index) });
        continue;
      }
      const [key, value] = child.children ?? [];
      if (key === undefined) continue;
      const name = String(key.value);
      const before = first.get(name);
      if (before === undefined) first.set(name, key);
      else if (!reported.has(name)) {
        reported.add(name);
        yield { pointer: path + pointer(name), range: rangeOf(before, lines) };
      }
      if (value !== undefined) pending.push({ node: value, path: path + pointer(name) });
    }
  }
}

const messages: Readonly<Record<string, string>> = {
  InvalidCommentToken: 'it has a comment, and the CLI reads strict JSON without comments',
  UnexpectedEndOfString: 'a string is not closed on its line',
  UnexpectedEndOfNumber: 'a number is incomplete',
  InvalidUnicode: 'a \\u escape is incomplete',
  InvalidEscapeCharacter: 'a string has an escape that JSON does not know',
  InvalidCharacter: 'a string has a control character, which JSON wants escaped',
  PropertyNameExpected: 'a key in double quotes is missing here',
  ValueExpected: 'a value is missing here',
  ColonExpected: 'a colon is missing here',
  CommaExpected: 'a comma is missing here',
  CloseBraceExpected: 'a closing } is missing',
  CloseBracketExpected: 'a closing ] is missing',
  EndOfFileExpected: 'something follows the end of the JSON value',
  InvalidSymbol: 'this is not a JSON value; strings and keys stand in double quotes',
  InvalidNumberFormat: 'this is not a JSON number',
  UnexpectedEndOfComment: 'it has a comment, and the CLI reads strict JSON without comments',
};

function problemOf(text: string, { errors, lines }: Parsed): JsonProblem {
  if (text.trim() === '') return { message: 'it is empty', range: startOfFile };
  const first = errors[0];
  if (first === undefined) return { message: 'it is nested too deeply or malformed', range: startOfFile };
  const before = text.slice(0, first.offset).trimEnd();
  const code = printParseErrorCode(first.error);
  const isTrailing = /^[}\]]/.test(text.slice(first.offset)) && before.endsWith(',');
  if (isTrailing)
    return {
      message: 'a comma stands after the last item',
      range: lines.rangeOf(before.length - 1, before.length),
    };
  // At the end of the file there is nothing to underline: the last character serves.
  const isPastEnd = first.offset >= text.trimEnd().length;
  return {
    message: messages[code] ?? 'it is malformed here',
    range: isPastEnd
      ? lines.rangeOf(Math.max(0, before.length - 1), before.length)
      : lines.rangeOf(first.offset, first.offset + Math.max(1, first.length)),
  };
}
