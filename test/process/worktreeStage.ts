// Workspaces that are git repositories, for tests of worktrees: with a real git and a real tmux.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expectCli, put, type Scratch, twoAgents } from './cliProcess.ts';
import { sessionStage } from './fakeSessions.ts';

export const hasPrograms = ['tmux', 'git'].every((program) => spawnSync(program, ['-V']).status !== null);
export const code = 'code-agent';
export const test = 'test-agent';
export const bothInWorktrees = twoAgents.replaceAll('    model: ', '    worktree: true\n    model: ');
export const oneInWorktree = twoAgents.replace('    model: ', '    worktree: true\n    model: ');

/** Runs git as a person does, and gives what it prints. */
export function git(at: Scratch, folder: string, ...words: readonly string[]): string {
  const who = ['-c', 'user.name=A', '-c', 'user.email=a@example.org', '-c', 'commit.gpgsign=false'];
  const { status, stdout, stderr } = spawnSync('git', [...who, ...words], {
    cwd: folder,
    env: at.env,
    encoding: 'utf8',
  });
  assert.equal(status, 0, `git ${words.join(' ')}\n${stderr}`);
  return stdout.trim();
}

/** A stage whose workspace is a repository with everything committed. */
export async function committedStage(registry = bothInWorktrees): Promise<Scratch> {
  const at = await sessionStage(registry);
  put(at, 'src/a.txt', 'a');
  git(at, at.root, 'init', '-q', '-b', 'main', '.');
  git(at, at.root, 'add', '-A');
  git(at, at.root, 'commit', '-q', '-m', 'All of it');
  return at;
}

export const placeOf = (at: Scratch, agent: string): string => path.join(`${at.root}.worktrees`, agent);

export async function stopped(at: Scratch, agent: string): Promise<void> {
  await expectCli(at, ['stop', agent, '--yes'], 0);
}
