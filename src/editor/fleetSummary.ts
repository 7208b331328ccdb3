// All fleets in one line: the text of the status item, its tooltip, and what is most urgent.

import { visible } from '../findings/visible.ts';
import type { AgentStatus } from '../outputs/fleet.ts';
import { plain } from './markdown.ts';
import type { Urgency } from './tree/marks.ts';
import { markOf, urgencies, urgencyOf } from './tree/marks.ts';
import { count } from './words.ts';

/** An agent with the folder that it is in. */
export interface Placed {
  readonly folder: string;
  readonly status: AgentStatus;
}

export interface FleetSummary {
  /** With codicons; holds nothing but our words and numbers. */
  readonly text: string;
  readonly isDisarmed: boolean;
  /** Markdown, escaped. */
  readonly tooltip: string;
  readonly spoken: string;
  readonly mostUrgent: Placed | undefined;
}

const icons: Readonly<Record<Urgency, string>> = {
  disarmed: '$(error)',
  broken: '$(warning)',
  drifted: '$(diff)',
  unknown: '$(question)',
  fine: '$(shield)',
};
const words: Readonly<Record<Urgency, (number: number) => string>> = {
  disarmed: (number) => `${number} disarmed`,
  broken: (number) => `${number} need${number === 1 ? 's' : ''} repair`,
  drifted: (number) => `${number} drifted`,
  unknown: (number) => `${number} unknown`,
  fine: (number) => count(number, 'agent'),
};
/** Lines in the tooltip; the tree has the rest. */
const mostLines = 12;

/** How many are of the most urgent kind. Agents that were never generated need no repair. */
function leading(urgency: Urgency, agents: readonly Placed[]): string {
  return urgency === 'broken' && agents.every(({ status }) => status.health === 'missing')
    ? `${agents.length} not generated`
    : words[urgency](agents.length);
}

/** Sums up the agents. `notes` are lines of ours about registries, such as that one has errors. */
export function summarize(agents: readonly Placed[], notes: readonly string[] = []): FleetSummary {
  const by = new Map<Urgency, Placed[]>(urgencies.map((urgency) => [urgency, []]));
  for (const each of agents) by.get(urgencyOf(each.status))?.push(each);
  const urgent = urgencies
    .filter((urgency) => urgency !== 'fine')
    .flatMap((urgency) => by.get(urgency) ?? []);
  const first = urgencies.find((urgency) => urgency !== 'fine' && (by.get(urgency)?.length ?? 0) > 0);
  const total = count(agents.length, 'agent');
  const lead = first === undefined ? '' : leading(first, by.get(first) ?? []);
  const text = first
    ? `${icons[first]} ${lead} · ${total}`
    : notes.length > 0
      ? `$(warning) ${total}`
      : `${icons.fine} ${total}`;
  const lines = urgent.slice(0, mostLines).map(({ status }) => {
    const mark = markOf(status, false);
    return `- **${plain(status.agent.id)}** ${plain(mark.words)}`;
  });
  if (urgent.length > mostLines) lines.push(`- and ${urgent.length - mostLines} more`);
  const fine = by.get('fine')?.length ?? 0;
  const ending =
    agents.length === 0
      ? ''
      : fine === agents.length
        ? `${total}, all guarded and in sync.`
        : `${fine} of ${total} in order.`;
  return {
    text,
    isDisarmed: first === 'disarmed',
    tooltip: [...notes.map((note) => plain(note)), lines.join('\n'), ending].filter(Boolean).join('\n\n'),
    spoken: visible(`Agents: ${first ? `${lead} of ${total}` : `${total}, all in order`}`),
    mostUrgent: urgent[0],
  };
}
