// `stop`: end sessions, gently first, and none that is not the recorded one.
import { UserError } from '../findings/userError.ts';
import { liveRecords } from '../sessions/liveRecords.ts';
import type { SessionHost } from '../sessions/sessionHost.ts';
import { readRecords, type SessionRecord } from '../sessions/sessionRecord.ts';
import { type StopResult, stopSession } from '../sessions/stopSession.ts';
import { killTmuxSession } from '../sessions/tmux.ts';
import { requireAgents } from './agents.ts';
import { inspect } from './check.ts';
import { type LiveLook, lookAtSessions } from './liveSessions.ts';
import { placeWords, sessionHostOf, tellSkipped, tmuxOfRecord } from './sessionHost.ts';
import { type AgentResult, eachAgent, mostAtOnce, tellResults } from './startMany.ts';
import type { OptionSpec, Verb, VerbContext } from './verb.ts';
import { wantedAgents } from './wantedAgents.ts';

/** Milliseconds for a session to end of its own accord, unless the command says otherwise. */
const graceMs = 10_000;

export const stopOptions = {
  grace: { type: 'string', value: 's', help: 'seconds to end by itself before it is killed (default: 10)' },
} as const satisfies Readonly<Record<string, OptionSpec>>;

export function graceOf({ option }: Pick<VerbContext, 'option'>): number {
  const given = option('grace');
  if (given === undefined) return graceMs;
  const seconds = /^\d{1,4}(\.\d{1,3})?$/.test(given) ? Number(given) : undefined;
  if (seconds === undefined) throw new UserError('--grace is a number of seconds, such as 10.');
  return seconds * 1000;
}

/** Sessions whose end may lose work: those that are not known to have nothing to do. */
export function atWork(look: LiveLook, ids: readonly string[]): readonly string[] {
  return ids.filter((id) => {
    const { state, need } = look.sessions.get(id)?.state ?? {};
    const isAtRest = state === 'idle' || state === 'stopped' || state === 'crashed' || state === 'limit';
    return !isAtRest && !(state === 'needsYou' && (need === 'done' || need === 'failed'));
  });
}

/** Asks before work may be lost; with `--yes` it was answered. @throws UserError when it is not to be, or nobody can be asked. */
export async function confirmEnd(
  { io, flag }: Pick<VerbContext, 'io' | 'flag'>,
  look: LiveLook,
  ids: readonly string[],
): Promise<void> {
  const busy = flag('yes') ? [] : atWork(look, ids);
  if (busy.length === 0) return;
  const words = busy.map((id) => `${id} (${look.sessions.get(id)?.state.state ?? 'unknown'})`).join(', ');
  const said = `Not known to be at rest: ${words}. What ${busy.length === 1 ? 'it does' : 'they do'} now would be lost.`;
  if (io.ask === undefined) throw new UserError(`${said} If that is meant, add --yes. Nothing was stopped.`);
  const answer = await io.ask(`${said} End ${busy.length === 1 ? 'it' : 'them'}? [y/N] `);
  if (!/^y(es)?$/i.test(answer.trim())) throw new UserError('Nothing was stopped.');
}

const resultWords: Readonly<Record<StopResult, (id: string, record: SessionRecord) => string>> = {
  stopped: (id, record) => `${id} stopped (${placeWords(record)}).`,
  killed: (id, record) => `${id} did not end by itself and was killed (${placeWords(record)}).`,
  gone: (id) => `${id} had ended already.`,
  unknown: (id, { pid }) =>
    `${id} was started as pid ${pid}, and the system does not say whether that is still it, so it is left alone. End it in its terminal.`,
  survived: (id, { pid }) => `${id} (pid ${pid}) cannot be ended; the system holds it. Try again later.`,
};

/** Closes what an agent that ended by itself left on its screen. */
async function clearScreen(
  io: VerbContext['io'],
  root: string,
  host: SessionHost,
  id: string,
): Promise<void> {
  const record = readRecords(host).records.find(({ agent }) => agent === id);
  const tmux = record && tmuxOfRecord(io, root, host, record);
  if (record !== undefined && tmux !== undefined) await killTmuxSession(tmux, record);
}

/** Ends every live launch of an agent. */
export async function stopAgent(
  io: VerbContext['io'],
  root: string,
  host: SessionHost,
  id: string,
  grace: number,
): Promise<AgentResult> {
  const live = await liveRecords(host, id);
  if (live.length === 0) await clearScreen(io, root, host, id);
  let last: AgentResult = {
    agent: id,
    result: 'notRunning',
    message: `${id} does not run.`,
    isFailure: false,
  };
  for (const { record, state } of live) {
    if (state === 'starting')
      throw new UserError(`${id} is being started at this moment. Try again in a few seconds.`);
    const tmux = tmuxOfRecord(io, root, host, record);
    const result = await stopSession(host, record, {
      graceMs: grace,
      ...(tmux === undefined ? {} : { tmux }),
    });
    const isFailure = result === 'unknown' || result === 'survived';
    last = { agent: id, result, message: resultWords[result](id, record), isFailure, record };
    if (isFailure) return last;
  }
  return last;
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
    const results = await eachAgent(ids, mostAtOnce, (id) => stopAgent(io, root, host, id, grace));
    if (ids.length === 0 && context.format === 'text') io.out('No agent runs.\n');
    return tellResults(context, results);
  },
};
