// Puts single keys of a settings file back to what the plan says, every other byte left as it is. Pure; never throws.
import { applyEdits, type FormattingOptions, type JSONPath, modify } from 'jsonc-parser';
import { isObject, type Json, readJson } from '../claude/jsonText.ts';
import { canonicalJson } from '../policy/canonicalJson.ts';
import { leavesOf, segmentsOf } from './leaves.ts';
import type { KeyDrift } from './output.ts';

export type RestoredKeys =
  | { readonly text: string; readonly problem?: never }
  /** Why it can't be done key by key; the file as a whole can be restored. */
  | { readonly problem: string; readonly text?: never };

/** Indentation and line ends as the text has them. */
function formattingOf(text: string): FormattingOptions {
  const indent = /\n([ \t]+)\S/.exec(text)?.[1] ?? '  ';
  const isTabs = indent.startsWith('\t');
  return {
    insertSpaces: !isTabs,
    tabSize: isTabs ? 1 : indent.length,
    eol: text.includes('\r\n') ? '\r\n' : '\n',
  };
}

function valueAt(text: string, path: readonly string[]): Json | undefined {
  let node = readJson(text).value;
  for (const segment of path)
    node = isObject(node) && Object.hasOwn(node, segment) ? node[segment] : undefined;
  return node;
}

/** The text without the value at a path, and without the objects that are empty only because of that. */
function without(text: string, path: JSONPath, formattingOptions: FormattingOptions): string {
  let left = text;
  for (let at = path; at.length > 0; at = at.slice(0, -1)) {
    left = applyEdits(left, modify(left, at, undefined, { formattingOptions }));
    const parent = valueAt(left, at.slice(0, -1).map(String));
    if (!isObject(parent) || Object.keys(parent).length > 0) break;
  }
  return left;
}

/**
 * Sets each key to its `expected` value, or takes it out where the plan has none. The result is checked: the keys say
 * what the plan says and all others what they said before.
 */
export function restoreKeys(text: string, keys: readonly KeyDrift[]): RestoredKeys {
  const bom = text.startsWith('\uFEFF') ? '\uFEFF' : '';
  const before = text.slice(bom.length);
  const said = readJson(before);
  if (!isObject(said.value)) return { problem: 'the file is not a JSON object' };
  const twice = said.duplicateKeys[0];
  if (twice !== undefined) return { problem: `${twice.pointer} stands twice in the file` };
  const formattingOptions = formattingOf(before);
  let after = before;
  try {
    for (const { pointer, expected } of keys) {
      const path = [...segmentsOf(pointer)];
      after =
        expected === undefined
          ? without(after, path, formattingOptions)
          : applyEdits(after, modify(after, path, expected, { formattingOptions }));
    }
  } catch {
    return { problem: 'a value of another kind stands where the key belongs' };
  }
  return isAsMeant(said.value, after, keys)
    ? { text: bom + after }
    : { problem: 'a value of another kind stands where the key belongs' };
}

function isAsMeant(before: Json, after: string, keys: readonly KeyDrift[]): boolean {
  const now = readJson(after).value;
  if (!isObject(now)) return false;
  const left = new Map(leavesOf(now));
  for (const { pointer, expected } of keys) {
    const found = valueAt(after, segmentsOf(pointer));
    const isSame =
      expected === undefined
        ? found === undefined
        : found !== undefined && canonicalJson(found) === canonicalJson(expected);
    if (!isSame) return false;
  }
  const isChosen = (pointer: string): boolean =>
    keys.some((key) => pointer === key.pointer || pointer.startsWith(`${key.pointer}/`));
  const rest = (leaves: ReadonlyMap<string, Json>): string =>
    canonicalJson(Object.fromEntries([...leaves].filter(([pointer]) => !isChosen(pointer))));
  return rest(left) === rest(leavesOf(before));
}
