// Removes the worktree of an agent, when a person asks for it and nothing would be lost. Its branch stays.
import type { WritableFiles } from '../files/files.ts';
import { visible, visibleShort } from '../findings/visible.ts';
import type { Repository, WorktreePlace } from './worktreePlace.ts';
import { worktreeState } from './worktreeState.ts';

/** Milliseconds that the files of a whole checkout may take. */
const removalMs = 300_000;

/** What came of it: removed, there was none, or why it stays, as a sentence. */
export type Removal =
  | { readonly kind: 'removed' | 'missing' }
  | { readonly kind: 'refused'; readonly reason: string };

const refused = (reason: string): Removal => ({ kind: 'refused', reason });
const files = (count: number): string => (count === 1 ? '1 file' : `${count} files`);
const commits = (count: number): string =>
  count === 1 ? '1 commit is on no other branch' : `${count} commits are on no other branch`;

/**
 * Removes it, unless work would be lost with it. What git ignores there is deleted, as git does. The caller has seen to it that
 * no session runs in it. Never throws for what the repository holds.
 */
export async function removeWorktree(
  disk: WritableFiles,
  repository: Repository,
  place: WorktreePlace,
): Promise<Removal> {
  const shown = visible(place.path);
  const state = await worktreeState(disk, repository, place);
  if (state.isMissing) return { kind: 'missing' };
  if (state.problem !== undefined) return refused(`${shown} is left alone: ${state.problem}.`);
  const { dirty, unpushed, branch } = state;
  if (dirty === undefined || unpushed === undefined)
    return refused(`What ${place.agent} has in ${shown} cannot be told, so it stays.`);
  const lost = [
    ...(dirty === 0 ? [] : [`${files(dirty)} would be lost that no commit has`]),
    ...(unpushed === 0 ? [] : [commits(unpushed)]),
  ];
  if (lost.length > 0) {
    const way =
      dirty > 0
        ? `Look: git -C ${shown} status`
        : `Push or merge ${visibleShort(branch ?? 'them', 100)} first.`;
    return refused(`The worktree of ${place.agent} stays: ${lost.join(', and ')}. ${way}`);
  }
  const { problem } = await repository.git(repository.top, ['worktree', 'remove', place.path], removalMs);
  if (problem !== undefined)
    return refused(`git does not remove ${shown}: ${visibleShort(problem, 300)}. Nothing is forced.`);
  await disk.removeEmptyDirectory(repository.folder).catch(() => {});
  return { kind: 'removed' };
}
