// An agent on one card, for tooltips and hovers: who it is, how it stands, what it may not do. Markdown, all data escaped.
import type { AgentStatus, Fleet } from '../outputs/fleet.ts';
import type { Agent } from '../registry/model.ts';
import type { Disarmed } from './alarmLedger.ts';
import { code, codeList, plain } from './markdown.ts';
import { neverProven, type ProofState, proofAxis } from './proofWords.ts';
import type { ShownSession } from './sessions.ts';
import { sessionWords } from './sessionWords.ts';
import { markOf, urgencyOf } from './tree/marks.ts';
import { clock, healthWords, preciseClock, syncWords } from './words.ts';

/** The agents that own what this one may not touch, by glob. */
function ownersOf(agent: Agent, all: readonly Agent[]): ReadonlyMap<string, string> {
  const owners = new Map<string, string>();
  for (const other of all)
    if (other.id !== agent.id) for (const glob of other.exclusiveAccess) owners.set(glob, other.id);
  return owners;
}

function boundaries(agent: Agent, all: readonly Agent[]): string {
  const owners = ownersOf(agent, all);
  const globs = [...new Set([...agent.cannotAccess, ...owners.keys()])];
  const named = [...new Set(globs.map((glob) => owners.get(glob)).filter((id) => id !== undefined))];
  const touch =
    globs.length === 0
      ? ''
      : `May not touch ${codeList(globs)}${named.length > 0 ? ` (of which ${plain(named.slice(0, 3).join(', '))} ${named.length === 1 ? 'owns' : 'own'} some)` : ''}.`;
  const owns =
    agent.exclusiveAccess.length === 0 ? '' : `Alone may change ${codeList(agent.exclusiveAccess)}.`;
  const read = agent.cannotRead.length === 0 ? '' : `May not read ${codeList(agent.cannotRead)}.`;
  const delegates =
    agent.delegatesTo.length === 0
      ? 'May delegate to nobody.'
      : `May delegate to ${codeList(agent.delegatesTo)}.`;
  return [touch, owns, read, delegates].filter(Boolean).join(' ');
}

/** Who an agent is and what it may not do. `stands`: paragraphs on how it stands, right below its name. */
export function agentCard(agent: Agent, all: readonly Agent[], stands: readonly string[] = []): string {
  const head = [
    `**${plain(agent.displayName)}**`,
    code(agent.id),
    ...(agent.group ? [plain(agent.group)] : []),
    plain(agent.model),
    ...(agent.permissionMode === 'default' ? [] : [`mode ${plain(agent.permissionMode)}`]),
  ].join(' · ');
  const tools = agent.tools.length === 0 ? 'No tools.' : `Tools: ${codeList(agent.tools, 12)}.`;
  return [head, ...stands, plain(agent.description), tools, boundaries(agent, all)]
    .filter(Boolean)
    .join('\n\n');
}

/** What of an agent's card is known elsewhere than in the fleet. */
export interface CardOptions {
  readonly proof?: ProofState;
  /** Absent: no launch of it is recorded. */
  readonly session?: ShownSession | undefined;
  readonly disarmed?: Disarmed | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** The card of an agent with how it stands, for its row. */
export function statusCard(
  status: AgentStatus,
  fleet: Fleet,
  { proof = neverProven, session, disarmed, now }: CardOptions,
): string {
  const { agent } = status;
  const all = fleet.agents.map((each) => each.agent);
  const keys = status.outputs.reduce((sum, output) => sum + output.keys.filter(isOurs).length, 0);
  const stands = [
    `Sync: ${syncWords[status.sync]}${keys > 0 ? `, ${keys} ${keys === 1 ? 'key' : 'keys'}` : ''}`,
    `Health: ${healthWords[status.health]}`,
    `Proof: ${plain(proofAxis(proof, now))}`,
    `Session: ${session === undefined ? 'none was started' : plain(sessionWords(session, now))}`,
  ].join(' · ');
  // How it stands apart from its session, which has its own words.
  const urgency = urgencyOf(status);
  const gone = status.disarmed.map((each) => plain(each)).join(', ');
  const alarm =
    urgency === 'disarmed'
      ? disarmedLine(status, gone || 'its rules are not in force', disarmed)
      : urgency === 'broken' && status.summary
        ? `**${plain(markOf(status, { proof }).words)}**`
        : '';
  const named = [
    ...new Set(status.findings.filter((each) => each.severity !== 'information').map((each) => each.message)),
  ];
  const found = named.slice(0, 4).map((message) => `- ${plain(message)}`);
  if (named.length > 4) found.push(`- and ${named.length - 4} more in Problems`);
  return agentCard(agent, all, [alarm, stands, found.join('\n')]);
}

/** "**Disarmed** since 14:02:11: guard hook missing in `settings.json` (was there 14:01)", as far as that is known. */
function disarmedLine({ outputs, disarmed }: AgentStatus, gone: string, known: Disarmed | undefined): string {
  const settings = outputs.find(({ kind }) => kind === 'settings');
  // What says where it is, or is no matter of a file, needs no name of one.
  const isOfFile = settings !== undefined && !disarmed.some((words) => / in \.claude\//.test(words));
  const where = isOfFile ? ` in ${code(settings.path.split('/').at(-1) ?? '')}` : '';
  if (known === undefined) return `**Disarmed**: ${gone}${where}.`;
  if (known.since === undefined)
    return `**Disarmed**: ${gone}${where} (it was so when this window first looked, ${clock(known.foundAt)}).`;
  const { since, intactAt } = known;
  // A clock that was set back makes no sense of the two together.
  const before =
    intactAt !== undefined && intactAt <= since ? ` (was there ${momentWords(intactAt, since)})` : '';
  const day = momentWords(since, new Date()).slice(0, -clock(since).length);
  return `**Disarmed** since ${day}${preciseClock(since)}: ${gone}${where}${before}.`;
}

/** The time of day, with the day before it where that is another than the one it is told from. */
function momentWords(time: Date, from: Date): string {
  const isSameDay = time.toDateString() === from.toDateString();
  const local = new Date(time.getTime() - time.getTimezoneOffset() * 60_000);
  return isSameDay ? clock(time) : `${local.toISOString().slice(0, 10)} ${clock(time)}`;
}

const isOurs = (key: { readonly drift: string }): boolean =>
  key.drift !== 'foreign' && key.drift !== 'inSync';
