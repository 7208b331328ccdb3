// Questions about 1-based spans of text.
import type { Range } from '../findings/finding.ts';

/** Whether two spans cover the same text. */
export function isSame(a: Range, b: Range): boolean {
  return a.line === b.line && a.column === b.column && a.endLine === b.endLine && a.endColumn === b.endColumn;
}

/** Whether a 1-based place lies in a span, its end included. */
export function covers(span: Range, line: number, column: number): boolean {
  const isAfterStart = line > span.line || (line === span.line && column >= span.column);
  const isBeforeEnd = line < span.endLine || (line === span.endLine && column <= span.endColumn);
  return isAfterStart && isBeforeEnd;
}
