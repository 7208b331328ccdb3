// What a line of a spool is to subscribers: one event, in one group. Pure.
import type { SpoolLine } from '../protocol/spoolLine.ts';
import type { EventType, Group, JsonObject } from './hubEvent.ts';
import type { Draft } from './journal.ts';
import { redactLine } from './redact.ts';

/** Events about work that is handed from one to another. */
const taskEvents: ReadonlySet<string> = new Set(['TaskCreated', 'TaskCompleted', 'TeammateIdle']);
/** Events about agents that work for another. */
const delegationEvents: ReadonlySet<string> = new Set(['SubagentStart', 'SubagentStop']);

function kindOf({ event, verdict }: SpoolLine): readonly [Group, EventType] {
  if (taskEvents.has(event)) return ['tasks', 'task_event'];
  if (delegationEvents.has(event) || verdict === 'deny') return ['coordination', 'coordination_event'];
  return ['agents', 'agent_event'];
}

/** The event that a line becomes. Secrets are taken out; everything else of the line is in its data. */
export function eventOf(line: SpoolLine): Omit<Draft, 'from'> {
  const [group, type] = kindOf(line);
  const data = redactLine(line);
  return {
    group,
    type,
    ...(data.agent === '' ? {} : { agent: data.agent }),
    data: data as unknown as JsonObject,
  };
}
