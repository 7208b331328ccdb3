// The worktree of an agent: made where it is missing, used where it is there and really ours, refused otherwise. Never removed here.
import path from 'node:path';
import type { Files } from '../files/files.ts';
import { UserError } from '../findings/userError.ts';
import { visible, visibleShort } from '../findings/visible.ts';
import { parseWorktreeList } from './gitOutput.ts';
import type { Repository, WorktreePlace } from './worktreePlace.ts';

/** Milliseconds that a checkout of the whole repository may take. */
const checkoutMs = 600_000;

const quotedWords = (problem: string | undefined): string =>
  visibleShort(problem ?? 'git does not say why', 300);

/**
 * Whether a folder is a worktree of this repository, by what lies in it: git is asked nothing in a folder that names another
 * repository, whose settings could name programs. An agent can write both files.
 */
export function isWorktreeOf(files: Files, { common }: Pick<Repository, 'common'>, folder: string): boolean {
  if (files.kind(folder) !== 'directory' || !files.isOwn(folder)) return false;
  const link = path.join(folder, '.git');
  if (files.kind(link) !== 'file') return false;
  const named = /^gitdir: (.+?)\r?\n?$/s.exec(files.read(link)?.text ?? '')?.[1];
  if (named === undefined) return false;
  const own = files.realPath(path.resolve(folder, named));
  if (own === undefined || path.dirname(own) !== path.join(common, 'worktrees')) return false;
  const shared = files.read(path.join(own, 'commondir'))?.text?.replace(/\r?\n$/, '');
  if (shared === undefined || files.realPath(path.resolve(own, shared)) !== common) return false;
  // It must be this folder's, and not that of another worktree.
  const back = files.read(path.join(own, 'gitdir'))?.text?.replace(/\r?\n$/, '');
  return back !== undefined && files.realPath(path.resolve(own, back)) === files.realPath(link);
}

/** What a worktree's HEAD names, `refs/heads/…`; undefined when it is detached. */
async function refOf({ git }: Repository, folder: string): Promise<string | undefined> {
  const { out, problem } = await git(folder, ['symbolic-ref', '--quiet', 'HEAD']);
  return problem === undefined ? out.trim() : undefined;
}

/** @throws UserError when what is at the place is not the agent's worktree on its branch. */
async function requireOurs(files: Files, repository: Repository, place: WorktreePlace): Promise<void> {
  const shown = visible(place.path);
  if (!isWorktreeOf(files, repository, place.path))
    throw new UserError(
      `${shown} is in the way: it is no worktree of this repository, and ${place.agent} needs that place for one. Move it away.`,
    );
  const ref = await refOf(repository, place.path);
  if (ref === `refs/heads/${place.branch}`) return;
  throw new UserError(
    ref === undefined
      ? `The worktree of ${place.agent} is on no branch (its HEAD is detached, as within a rebase). Finish that there, or run: git -C ${shown} switch ${place.branch}`
      : `The worktree of ${place.agent} is on ${visibleShort(ref.replace('refs/heads/', ''), 100)}, not on ${place.branch}. Run: git -C ${shown} switch ${place.branch}`,
  );
}

/** What of the repository's list keeps the place or the branch from being used; clears a place whose folder is gone. */
async function makeRoom(files: Files, { git, top }: Repository, place: WorktreePlace): Promise<void> {
  const { out, problem } = await git(top, ['worktree', 'list', '--porcelain', '-z']);
  if (problem !== undefined)
    throw new UserError(
      `git does not list its worktrees: ${quotedWords(problem)}. Worktrees of agents need git 2.36 or later.`,
    );
  const real = (file: string): string => files.realPath(file) ?? path.resolve(file);
  const isPlace = (file: string): boolean =>
    real(path.dirname(file)) === real(path.dirname(place.path)) &&
    path.basename(file) === path.basename(place.path);
  const ref = `refs/heads/${place.branch}`;
  for (const entry of parseWorktreeList(out)) {
    if (!isPlace(entry.path)) {
      if (entry.ref !== ref) continue;
      throw new UserError(
        `${place.branch}, the branch of ${place.agent}, is checked out in ${visible(entry.path)}. Switch that to another branch, or remove it: git worktree remove ${visible(entry.path)}`,
      );
    }
    if (entry.isLocked)
      throw new UserError(
        `The worktree of ${place.agent} is locked and its folder ${visible(place.path)} is gone, as of a disk that is not mounted. Bring it back, or run: git worktree unlock ${visible(place.path)}`,
      );
    if (entry.ref !== ref)
      throw new UserError(
        `The folder ${visible(place.path)} is gone, but git still knows a worktree there that is not on ${place.branch}. If nothing of it is missed: git worktree remove ${visible(place.path)}`,
      );
    // Its commits are on the branch; all else went with the folder.
    const cleared = await git(top, ['worktree', 'remove', place.path]);
    if (cleared.problem !== undefined)
      throw new UserError(
        `git does not let go of the worktree whose folder is gone: ${quotedWords(cleared.problem)}. Run: git worktree prune`,
      );
  }
}

async function make(files: Files, repository: Repository, place: WorktreePlace): Promise<void> {
  const { git, top } = repository;
  const head = await git(top, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']);
  if (head.problem !== undefined)
    throw new UserError(
      `The repository has no commit yet, so there is nothing to make a worktree of ${place.agent} from. Commit once.`,
    );
  await makeRoom(files, repository, place);
  const known = await git(top, ['rev-parse', '--verify', '--quiet', `refs/heads/${place.branch}`]);
  const words =
    known.problem === undefined
      ? [place.path, place.branch]
      : ['--no-track', '-b', place.branch, place.path, head.out.trim()];
  const { problem } = await git(top, ['worktree', 'add', ...words], checkoutMs);
  if (problem !== undefined)
    throw new UserError(
      `git could not make the worktree of ${place.agent} at ${visible(place.path)}: ${quotedWords(problem)}. Mend that, or take worktree out of agents/registry.yaml.`,
    );
}

/**
 * The agent's worktree, made unless it is there: on its own branch, which begins at the commit that is checked out. No hook
 * of git runs. @throws UserError when it can't be had, saying what is in the way.
 */
export async function ensureWorktree(
  files: Files,
  repository: Repository,
  place: WorktreePlace,
): Promise<void> {
  if (files.kind(place.path) === undefined) await make(files, repository, place);
  await requireOurs(files, repository, place);
  if (files.kind(place.cwd) !== 'directory')
    throw new UserError(
      `${place.branch} has no folder ${visible(repository.prefix)}, which is the workspace. Commit the workspace, and merge that into the branch in ${visible(place.path)}.`,
    );
}
