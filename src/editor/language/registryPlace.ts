// What stands at a place of the registry: an agent's id, or an item of one of its lists.
import type { Range } from '../../findings/finding.ts';
import type { Agent } from '../../registry/model.ts';
import type { Positions } from '../../registry/parse.ts';
import { covers, isSame } from '../spans.ts';

/** The lists whose items have a hover, with the field of the model that holds them. */
const lists = {
  cannot_access: 'cannotAccess',
  exclusive_access: 'exclusiveAccess',
  cannot_read: 'cannotRead',
  tools: 'tools',
  delegates_to: 'delegatesTo',
} as const;
export type ListName = keyof typeof lists;

export type RegistryPlace =
  | { readonly kind: 'agent'; readonly agent: Agent; readonly range: Range }
  | {
      readonly kind: 'item';
      readonly agent: Agent;
      readonly list: ListName;
      readonly value: string;
      readonly range: Range;
    };

/** What stands at a 1-based line and column; undefined where nothing of these does. */
export function registryPlace(
  agents: ReadonlyMap<string, Agent>,
  positions: Positions,
  line: number,
  column: number,
): RegistryPlace | undefined {
  const agent = agents.get(positions.agentAt(line) ?? '');
  if (!agent) return undefined;
  const own = positions.at(['agents', agent.id]);
  if (own.line === line && covers(own, line, column)) return { kind: 'agent', agent, range: own };
  for (const list of Object.keys(lists) as ListName[]) {
    const whole = positions.at(['agents', agent.id, list]);
    for (const [index, value] of agent[lists[list]].entries()) {
      const range = positions.at(['agents', agent.id, list, index]);
      // A value that comes from `defaults` has no place of its own here: the nearest ancestor's is given.
      if (!isSame(range, whole) && covers(range, line, column))
        return { kind: 'item', agent, list, value, range };
    }
  }
  return undefined;
}
