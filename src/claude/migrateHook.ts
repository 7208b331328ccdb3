// Legacy hook entries in the present form; the rest of the file stays byte for byte.
import { applyEdits, modify } from 'jsonc-parser';
import { isObject, type Json, member, pointerSegments, readJson } from './jsonText.ts';

/** The value at a pointer. */
function valueAt(root: Json | undefined, at: string): Json | undefined {
  let node = root;
  for (const segment of pointerSegments(at))
    node = Array.isArray(node) ? node[Number(segment)] : member(node, segment);
  return node;
}

/**
 * The text with the legacy hook entry at `at` (such as `/hooks/PreToolUse/0`) written as a matcher for everything and one
 * command handler. What else stood in the entry stays beside the command; the CLI ignores keys it does not know.
 * Undefined when there is no legacy entry there.
 */
export function migrateHookEntry(text: string, at: string): string | undefined {
  const entry = valueAt(readJson(text).value, at);
  if (!isObject(entry) || typeof entry.command !== 'string' || entry.hooks !== undefined) return undefined;
  const { matcher, ...handler } = entry;
  const migrated = {
    matcher: typeof matcher === 'string' ? matcher : '*',
    hooks: [{ type: 'command', ...handler }],
  };
  const path = pointerSegments(at).map((segment) => (/^\d+$/.test(segment) ? Number(segment) : segment));
  const indent = /\n([ \t]+)\S/.exec(text)?.[1] ?? '  ';
  const edits = modify(text, path, migrated, {
    formattingOptions: {
      insertSpaces: !indent.startsWith('\t'),
      tabSize: indent.startsWith('\t') ? 1 : indent.length,
      eol: text.includes('\r\n') ? '\r\n' : '\n',
    },
  });
  return applyEdits(text, edits);
}
