// What mends a finding of a settings file, as the whole text after it; every other byte stays as it was.
import {
  applyEdits,
  findNodeAtOffset,
  type JSONPath,
  modify,
  type Node,
  parse,
  parseTree,
  stripComments,
} from 'jsonc-parser';
import type { Finding } from '../findings/finding.ts';
import { pointerSegments } from './jsonText.ts';

export interface SettingsRepair {
  /** `remove`: a key or a rule goes. `duplicate`: the key that loses goes. `strict`: comments and commas go. */
  readonly kind: 'remove' | 'duplicate' | 'strict' | 'onFailure';
  /** The key or rule that it is about; empty for `strict`. */
  readonly name: string;
  readonly text: string;
  readonly isPreferred: boolean;
}

/** Findings whose key is better gone, and whether that is what one would mostly want. */
const removable: Readonly<Record<string, boolean>> = {
  'claude/async-guard': true,
  'claude/on-failure-idle': true,
  'claude/weakens': true,
  'claude/hooks-disabled': true,
  'claude/ignored-here': true,
  'claude/legacy-key': false,
  'claude/foreign-key': false,
  'claude/unknown-key': false,
  'claude/unknown-tool': false,
  'claude/rule-skipped': false,
  'claude/rule-never-matches': false,
};

/** The mends of a finding in the text that it was found in; none for those that need a person. Never throws. */
export function settingsRepairs(
  text: string,
  { code, key = '', line, column, args }: Pick<Finding, 'code' | 'key' | 'line' | 'column' | 'args'>,
): readonly SettingsRepair[] {
  const plain = text.replace(/^\ufeff/, ' ');
  const restored = (after: string): string => (plain === text ? after : `\ufeff${after.slice(1)}`);
  if (code === 'claude/not-json') {
    const strict = strictJson(plain);
    return strict === undefined
      ? []
      : [{ kind: 'strict', name: '', text: restored(strict), isPreferred: true }];
  }
  let root: Node | undefined;
  try {
    root = parseTree(plain);
  } catch {
    return []; // nested too deeply
  }
  if (root === undefined) return [];
  const name = pointerSegments(key).at(-1) ?? '';
  if (code === 'claude/duplicate-key') {
    const member = findNodeAtOffset(root, offsetOf(plain, line, column))?.parent;
    const hasName = (other: Node): boolean => other.children?.[0]?.value === name;
    const last = member?.parent?.children?.findLast(hasName);
    if (member === undefined || !hasName(member) || last === undefined || last === member) return [];
    return [{ kind: 'duplicate', name, text: restored(without(plain, member)), isPreferred: true }];
  }
  const path = pathOf(root, key);
  if (path === undefined || path.length === 0) return [];
  if (code === 'claude/no-on-failure') {
    const after = withMember(plain, [...path, 'onFailure'], 'block');
    return [{ kind: 'onFailure', name: 'onFailure', text: restored(after), isPreferred: false }];
  }
  const isPreferred = removable[code];
  const value = nodeAt(root, path);
  if (isPreferred === undefined || value === undefined) return [];
  const isItem = typeof path.at(-1) === 'number';
  const item = isItem ? value : value.parent;
  if (item === undefined) return [];
  return [
    {
      kind: 'remove',
      name: isItem ? String(value.value ?? '') : name,
      text: restored(without(plain, item)),
      // Where another spelling is known, that is the better way.
      isPreferred: isPreferred && args.suggestion === undefined,
    },
  ];
}

/** The text with one more member, laid out as the rest of the file is. */
function withMember(text: string, path: JSONPath, value: string): string {
  const unit = /\n([ \t]+)\S/.exec(text)?.[1] ?? '  ';
  const formattingOptions = {
    insertSpaces: !unit.startsWith('\t'),
    tabSize: unit.startsWith('\t') ? 1 : unit.length,
    eol: text.includes('\r\n') ? '\r\n' : '\n',
  };
  return applyEdits(text, modify(text, path, value, { formattingOptions }));
}

/** The text without a member or an item, the comma that goes with it and nothing else. */
function without(text: string, item: Node): string {
  const { parent } = item;
  const siblings = parent?.children ?? [];
  const at = siblings.indexOf(item);
  const next = siblings[at + 1];
  const before = siblings[at - 1];
  const end = item.offset + item.length;
  if (next !== undefined) return text.slice(0, item.offset) + text.slice(next.offset);
  if (before !== undefined) return text.slice(0, before.offset + before.length) + text.slice(end);
  if (parent === undefined) return text;
  return text.slice(0, parent.offset + 1) + text.slice(parent.offset + parent.length - 1);
}

/** A pointer as keys and indices of what is there; undefined when nothing is. */
function pathOf(root: Node, pointer: string): JSONPath | undefined {
  const path: JSONPath = [];
  for (const segment of pointerSegments(pointer)) {
    path.push(nodeAt(root, path)?.type === 'array' ? Number(segment) : segment);
    if (nodeAt(root, path) === undefined) return undefined;
  }
  return path;
}

/** Of a key that is written twice, the last one, as the CLI takes it. */
function nodeAt(root: Node, path: JSONPath): Node | undefined {
  let node: Node | undefined = root;
  for (const segment of path)
    node =
      typeof segment === 'number'
        ? node?.children?.[segment]
        : node?.children?.findLast((child) => child.children?.[0]?.value === segment)?.children?.[1];
  return node;
}

/** The offset of a 1-based place. */
function offsetOf(text: string, line: number, column: number): number {
  let start = 0;
  for (let at = 1; at < line; at++) start = text.indexOf('\n', start) + 1;
  return start + column - 1;
}

/** The text without comments and trailing commas, where that makes it an object in strict JSON. */
function strictJson(text: string): string | undefined {
  try {
    const bare = stripComments(text, ' ');
    let strict = '';
    let at = 0;
    // Strings are skipped whole, so that a comma in one stays.
    for (const { 0: found, index } of bare.matchAll(/"(?:[^"\\]|\\.)*"|,(?=\s*[}\]])/g)) {
      if (found !== ',') continue;
      strict += bare.slice(at, index);
      at = index + 1;
    }
    strict = (strict + bare.slice(at)).replace(/[ \t]+(?=\r?\n|$)/g, '');
    if (strict === text) return undefined;
    const value: unknown = JSON.parse(strict);
    const meant: unknown = parse(text, [], { allowTrailingComma: true });
    const isSame = JSON.stringify(value) === JSON.stringify(meant);
    return isSame && typeof value === 'object' && value !== null && !Array.isArray(value)
      ? strict
      : undefined;
  } catch {
    return undefined;
  }
}
