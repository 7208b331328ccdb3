// Differences that somebody chose to live with: which entries of the registry are in force, and what they speak of.
import type { Agent, IgnoreEntry } from '../registry/model.ts';
import { isAbove } from './leaves.ts';

/**
 * The entries that are in force. `today` is an ISO date, and an entry holds through its last day; without `today` an
 * entry's end is not looked at.
 */
export function ignoresInForce(
  agent: Pick<Agent, 'ignore'>,
  today: string | undefined,
): readonly IgnoreEntry[] {
  if (agent.ignore.length === 0 || today === undefined) return agent.ignore;
  return agent.ignore.filter(({ until }) => until === undefined || until >= today);
}

/**
 * The first entry that speaks of a key of a file, or of something above it. An empty key is the whole file. That it
 * may not hide a lost protection is for the comparison to see to.
 */
export function ignoreFor(
  path: string,
  pointer: string,
  ignores: readonly IgnoreEntry[],
): IgnoreEntry | undefined {
  return ignores.find(
    ({ file, key }) => file === path && (key === '' || key === pointer || isAbove(key, pointer)),
  );
}
