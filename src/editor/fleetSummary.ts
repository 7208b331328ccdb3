// All fleets in one line: the text of the status item, its tooltip, and what is most urgent.

import { visible } from '../findings/visible.ts';
import type { AgentStatus } from '../outputs/fleet.ts';
import type { Fleets } from './fleets.ts';
import { plain } from './markdown.ts';
import type { Sessions, ShownSession } from './sessions.ts';
import type { Urgency } from './tree/marks.ts';
import { markOf, urgencies, urgencyOf } from './tree/marks.ts';
import { count } from './words.ts';

/** An agent with the folder that it is in. */
export interface Placed {
  readonly folder: string;
  readonly status: AgentStatus;
  /** Absent: no launch of it is recorded. */
  readonly session?: ShownSession | undefined;
}

export interface FleetSummary {
  /** With codicons; holds nothing but our words and numbers. */
  readonly text: string;
  readonly isDisarmed: boolean;
  /** Markdown, escaped. */
  readonly tooltip: string;
  readonly spoken: string;
  readonly mostUrgent: Placed | undefined;
  /** For the view's container: how many a person should look at now; undefined when nobody. */
  readonly badge: { readonly value: number; readonly tooltip: string } | undefined;
}

/** All agents of the window, with what is known of their sessions. */
export function placedAgents(
  fleets: Pick<Fleets, 'stores'>,
  sessions: Pick<Sessions, 'ofStore'>,
): readonly Placed[] {
  return fleets.stores.flatMap((store) => {
    const folder = store.folder.uri.toString();
    const own = sessions.ofStore(store);
    return (store.fleet?.agents ?? []).map((status) => ({
      folder,
      status,
      session: own.get(status.agent.id),
    }));
  });
}

const icons: Readonly<Record<Urgency, string>> = {
  disarmed: '$(error)',
  needsYou: '$(bell-dot)',
  failed: '$(error)',
  broken: '$(warning)',
  drifted: '$(diff)',
  unknown: '$(question)',
  fine: '$(shield)',
};
const words: Readonly<Record<Urgency, (number: number) => string>> = {
  disarmed: (number) => `${number} disarmed`,
  needsYou: (number) => `${number} need${number === 1 ? 's' : ''} you`,
  failed: (number) => `${number} crashed or at a limit`,
  broken: (number) => `${number} need${number === 1 ? 's' : ''} repair`,
  drifted: (number) => `${number} drifted`,
  unknown: (number) => `${number} unknown`,
  fine: (number) => count(number, 'agent'),
};
/** Lines in the tooltip; the tree has the rest. */
const mostLines = 12;

/** How many are of the most urgent kind. Agents that were never generated need no repair. */
function leading(urgency: Urgency, agents: readonly Placed[]): string {
  if (urgency === 'failed' && agents.every(({ session }) => session?.state.state === 'crashed'))
    return `${agents.length} crashed`;
  return urgency === 'broken' && agents.every(({ status }) => status.health === 'missing')
    ? `${agents.length} not generated`
    : words[urgency](agents.length);
}

/** The kinds of urgency that the badge counts: what cannot wait. */
const counted = ['disarmed', 'needsYou', 'failed'] as const satisfies readonly Urgency[];

function badgeOf(by: ReadonlyMap<Urgency, readonly Placed[]>): FleetSummary['badge'] {
  const parts = counted
    .map((urgency) => ({ urgency, agents: by.get(urgency) ?? [] }))
    .filter((each) => each.agents.length > 0);
  if (parts.length === 0) return undefined;
  return {
    value: parts.reduce((sum, { agents }) => sum + agents.length, 0),
    tooltip: parts.map(({ urgency, agents }) => leading(urgency, agents)).join(', '),
  };
}

/** Sums up the agents. `notes` are lines of ours about registries, such as that one has errors; `now`: milliseconds since 1970. */
export function summarize(agents: readonly Placed[], notes: readonly string[] = [], now = 0): FleetSummary {
  const by = new Map<Urgency, Placed[]>(urgencies.map((urgency) => [urgency, []]));
  for (const each of agents) by.get(urgencyOf(each.status, each.session))?.push(each);
  const urgent = urgencies
    .filter((urgency) => urgency !== 'fine')
    .flatMap((urgency) => by.get(urgency) ?? []);
  const first = urgencies.find((urgency) => urgency !== 'fine' && (by.get(urgency)?.length ?? 0) > 0);
  const total = count(agents.length, 'agent');
  const lead = first === undefined ? '' : leading(first, by.get(first) ?? []);
  const waiting = by.get('needsYou')?.length ?? 0;
  const also = first === 'disarmed' && waiting > 0 ? ` · ${words.needsYou(waiting)}` : '';
  const text = first
    ? `${icons[first]} ${lead}${also} · ${total}`
    : notes.length > 0
      ? `$(warning) ${total}`
      : `${icons.fine} ${total}`;
  const lines = urgent.slice(0, mostLines).map(({ status, session }) => {
    const mark = markOf(status, { session, now });
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
    spoken: visible(`Agents: ${first ? `${lead}${also} of ${total}` : `${total}, all in order`}`),
    mostUrgent: urgent[0],
    badge: badgeOf(by),
  };
}
