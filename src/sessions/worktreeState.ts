// How an agent's worktree stands: its branch, what is not committed, which commits no other branch has. Reads only.
import type { Files } from '../files/files.ts';
import { isUserError } from '../findings/userError.ts';
import { visibleShort } from '../findings/visible.ts';
import { parseStatus } from './gitOutput.ts';
import type { Machine } from './programs.ts';
import { isWorktreeOf } from './worktree.ts';
import {
  agentOfName,
  type Repository,
  repositoryOf,
  type WorktreePlace,
  worktreePlace,
} from './worktreePlace.ts';

export interface WorktreeState {
  readonly agent: string;
  /** Absolute. */
  readonly path: string;
  /** The branch that is checked out there; absent when none is (detached), or when it could not be told. */
  readonly branch?: string;
  /** Files that no commit has, ignored ones left out, a new folder counted once; absent when it could not be told. */
  readonly dirty?: number;
  /** Commits that are on no other branch, of this repository or of a remote one; absent when it could not be told. */
  readonly unpushed?: number;
  /** There is no such folder: the next start makes it. */
  readonly isMissing: boolean;
  /** Why nothing is known of it, as the end of a sentence. */
  readonly problem?: string;
}

/** The state of one worktree. Never throws. */
export async function worktreeState(
  files: Files,
  repository: Repository,
  { agent, path }: WorktreePlace,
): Promise<WorktreeState> {
  const at = { agent, path };
  if (files.kind(path) === undefined) return { ...at, isMissing: true };
  if (!isWorktreeOf(files, repository, path))
    return { ...at, isMissing: false, problem: 'it is no worktree of this repository' };
  const { git } = repository;
  const told = await git(path, [
    'status',
    '--porcelain=v2',
    '--branch',
    '-z',
    '--untracked-files=normal',
    '--no-renames',
  ]);
  const status = told.problem === undefined ? parseStatus(told.out) : undefined;
  if (status === undefined)
    return { ...at, isMissing: false, problem: `git says: ${visibleShort(told.problem ?? 'nothing', 120)}` };
  const { branch, dirty } = status;
  const others = branch === undefined ? ['--branches'] : [`--exclude=${branch}`, '--branches'];
  const counted = await git(path, ['rev-list', '--count', 'HEAD', '--not', '--remotes', ...others]);
  const isCount = counted.problem === undefined && /^\d+\n?$/.test(counted.out);
  return {
    ...at,
    ...(branch === undefined ? {} : { branch }),
    dirty,
    ...(isCount ? { unpushed: Number(counted.out) } : {}),
    isMissing: false,
  };
}

/** Every worktree of the folder that is there, and those of the agents that are named. Sorted by agent. */
export function placesOf(
  files: Files,
  repository: Repository,
  agents: Iterable<string>,
): readonly WorktreePlace[] {
  const found = files.list(repository.folder).flatMap((name) => agentOfName(repository, name) ?? []);
  return [...new Set([...agents, ...found])].sort().map((agent) => worktreePlace(repository, agent));
}

/**
 * The worktrees of a workspace's agents by agent: of those that are named, which have `worktree: true`, and of others that
 * left one behind. `root`: absolute. Empty where the workspace can have none. Never throws for the user's mistakes.
 */
export async function worktreeStates(
  machine: Pick<Machine, 'files' | 'platform' | 'env'>,
  root: string,
  agents: Iterable<string>,
): Promise<ReadonlyMap<string, WorktreeState>> {
  try {
    const repository = await repositoryOf(machine, root);
    const places = placesOf(machine.files, repository, agents);
    const states = await Promise.all(places.map((place) => worktreeState(machine.files, repository, place)));
    return new Map(states.map((state) => [state.agent, state]));
  } catch (error) {
    if (!isUserError(error)) throw error;
    return new Map();
  }
}

const counted = (count: number, what: string): string => `${count} ${what}`;

/** `agent/backend, 2 uncommitted, 1 commit nowhere else`; safe to show. */
export function worktreeWords({ branch, dirty, unpushed, isMissing, problem }: WorktreeState): string {
  if (isMissing) return 'not made yet';
  if (problem !== undefined) return problem;
  return [
    branch === undefined ? 'no branch (detached)' : visibleShort(branch, 100),
    dirty === 0 ? 'clean' : counted(dirty ?? 0, 'uncommitted'),
    ...(unpushed === undefined
      ? ['commits unknown']
      : unpushed === 0
        ? []
        : [counted(unpushed, unpushed === 1 ? 'commit nowhere else' : 'commits nowhere else')]),
  ].join(', ');
}
