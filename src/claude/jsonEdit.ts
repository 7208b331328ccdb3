// Changes to the text of a JSON file that leave every other byte as it was.
import { findNodeAtLocation, type Node, parseTree } from 'jsonc-parser';
import { type Json, pointerSegments } from './jsonText.ts';

/** The node that an RFC 6901 pointer names; undefined when there is none. Never throws. */
export function nodeAt(text: string, path: string): Node | undefined {
  try {
    // A space in place of a byte order mark keeps every offset.
    let node: Node | undefined = parseTree(text.replace(/^\ufeff/, ' '));
    // A number among the keys of an object is a key; only an array is asked by index.
    for (const segment of pointerSegments(path))
      node = node && findNodeAtLocation(node, [node.type === 'array' ? Number(segment) : segment]);
    return node;
  } catch {
    return undefined; // nested too deeply for the parser
  }
}

/** JSON on one line, with a space after each comma and colon. */
export function inlineJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(inlineJson).join(', ')}]`;
  return JSON.stringify(value);
}

/** The text with the value at a pointer replaced; undefined when there is no such value. */
export function replaceValue(text: string, path: string, value: Json): string | undefined {
  const node = nodeAt(text, path);
  return node && text.slice(0, node.offset) + inlineJson(value) + text.slice(node.offset + node.length);
}

/**
 * The text with another member right after the one at a pointer, on a line of its own where the object has lines.
 * Undefined when the pointer names no member of an object.
 */
export function insertAfter(text: string, path: string, key: string, value: Json): string | undefined {
  const property = nodeAt(text, path)?.parent;
  if (property?.type !== 'property') return undefined;
  const before = text.slice(0, property.offset);
  const line = before.slice(before.lastIndexOf('\n') + 1);
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
  const isOnOwnLine = before.includes('\n') && /^[ \t]*$/.test(line);
  const member = `${JSON.stringify(key)}: ${inlineJson(value)}`;
  const end = property.offset + property.length;
  return `${text.slice(0, end)},${isOnOwnLine ? lineEnd + line : ' '}${member}${text.slice(end)}`;
}
