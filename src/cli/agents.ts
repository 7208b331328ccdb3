// The agents that a command names.
import { nearMiss } from '../findings/nearMiss.ts';
import { UserError } from '../findings/userError.ts';
import { visible } from '../findings/visible.ts';
import type { Fleet } from '../outputs/fleet.ts';

/** The ids as given, each of them registered. With a broken registry nothing is known, so nothing is refused. @throws UserError */
export function requireAgents(fleet: Fleet, ids: readonly string[]): readonly string[] {
  const { registry } = fleet;
  if (registry === undefined) return ids;
  for (const id of ids) {
    if (registry.agents.has(id)) continue;
    const near = nearMiss(id, registry.agents.keys());
    throw new UserError(
      `The registry has no agent ${visible(JSON.stringify(id))}. ${near === undefined ? '`native-orchestrator list` shows those it has.' : `Did you mean ${near}?`}`,
    );
  }
  return ids;
}
