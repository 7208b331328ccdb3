// Versions of the CLI: the newest that our facts were seen with, and comparison.

/** What is assumed where nobody says which CLI will read a file. Each fact without a range was seen with it. */
export const newestKnown = '2.1.329';

/** An older one that every fact with a range was held against. */
export const olderKnown = '2.1.197';

const numbersOf = (version: string): readonly number[] =>
  version
    .replace(/[-+].*$/, '')
    .split('.')
    .map((part) => Number.parseInt(part, 10) || 0);

/** Whether a version is the other one or a later one. What is no version counts as 0. */
export function atLeast(version: string, since: string): boolean {
  const [a, b] = [numbersOf(version), numbersOf(since)];
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}
