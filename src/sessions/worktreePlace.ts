// Where an agent's worktree belongs and on which branch (docs/decisions/0015). Makes nothing.
import { createHash } from 'node:crypto';
import path from 'node:path';
import { answerOfGit, type GitAnswer } from '../files/git.ts';
import { UserError } from '../findings/userError.ts';
import { visibleShort } from '../findings/visible.ts';
import { findOnPath, type Machine } from './programs.ts';

/** Git in a folder; milliseconds that it may take, where that is long. */
export type GitAt = (folder: string, args: readonly string[], timeoutMs?: number) => Promise<GitAnswer>;

/** The repository that a workspace lies in. */
export interface Repository {
  readonly git: GitAt;
  /** Absolute path of the checkout that the workspace is in. */
  readonly top: string;
  /** The workspace in it, with `/` at its end; empty when it is the whole checkout. */
  readonly prefix: string;
  /** Absolute path of the git directory that all its worktrees share. */
  readonly common: string;
  /** Absolute path of the folder of the agents' worktrees. */
  readonly folder: string;
}

export interface WorktreePlace {
  readonly agent: string;
  /** Absolute path of the worktree. */
  readonly path: string;
  /** Without `refs/heads/`. Not `agents/<id>`: that is a folder of the workspace, and git would not know which is meant. */
  readonly branch: string;
  /** Absolute path of the workspace root in it. */
  readonly cwd: string;
}

/** Git of this machine; undefined where there is none. */
export function gitOf(machine: Pick<Machine, 'files' | 'platform' | 'env'>): GitAt | undefined {
  const program = findOnPath(machine, 'git');
  return program === undefined
    ? undefined
    : (folder, args, timeoutMs) => answerOfGit(folder, program, machine.env, args, timeoutMs);
}

/** A path may hold anything, so only the line end that git adds is taken off. */
const lineOf = ({ out }: GitAnswer): string => out.replace(/\r?\n$/, '');

/** The repository of a workspace. @throws UserError that says why it can have no worktrees. `root`: absolute. */
export async function repositoryOf(
  machine: Pick<Machine, 'files' | 'platform' | 'env'>,
  root: string,
): Promise<Repository> {
  const git = gitOf(machine);
  if (git === undefined)
    throw new UserError(
      'git was not found (looked at PATH), and an agent with worktree: true needs it. Install it, or take worktree out of agents/registry.yaml.',
    );
  const [top, prefix, common] = await Promise.all([
    git(root, ['rev-parse', '--show-toplevel']),
    git(root, ['rev-parse', '--show-prefix']),
    git(root, ['rev-parse', '--git-common-dir']),
  ]);
  const { problem } = top;
  if (problem !== undefined || lineOf(top) === '' || common.problem !== undefined)
    throw new UserError(
      `The workspace has no git checkout, so no agent can have a worktree of it (${visibleShort(problem ?? common.problem ?? 'git names none', 160)}). Make it one with git init and a commit, or take worktree out of agents/registry.yaml.`,
    );
  const own = path.resolve(lineOf(top));
  const shared = path.resolve(root, lineOf(common));
  return {
    git,
    top: own,
    prefix: lineOf(prefix),
    common: machine.files.realPath(shared) ?? shared,
    folder: `${own}.worktrees`,
  };
}

/** What a name has behind it where the workspace is a part of the checkout: other parts may have agents of that id. */
const mark = (prefix: string): string =>
  prefix === '' ? '' : `.${createHash('sha256').update(prefix).digest('hex').slice(0, 8)}`;

/** The place of an agent's worktree. `agent`: a valid id. */
export function worktreePlace({ folder, prefix }: Repository, agent: string): WorktreePlace {
  const name = `${agent}${mark(prefix)}`;
  const at = path.join(folder, name);
  return { agent, path: at, branch: `agent/${name}`, cwd: path.resolve(at, prefix) };
}

/** The agent whose worktree a name in the folder is, by its form alone; undefined for what is none of this workspace. */
export function agentOfName({ prefix }: Repository, name: string): string | undefined {
  const end = mark(prefix);
  const id = name.endsWith(end) ? name.slice(0, name.length - end.length) : '';
  return id.length <= 64 && /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(id) ? id : undefined;
}
