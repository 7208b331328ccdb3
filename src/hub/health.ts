// Whether the hub is well: what its own figures say, in words that programs can read. Pure.
import type { CoreFigures } from './hubCore.ts';
import type { JsonObject } from './hubEvent.ts';

/** `failing`: events wait, since the journal can't be written. `degraded`: something was lost, or can't be read. */
export type HealthStatus = 'ok' | 'degraded' | 'failing';

export interface Health {
  readonly status: HealthStatus;
  /** What is wrong, each with what is known of it; empty when nothing is. */
  readonly problems: readonly JsonObject[];
}

/** Milliseconds that a spool may wait to be read before that is a problem. */
const mostLag = 5000;

export function healthOf({
  journalError,
  lost,
  spoolsUnreadable,
  spoolLagMs,
}: Pick<CoreFigures, 'journalError' | 'lost' | 'spoolsUnreadable' | 'spoolLagMs'>): Health {
  const problems: JsonObject[] = [];
  if (journalError !== undefined)
    problems.push({
      code: 'journal-unwritable',
      error: journalError,
      message:
        journalError === 'ENOSPC' || journalError === 'EDQUOT'
          ? 'The disk is full: events of hooks wait in their spools until the journal can be written. Free some space.'
          : `The journal cannot be written (${journalError}): events of hooks wait in their spools until it can.`,
    });
  const { broken, unwritten, vanished } = lost;
  if (broken + unwritten + vanished > 0)
    problems.push({
      code: 'events-lost',
      broken,
      unwritten,
      vanished,
      message:
        'Some events are lost since the hub started: lines that are broken, what could not be written, and spools that went away unread.',
    });
  if (spoolsUnreadable > 0)
    problems.push({
      code: 'spool-unreadable',
      count: spoolsUnreadable,
      message:
        'A spool cannot be read: what its session does is not known to the hub. It must be a regular file of the user who runs the hub.',
    });
  if (spoolLagMs > mostLag && journalError === undefined)
    problems.push({
      code: 'behind',
      message: 'Events come faster than they are read, so what is shown is late.',
    });
  const status = journalError !== undefined ? 'failing' : problems.length > 0 ? 'degraded' : 'ok';
  return { status, problems };
}
