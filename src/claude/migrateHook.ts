// Rewrites a hook entry of the legacy form, with the command directly under the event, to the form that the CLI takes.
import { handlerMistake } from './hookHandlers.ts';
import { nodeAt } from './jsonEdit.ts';
import { isObject, type Json, type JsonObject, readJson } from './jsonText.ts';

/** Keys of a legacy entry that belong to the handler; all others stay with the entry, where the CLI ignores them. */
const handlerKeys = 'args async asyncRewake if once onFailure shell statusMessage timeout'.split(' ');

/**
 * The text with the entry at an RFC 6901 pointer in the present form, and every other byte as it was. Undefined when
 * there is no legacy entry at the pointer. A key that the CLI would not take in a handler stays with the entry, so the
 * result is never dropped because of this entry. Never throws.
 */
export function migrateHookEntry(text: string, entryPointer: string): string | undefined {
  const node = nodeAt(text, entryPointer);
  if (node?.type !== 'object') return undefined;
  const entry = readJson(text.slice(node.offset, node.offset + node.length)).value;
  if (!isObject(entry)) return undefined;
  const { command, hooks } = entry;
  if (typeof command !== 'string' || hooks !== undefined) return undefined;
  const migrated = inPresentForm(entry, command);
  const before = text.slice(0, node.offset);
  const line = before.slice(before.lastIndexOf('\n') + 1);
  const indent = /^[ \t]*/.exec(line)?.[0] ?? '';
  const written = JSON.stringify(migrated, null, unitOf(text)).replaceAll('\n', `${lineEnd(text)}${indent}`);
  return before + written + text.slice(node.offset + node.length);
}

function inPresentForm(entry: JsonObject, command: string): JsonObject {
  const handler: [string, Json][] = [
    ['type', 'command'],
    ['command', command],
  ];
  const rest: [string, Json][] = [];
  for (const [key, value] of Object.entries(entry)) {
    if (key === 'command' || key === 'type' || key === 'matcher') continue;
    const fits =
      handlerKeys.includes(key) && handlerMistake(ofEntries([...handler, [key, value]])) === undefined;
    (fits ? handler : rest).push([key, value]);
  }
  const matcher = typeof entry.matcher === 'string' ? entry.matcher : '*';
  return ofEntries([['matcher', matcher], ['hooks', [ofEntries(handler)]], ...rest]);
}

/** `Object.fromEntries` makes own members of all names, `__proto__` included. */
const ofEntries = (entries: readonly (readonly [string, Json])[]): JsonObject => Object.fromEntries(entries);

const lineEnd = (text: string): string => (/\r\n/.test(text) ? '\r\n' : '\n');

/** One level of the file's own indentation: that of its first indented line, or two spaces. */
function unitOf(text: string): string {
  const first = /\n([ \t]+)\S/.exec(text)?.[1] ?? '  ';
  return first.startsWith('\t') ? '\t' : first.slice(0, 8);
}
