// Edits of a text, and where its lines begin and end. Offsets in UTF-16 units.

/** A replacement of a half-open span. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The text after edits that do not overlap, in any order. */
export function withEdits(text: string, edits: readonly TextEdit[]): string {
  let result = text;
  for (const { start, end, text: put } of [...edits].sort((a, b) => b.start - a.start || b.end - a.end))
    result = result.slice(0, start) + put + result.slice(end);
  return result;
}

/** Where the line of an offset begins; behind a byte order mark. */
export function lineStart(text: string, offset: number): number {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  return start === 0 && text.startsWith('\uFEFF') ? 1 : start;
}

/** Where the line of an offset ends, before its line end. */
export function lineEnd(text: string, offset: number): number {
  const at = text.indexOf('\n', offset);
  if (at < 0) return text.length;
  return at > offset && text[at - 1] === '\r' ? at - 1 : at;
}

/** The line end that a text has; LF when it has none. */
export function eolOf(text: string): string {
  return /\r?\n/.exec(text)?.[0] ?? '\n';
}

/** Puts whole lines behind the line of an offset. */
export function insertLines(text: string, offset: number, lines: readonly string[]): TextEdit {
  const at = lineEnd(text, offset);
  return { start: at, end: at, text: lines.map((line) => eolOf(text) + line).join('') };
}

/** Takes out the lines from that of one offset to that of another, both included. */
export function deleteLines(text: string, from: number, to: number): TextEdit {
  const start = lineStart(text, from);
  const newline = text.indexOf('\n', to);
  if (newline >= 0) return { start, end: newline + 1, text: '' };
  // The last line has no line end: the one before it goes.
  const before = text[start - 1] === '\n' ? (text[start - 2] === '\r' ? start - 2 : start - 1) : start;
  return { start: before, end: text.length, text: '' };
}

/** The white space that a line begins with up to an offset; undefined when something else stands there. */
export function indentBefore(text: string, offset: number): string | undefined {
  const before = text.slice(lineStart(text, offset), offset);
  return /^ *$/.test(before) ? before : undefined;
}
