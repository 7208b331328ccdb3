// The agents that a command about sessions is for: those that it names, all of them, or a group.
import type { Fleet } from '../outputs/fleet.ts';
import { partOfStartAll } from '../sessions/startEach.ts';
import { UsageError } from './usageError.ts';
import type { VerbContext } from './verb.ts';

/**
 * The ids, each once, in the order that they were named or that the registry has. `isStart`: all means those that have
 * `autostart`, where any has. @throws UsageError when none is named, or in two ways.
 */
export function wantedAgents(
  { positionals, flag, option }: VerbContext,
  fleet: Fleet,
  verb: string,
  isStart = false,
): readonly string[] {
  const group = option('group');
  const ways = [positionals.length > 0, flag('all'), group !== undefined].filter(Boolean).length;
  if (ways !== 1)
    throw new UsageError(
      ways === 0
        ? `Name one agent or more: native-orchestrator ${verb} <ids…> (or --all, or --group <g>)`
        : 'Name agents, or give --all, or --group: one of them.',
    );
  const agents = [...(fleet.registry?.agents.values() ?? [])];
  if (group !== undefined) return agents.filter((agent) => agent.group === group).map(({ id }) => id);
  if (!flag('all')) return [...new Set(positionals)];
  return isStart ? partOfStartAll(agents) : agents.map(({ id }) => id);
}
