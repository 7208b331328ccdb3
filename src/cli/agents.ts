// The agents that a command names.
import { nearMiss } from '../findings/nearMiss.ts';
import { visibleShort } from '../findings/visible.ts';
import { UsageError } from './usageError.ts';

/** Refuses ids that are not registered. @throws UsageError with the nearest that is. */
export function requireAgents(known: readonly string[], ids: readonly string[]): void {
  for (const id of ids) {
    if (known.includes(id)) continue;
    const near = nearMiss(id, known);
    throw new UsageError(
      `The registry has no agent ${visibleShort(JSON.stringify(id))}. ${near === undefined ? '`native-orchestrator list` shows those it has.' : `Did you mean ${near}?`}`,
    );
  }
}
