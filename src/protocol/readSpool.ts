// Spool lines back from text. Agents can write to a spool where there is no sandbox, so all of it is untrusted.
import { redact } from './redact.ts';
import { cutText, mostBytes, mostTextOf, type SpoolLine, spoolFields } from './spoolLine.ts';

const numbers: ReadonlySet<string> = new Set(['n', 'ms', 'background']);

/** ISO 8601 in UTC with milliseconds, as `Date.toISOString` writes it for the years that matter. */
const isTime = (value: unknown): value is string =>
  typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/.test(value);

/**
 * The line that a text without its line end holds; undefined when it is none of this version. Fields of the wrong type
 * and fields that the format does not name are left out; texts are never longer than a writer makes them. Never throws.
 */
export function parseSpoolLine(text: string): SpoolLine | undefined {
  if (text.length > mostBytes || !text.startsWith('{')) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const given = value as Readonly<Record<string, unknown>>;
  const { v, t, id, launch, agent, session, src, event, verdict } = given;
  if (v !== 1 || !isTime(t) || Number.isNaN(Date.parse(t))) return undefined;
  if (typeof id !== 'string' || id === '' || (src !== 'guard' && src !== 'report')) return undefined;
  if (![launch, agent, session, event].every((each) => typeof each === 'string')) return undefined;
  const line: Record<string, unknown> = { v: 1 };
  for (const field of spoolFields) {
    const found = given[field];
    if (typeof found !== (numbers.has(field) ? 'number' : 'string')) continue;
    const isLong = typeof found === 'string' && found.length > mostTextOf(field);
    // Before the cut, so that no half of a secret stays.
    line[field] = isLong ? cutText(redact(found), mostTextOf(field)) : found;
  }
  if (verdict !== 'allow' && verdict !== 'deny') delete line.verdict;
  line.n ??= 0;
  return line as unknown as SpoolLine;
}

/** Text cut into whole lines, and how many of its UTF-16 units they take with their ends; what follows has no line end yet. */
export function wholeLines(text: string): { readonly lines: readonly string[]; readonly length: number } {
  const length = text.lastIndexOf('\n') + 1;
  return { lines: length === 0 ? [] : text.slice(0, length - 1).split('\n'), length };
}
