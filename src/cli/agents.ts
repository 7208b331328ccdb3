// The agents that a command names.
import { nearMiss } from '../findings/nearMiss.ts';
import { UserError } from '../findings/userError.ts';
import { visible } from '../findings/visible.ts';

/** Refuses ids that are not registered. @throws UserError with the nearest that is. */
export function requireAgents(known: readonly string[], ids: readonly string[]): void {
  for (const id of ids) {
    if (known.includes(id)) continue;
    const near = nearMiss(id, known);
    throw new UserError(
      `The registry has no agent ${visible(JSON.stringify(id))}. ${near === undefined ? '`native-orchestrator list` shows those it has.' : `Did you mean ${near}?`}`,
    );
  }
}
