// Where worktrees belong, whose a folder is, and what is said of one.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { agentOfName, type Repository, worktreePlace } from '../../../src/sessions/worktreePlace.ts';
import { type WorktreeState, worktreeWords } from '../../../src/sessions/worktreeState.ts';

const repository = (prefix: string): Repository => ({
  git: () => assert.fail('git was asked'),
  top: '/code/app',
  prefix,
  common: '/code/app/.git',
  folder: '/code/app.worktrees',
});

describe('the place of a worktree', () => {
  it('lies beside the checkout, on a branch of the agent', () =>
    assert.deepEqual(worktreePlace(repository(''), 'api-agent'), {
      agent: 'api-agent',
      path: '/code/app.worktrees/api-agent',
      branch: 'agent/api-agent',
      cwd: '/code/app.worktrees/api-agent',
    }));

  it('is another one for each workspace of a repository', () => {
    const [one, two] = ['packages/one/', 'packages/$(x) two/'].map((prefix) =>
      worktreePlace(repository(prefix), 'api-agent'),
    );
    assert.match(one?.branch ?? '', /^agent\/api-agent\.[0-9a-f]{8}$/);
    assert.match(two?.branch ?? '', /^agent\/api-agent\.[0-9a-f]{8}$/);
    assert.notEqual(one?.path, two?.path);
    assert.equal(one?.cwd, `${one?.path}/packages/one`);
  });

  const { path } = worktreePlace(repository('a/'), 'api');
  const names: readonly (readonly [string, string, string | undefined])[] = [
    ['', 'api-agent', 'api-agent'],
    ['', 'api.12345678', undefined],
    ['', '..', undefined],
    ['', '__proto__', undefined],
    ['', 'A', undefined],
    ['', 'a'.repeat(65), undefined],
    ['a/', path.slice('/code/app.worktrees/'.length), 'api'],
    ['a/', 'api', undefined],
    ['a/', 'api.12345678', undefined],
  ];
  for (const [prefix, name, expected] of names)
    it(`a folder ${name.slice(0, 30)} is ${expected === undefined ? 'nobody’s' : `that of ${expected}`}${prefix && ` of ${prefix}`}`, () =>
      assert.equal(agentOfName(repository(prefix), name), expected));

  const at = { agent: 'api', path: '/x', isMissing: false };
  const words: readonly (readonly [WorktreeState, string])[] = [
    [{ ...at, isMissing: true }, 'not made yet'],
    [{ ...at, branch: 'agent/api', dirty: 0, unpushed: 0 }, 'agent/api, clean'],
    [
      { ...at, branch: 'agent/api', dirty: 2, unpushed: 1 },
      'agent/api, 2 uncommitted, 1 commit nowhere else',
    ],
    [{ ...at, dirty: 0, unpushed: 3 }, 'no branch (detached), clean, 3 commits nowhere else'],
    [{ ...at, branch: 'a\u202eb', dirty: 0 }, 'a\\u{202e}b, clean, commits unknown'],
    [{ ...at, problem: 'it is no worktree of this repository' }, 'it is no worktree of this repository'],
  ];
  for (const [state, expected] of words)
    it(`says ${expected}`, () => assert.equal(worktreeWords(state), expected));
});
