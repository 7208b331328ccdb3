// The time in a template: what is planned has a place for it, and what is on the disk counts as planned whatever time it says.
import type { Json } from '../../claude/jsonText.ts';
import { canonicalJson } from '../../policy/canonicalJson.ts';

/** What stands for the time in a plan and in the lock, so that both stay the same as time goes by. No time is spelt so. */
export const stampPlace = '0000-00-00T00:00:00Z';

const time = String.raw`\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?)?`;

/** Whether a text equals a planned one but for its times. */
function equalsButForTimes(planned: string, found: string): boolean {
  const [first = '', ...rest] = planned.split(stampPlace);
  if (!found.startsWith(first)) return false;
  const timeAt = new RegExp(time, 'y');
  let at = first.length;
  for (const part of rest) {
    timeAt.lastIndex = at;
    const length = timeAt.exec(found)?.[0].length;
    if (length === undefined || !found.startsWith(part, at + length)) return false;
    at += length + part.length;
  }
  return at === found.length;
}

/** A found text with the planned lines in the place of those that differ from them only by their times. */
export function withoutTimes(found: string, planned: string): string {
  const everyTime = new RegExp(time, 'g');
  const bare = (line: string): string => line.replace(everyTime, stampPlace);
  const lines = new Map<string, string>();
  for (const line of planned.split('\n')) if (line.includes(stampPlace)) lines.set(bare(line), line);
  if (lines.size === 0) return found;
  return found
    .split('\n')
    .map((line) => {
      const wanted = lines.get(bare(line));
      return wanted !== undefined && equalsButForTimes(wanted, line) ? wanted : line;
    })
    .join('\n');
}

/** A text with `stampPlace` for every time in it: what the lock knows of one that was stamped. */
export function unstamped(text: string): string {
  return text.replace(new RegExp(time, 'g'), stampPlace);
}

/** Whether two JSON values are the same but for the times that the planned one leaves open. */
export function isSameButForTimes(planned: Json, found: Json): boolean {
  const text = canonicalJson(planned);
  return text.includes(stampPlace) && equalsButForTimes(text, canonicalJson(found));
}

/** A text as it is written: with the time in its places. `now` is ISO 8601. */
export function stamped(text: string, now: string): string {
  return text.replaceAll(stampPlace, /^[\dT:.Z-]+$/.test(now) ? now : stampPlace);
}
