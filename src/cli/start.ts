// `start`: run claude as an agent, in the present terminal or in a tmux session that outlives it.
import { UserError } from '../findings/userError.ts';
import { runners } from '../sessions/sessionRecord.ts';
import { atOnceRange, mostAtOnce } from '../sessions/startEach.ts';
import type { Tmux } from '../sessions/tmux.ts';
import { tmuxOf } from '../sessions/workspaceTmux.ts';
import { requireAgents } from './agents.ts';
import { inspect } from './check.ts';
import { refuseInSession } from './ownSession.ts';
import { launchOf, requirePrograms, requireStartable, startOptions, tellOfKey } from './prepareStart.ts';
import { sessionHostOf, tellSkipped } from './sessionHost.ts';
import { startHere } from './startHere.ts';
import { startMany, tellResults } from './startMany.ts';
import { UsageError } from './usageError.ts';
import type { Verb, VerbContext } from './verb.ts';
import { wantedAgents } from './wantedAgents.ts';

const runnerNames = [...runners, 'auto'] as const;
const noTmux = 'tmux was not found (looked at PATH)';

/** Where they start: undefined stands for this terminal. @throws UserError when there is no place for them. */
function placeOf(context: VerbContext, count: number, findTmux: () => Tmux | undefined): Tmux | undefined {
  const { io, option } = context;
  const given = option('runner');
  if (given !== undefined && !runnerNames.some((name) => name === given))
    throw new UsageError(`--runner is ${runners.join(', ')} or auto, not ${JSON.stringify(given)}.`);
  const wanted = given ?? (count === 1 ? 'terminal' : 'auto');
  if (wanted === 'terminal') {
    if (count === 1) return undefined;
    throw new UsageError('Name one agent: this terminal has room for one. For more: --runner tmux');
  }
  const tmux = findTmux();
  if (tmux !== undefined) return tmux;
  if (wanted === 'tmux')
    throw new UserError(
      `${noTmux}. Install it, or start with --runner terminal, one agent in each terminal.`,
    );
  if (count > 1)
    throw new UserError(
      `${noTmux}, and this terminal has room for one agent. Install it, or start them one by one.`,
    );
  io.err(`${noTmux}: the session runs in this terminal and ends with it.\n`);
  return undefined;
}

/** How many start at the same time. @throws UsageError for what is no such number. */
function atOnceOf({ option }: Pick<VerbContext, 'option'>): number {
  const given = option('at-once');
  if (given === undefined) return mostAtOnce;
  const number = /^\d{1,3}$/.test(given) ? Number(given) : 0;
  const { least, most } = atOnceRange;
  if (number >= least && number <= most) return number;
  throw new UsageError(`--at-once is a number from ${least} to ${most}, not ${JSON.stringify(given)}.`);
}

export const start: Verb = {
  name: 'start',
  summary: 'run claude as an agent, in this terminal or in tmux',
  usage: '[ids…|--all|--group g] [--runner terminal|tmux|auto] [--at-once n] [--yes] [--unguarded]',
  help: 'Starts claude with the launch copy of the agent: its settings, tools, prompt and guard, frozen.\nRefuses an agent that does not match the registry, and says what mends it. An agent that runs is not started again.\nIn this terminal it exits as claude exits; in tmux the session goes on by itself: attach, send, stop. One agent starts in\nthis terminal unless --runner says otherwise, several in tmux. auto: tmux where it is, else this terminal.',
  formats: ['text', 'json'],
  options: {
    all: { type: 'boolean', help: 'the agents that have autostart; where none has, all' },
    group: { type: 'string', value: 'g', help: 'the agents of this group' },
    runner: { type: 'string', value: runnerNames.join('|'), help: 'where it runs' },
    'at-once': {
      type: 'string',
      value: 'n',
      help: `how many start at the same time, ${atOnceRange.least} to ${atOnceRange.most} (default: ${mostAtOnce})`,
    },
    ...startOptions,
  },
  async run(context) {
    const { io, root, positionals } = context;
    refuseInSession(io, 'starts no session');
    const atOnce = atOnceOf(context);
    const fleet = inspect(io, root);
    if (fleet.registry !== undefined) requireAgents([...fleet.registry.agents.keys()], positionals);
    const ids = wantedAgents(context, fleet, 'start', true);
    const host = sessionHostOf(io, root);
    const tmux = placeOf(context, ids.length, () => tmuxOf(host, root));
    const [id] = ids;
    if (id === undefined)
      throw new UserError('There is no such agent. `native-orchestrator list` shows those there are.');
    if (ids.length === 1) requireStartable(context, fleet, id);
    const programs = await requirePrograms(io);
    tellSkipped(io, host);
    const prepare = (agent: string) => {
      requireStartable(context, fleet, agent);
      return launchOf(context, host, { fleet, id: agent, programs });
    };
    if (tmux === undefined)
      return startHere(io, host, id, () => {
        tellOfKey(context, 1);
        return prepare(id);
      });
    const results = await startMany(context, host, tmux, ids, async (agent) => prepare(agent), atOnce);
    tellOfKey(context, results.filter(({ result }) => result === 'started').length);
    return tellResults(context, results);
  },
};
