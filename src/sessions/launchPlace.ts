// Where an agent runs: in the workspace, or in a worktree of its own; and which worktrees are closed to it.
import { isUserError } from '../findings/userError.ts';
import type { Agent, Registry } from '../registry/model.ts';
import type { Machine } from './programs.ts';
import { type Repository, repositoryOf, type WorktreePlace, worktreePlace } from './worktreePlace.ts';
import { placesOf } from './worktreeState.ts';

export interface LaunchPlace {
  /** Absolute: the workspace root, or the one in the worktree, which need not be there yet. */
  readonly cwd: string;
  /** Absent for an agent that works in the workspace itself. */
  readonly worktree?: { readonly repository: Repository; readonly place: WorktreePlace };
  /** Absolute: worktrees of other agents. */
  readonly closed: readonly string[];
}

/** Where an agent's next session runs. Makes nothing. @throws UserError when it should have a worktree and can have none. */
export async function launchPlace(
  machine: Pick<Machine, 'files' | 'platform' | 'env'>,
  root: string,
  registry: Registry,
  agent: Agent,
): Promise<LaunchPlace> {
  const others = [...registry.agents.values()].filter(({ worktree }) => worktree).map(({ id }) => id);
  if (!agent.worktree && others.length === 0) return { cwd: root, closed: [] };
  let repository: Repository;
  try {
    repository = await repositoryOf(machine, root);
  } catch (error) {
    if (agent.worktree || !isUserError(error)) throw error;
    return { cwd: root, closed: [] };
  }
  if (!agent.worktree) return { cwd: root, closed: [repository.folder] };
  const place = worktreePlace(repository, agent.id);
  const closed = placesOf(machine.files, repository, others)
    .map(({ path }) => path)
    .filter((path) => path !== place.path);
  return { cwd: place.cwd, worktree: { repository, place }, closed };
}
