// Which agents' sessions the spools saw of late: the last line of each file that was written to a short while ago.
import type { AppendedFiles } from '../files/appendedFiles.ts';
import { parseSpoolLine, wholeLines } from '../protocol/readSpool.ts';

/** Files that are looked into, the ones changed last. */
const mostFiles = 50;
/** Bytes at the end of a file: more than any one line. */
const tailBytes = 32 * 1024;

export interface RecentLaunch {
  readonly agent: string;
  /** Seconds since it was last heard of, 0 or more. */
  readonly secondsAgo: number;
}

/**
 * The launches that were heard of within `withinMs` before `now` (milliseconds since 1970) and that did not say since
 * that they ended; one for each agent, the latest. `folder` is that of the spools. What a spool holds is data, so an
 * agent's name is checked for its form. Never throws.
 */
export function recentLaunches(
  disk: AppendedFiles,
  folder: string,
  now: number,
  withinMs: number,
): readonly RecentLaunch[] {
  const recent = disk
    .names(folder, '.jsonl')
    .flatMap((name) => disk.look(folder, name) ?? [])
    .filter(({ changedAt }) => Math.abs(now - changedAt) <= withinMs)
    .sort((a, b) => b.changedAt - a.changedAt)
    .slice(0, mostFiles);
  const byAgent = new Map<string, RecentLaunch>();
  for (const { name, size, changedAt } of recent) {
    const from = Math.max(0, size - tailBytes);
    const { lines } = wholeLines(new TextDecoder().decode(disk.read(folder, name, from, tailBytes)));
    const last = parseSpoolLine(lines.at(-1) ?? '');
    if (last === undefined || last.event === 'SessionEnd') continue;
    if (!/^[a-z][a-z0-9-]{0,63}$/.test(last.agent) || byAgent.has(last.agent)) continue;
    const secondsAgo = Math.max(0, Math.round((now - changedAt) / 1000));
    byAgent.set(last.agent, { agent: last.agent, secondsAgo });
  }
  return [...byAgent.values()];
}
