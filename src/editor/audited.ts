// Notes in the audit log of a folder what a command did there, as the command line does for its verbs. Part of dist/later.cjs.
import { isUserError } from '../findings/userError.ts';
import { type AuditEntry, audit } from '../hub/auditLog.ts';
import type { FleetStore } from './fleetStore.ts';
import { sessionHostOf } from './sessionHost.ts';

/** What is done: the verb of the command line, and the agents it is about; without them, all. */
export interface Audited extends Pick<AuditEntry, 'action' | 'agents' | 'details'> {
  readonly store: FleetStore;
}

/**
 * Does the work, and notes it with what `outcomeOf` says came of it, where that is not simply `done`; undefined: nothing
 * was, as when a person changed their mind, and nothing is noted. What the work gives or throws is the caller's.
 */
export async function audited<T>(
  { store, ...what }: Audited,
  work: () => Promise<T>,
  outcomeOf: (result: T) => string | undefined = () => 'done',
): Promise<T> {
  let outcome: string | undefined = 'failed';
  try {
    const result = await work();
    outcome = outcomeOf(result);
    return result;
  } catch (error) {
    if (isUserError(error)) outcome = 'refused';
    throw error;
  } finally {
    if (outcome !== undefined) await note(store, { ...what, by: 'editor', outcome });
  }
}

async function note(store: FleetStore, entry: AuditEntry): Promise<void> {
  try {
    await audit(sessionHostOf(store), new Date().toISOString(), entry);
  } catch (error) {
    // Without a state directory there is nowhere to note it, and what was done is done.
    if (!isUserError(error)) throw error;
  }
}
