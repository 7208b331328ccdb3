// `worktree`: the worktrees of agents, with what is in them that no commit and no other branch has; and their removal.
import { visible } from '../findings/visible.ts';
import { liveRecords } from '../sessions/liveRecords.ts';
import { type Removal, removeWorktree } from '../sessions/removeWorktree.ts';
import { repositoryOf, worktreePlace } from '../sessions/worktreePlace.ts';
import { placesOf, worktreeState, worktreeWords } from '../sessions/worktreeState.ts';
import { requireAgents } from './agents.ts';
import { inspect } from './check.ts';
import { plural, printJson } from './render.ts';
import { sessionHostOf } from './sessionHost.ts';
import { UsageError } from './usageError.ts';
import type { Verb, VerbContext } from './verb.ts';

/** The agents of the registry that have a worktree, whether it was made or not. */
const ofRegistry = ({ registry }: ReturnType<typeof inspect>): readonly string[] =>
  [...(registry?.agents.values() ?? [])].filter(({ worktree }) => worktree).map(({ id }) => id);

async function list({ io, root, format }: VerbContext, ids: readonly string[]): Promise<number> {
  const own = ofRegistry(inspect(io, root));
  const repository = await repositoryOf(io.machine, root);
  const places = placesOf(io.files, repository, own);
  requireAgents(
    places.map(({ agent }) => agent),
    ids,
  );
  const wanted = places.filter(({ agent }) => ids.length === 0 || ids.includes(agent));
  const states = await Promise.all(wanted.map((place) => worktreeState(io.files, repository, place)));
  if (format === 'json') {
    printJson(io, { worktrees: states, summary: { worktrees: states.length } });
    return 0;
  }
  const width = Math.max(0, ...states.map(({ agent }) => agent.length));
  for (const state of states)
    io.out(`${state.agent.padEnd(width)}  ${visible(state.path)}  ${worktreeWords(state)}\n`);
  io.out(states.length === 0 ? 'No agent has worktree: true.\n' : `${plural(states.length, 'worktree')}\n`);
  return 0;
}

async function remove({ io, root, format }: VerbContext, ids: readonly string[]): Promise<number> {
  if (ids.length === 0) throw new UsageError('Name the agents: native-orchestrator worktree remove <ids…>');
  const repository = await repositoryOf(io.machine, root);
  requireAgents(
    placesOf(io.files, repository, ofRegistry(inspect(io, root))).map(({ agent }) => agent),
    ids,
  );
  const host = sessionHostOf(io, root);
  const results: {
    readonly agent: string;
    readonly path: string;
    readonly branch: string;
    readonly result: Removal;
  }[] = [];
  for (const agent of new Set(ids)) {
    const place = worktreePlace(repository, agent);
    const runs = (await liveRecords(host, agent)).some(({ record }) => record.worktree === place.path);
    const result: Removal = runs
      ? {
          kind: 'refused',
          reason: `${agent} runs in its worktree. Stop it first: native-orchestrator stop ${agent}`,
        }
      : await removeWorktree(io.files, repository, place);
    results.push({ agent, path: place.path, branch: place.branch, result });
  }
  const failed = results.filter(({ result }) => result.kind === 'refused').length;
  if (format === 'json') {
    const worktrees = results.map(({ result, ...at }) => ({
      ...at,
      result: result.kind,
      reason: 'reason' in result ? result.reason : null,
    }));
    printJson(io, { findings: [], worktrees, summary: { ok: failed === 0, failed } });
  } else
    for (const { agent, path, branch, result } of results) {
      if (result.kind === 'refused') io.err(`${result.reason}\n`);
      else if (result.kind === 'missing') io.out(`${agent} has no worktree.\n`);
      else io.out(`Removed ${visible(path)}. Its branch ${branch} stays.\n`);
    }
  return failed === 0 ? 0 : 1;
}

export const worktree: Verb = {
  name: 'worktree',
  summary: 'show the git worktrees of agents, and remove those that hold nothing unsaved',
  usage: 'list|remove [ids…]',
  help: 'Shows the worktree of each agent that has worktree: true, with its branch, its uncommitted files, and the commits that\nno other branch has. They are made at the first start, beside the checkout. remove takes away only what loses no work:\nnothing uncommitted, no commit that is nowhere else, nobody at work in it; the branch stays, and nothing is ever forced.',
  formats: ['text', 'json'],
  options: {},
  choices: ['list', 'remove'],
  run(context) {
    const [action = 'list', ...ids] = context.positionals;
    if (action === 'list') return list(context, ids);
    if (action === 'remove') return remove(context, ids);
    throw new UsageError('Say list or remove: native-orchestrator worktree list, or worktree remove <ids…>');
  },
};
