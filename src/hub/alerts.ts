// Which lines of spools somebody should hear of at once. Pure.
import type { SpoolLine } from '../protocol/spoolLine.ts';
import type { JsonObject } from './hubEvent.ts';

/** Codes of the guard that say that an agent's limits themselves are in question. */
const alarming: ReadonlySet<string> = new Set(['guard/cannot-decide', 'guard/settings-frozen']);

/**
 * What to tell of a line, which has no secrets any more; undefined for all but a few. It names the line by its id: the
 * line is an event of its own.
 */
export function alertOf({ id, agent, launch, code, reason, verdict, t }: SpoolLine): JsonObject | undefined {
  if (code === undefined || !alarming.has(code)) return undefined;
  return {
    kind: 'guard',
    code,
    agent,
    launch,
    about: id,
    since: t,
    ...(verdict === undefined ? {} : { verdict }),
    ...(reason === undefined ? {} : { reason }),
  };
}
