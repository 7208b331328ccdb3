// What the guard says of a session in its spool. Agents can write there, so it only says by whom a call was refused, never that it was.
import { readFileSync } from 'node:fs';

interface Line {
  readonly src?: unknown;
  readonly event?: unknown;
  readonly verdict?: unknown;
  readonly toolUseId?: unknown;
}

function linesOf(spool: string): readonly Line[] {
  let text: string;
  try {
    text = readFileSync(spool, 'utf8');
  } catch {
    return [];
  }
  // What follows the last line end is not a whole line.
  return text
    .split('\n')
    .slice(0, -1)
    .flatMap((line) => {
      try {
        const value: unknown = JSON.parse(line);
        return typeof value === 'object' && value !== null ? [value] : [];
      } catch {
        return [];
      }
    });
}

/** Ids of the calls that the guard refused. */
export function refusedCalls(spool: string): ReadonlySet<string> {
  const ids = linesOf(spool)
    .filter(({ src, event, verdict }) => src === 'guard' && event === 'PreToolUse' && verdict === 'deny')
    .map(({ toolUseId }) => toolUseId);
  return new Set(ids.filter((id) => typeof id === 'string'));
}

/** Whether the guard was asked about a change of live settings. */
export function wasAskedAboutSettings(spool: string): boolean {
  return linesOf(spool).some(({ src, event }) => src === 'guard' && event === 'ConfigChange');
}
