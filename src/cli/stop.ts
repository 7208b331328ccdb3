// `stop`: end sessions, gently first, and none that is not the recorded one.
import { UserError } from '../findings/userError.ts';
import { atWork, lossWords } from '../sessions/atWork.ts';
import { eachAgent } from '../sessions/eachAgent.ts';
import { liveRecords } from '../sessions/liveRecords.ts';
import { mostAtOnce } from '../sessions/startEach.ts';
import { defaultGraceMs, stopAgent } from '../sessions/stopAgent.ts';
import { requireAgents } from './agents.ts';
import { inspect } from './check.ts';
import { type LiveLook, lookAtSessions } from './liveSessions.ts';
import { refuseInSession } from './ownSession.ts';
import { sessionHostOf, tellSkipped } from './sessionHost.ts';
import { tellResults } from './startMany.ts';
import type { OptionSpec, Verb, VerbContext } from './verb.ts';
import { wantedAgents } from './wantedAgents.ts';

export const stopOptions = {
  grace: { type: 'string', value: 's', help: 'seconds to end by itself before it is killed (default: 10)' },
} as const satisfies Readonly<Record<string, OptionSpec>>;

export function graceOf({ option }: Pick<VerbContext, 'option'>): number {
  const given = option('grace');
  if (given === undefined) return defaultGraceMs;
  const seconds = /^\d{1,4}(\.\d{1,3})?$/.test(given) ? Number(given) : undefined;
  if (seconds === undefined) throw new UserError('--grace is a number of seconds, such as 10.');
  return seconds * 1000;
}

/** Asks before work may be lost; with `--yes` it was answered. @throws UserError when it is not to be, or nobody can be asked. */
export async function confirmEnd(
  { io, flag }: Pick<VerbContext, 'io' | 'flag'>,
  look: LiveLook,
  ids: readonly string[],
): Promise<void> {
  const busy = flag('yes') ? [] : atWork(look.sessions, ids);
  if (busy.length === 0) return;
  const said = lossWords(look.sessions, busy);
  if (io.ask === undefined) throw new UserError(`${said} If that is meant, add --yes. Nothing was stopped.`);
  const answer = await io.ask(`${said} End ${busy.length === 1 ? 'it' : 'them'}? [y/N] `);
  if (!/^y(es)?$/i.test(answer.trim())) throw new UserError('Nothing was stopped.');
}

export const stop: Verb = {
  name: 'stop',
  summary: 'end the sessions of agents',
  usage: '[ids…|--all|--group g] [--yes] [--grace s]',
  help: 'Ends sessions that were started from here: asked to end first, killed when they do not. Only the process that was\nrecorded is touched, told by its start time. What works, or may, is ended only when that is agreed to.',
  formats: ['text', 'json'],
  options: {
    all: { type: 'boolean', help: 'every agent that runs' },
    group: { type: 'string', value: 'g', help: 'the agents of this group' },
    yes: { type: 'boolean', help: 'end what is at work, too' },
    ...stopOptions,
  },
  async run(context) {
    const { io, root, positionals, flag } = context;
    refuseInSession(io, 'ends no session');
    const fleet = inspect(io, root);
    const host = sessionHostOf(io, root);
    const grace = graceOf(context);
    const running = [...new Set((await liveRecords(host)).map(({ record }) => record.agent))];
    // An agent that left the registry may still run.
    if (fleet.registry !== undefined)
      requireAgents([...fleet.registry.agents.keys(), ...running], positionals);
    tellSkipped(io, host);
    const wanted = wantedAgents(context, fleet, 'stop');
    const ids = flag('all') ? running : wanted;
    const going = ids.filter((id) => running.includes(id));
    if (going.length > 0 && !flag('yes')) await confirmEnd(context, await lookAtSessions(io, root), going);
    const results = await eachAgent(ids, mostAtOnce, (id) => stopAgent(host, root, id, grace));
    if (ids.length === 0 && context.format === 'text') io.out('No agent runs.\n');
    return tellResults(context, results);
  },
};
