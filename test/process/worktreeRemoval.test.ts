// The removal of worktrees, with a real git and a real tmux: never with work in them that is nowhere else.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import { expectCli, removeScratch, type Scratch } from './cliProcess.ts';
import { startAll, stopSessions } from './fakeSessions.ts';
import { code, committedStage, git, hasPrograms, oneInWorktree, placeOf, stopped } from './worktreeStage.ts';

afterEach(stopSessions);
after(removeScratch);

describe('worktrees: removal', () => {
  before(function () {
    if (!hasPrograms) this.skip();
  });

  const keptFor: readonly (readonly [
    string,
    RegExp,
    (at: Scratch, place: string) => Promise<void> | void,
  ])[] = [
    [
      'a changed file',
      /1 file would be lost/,
      (_, place) => fs.writeFileSync(path.join(place, 'src/a.txt'), 'b'),
    ],
    ['a new file', /1 file would be lost/, (_, place) => fs.writeFileSync(path.join(place, 'new\n? x'), 'b')],
    [
      'a new file, though the person shows none',
      /1 file would be lost/,
      (at, place) => {
        git(at, at.root, 'config', 'status.showUntrackedFiles', 'no');
        fs.writeFileSync(path.join(place, 'new'), 'b');
      },
    ],
    [
      'a staged file',
      /1 file would be lost/,
      (at, place) => {
        fs.writeFileSync(path.join(place, 'new'), 'b');
        git(at, place, 'add', 'new');
      },
    ],
    [
      'a commit of its own',
      /1 commit is on no other branch.*Push or merge agent\/code-agent first/,
      (at, place) => void git(at, place, 'commit', '-q', '--allow-empty', '-m', 'Mine'),
    ],
    [
      'a commit on no branch',
      /1 commit is on no other branch/,
      (at, place) => {
        git(at, place, 'switch', '-q', '--detach');
        git(at, place, 'commit', '-q', '--allow-empty', '-m', 'Mine');
      },
    ],
    [
      'a lock',
      /git does not remove .*Nothing is forced/,
      (at, place) => void git(at, at.root, 'worktree', 'lock', place),
    ],
    [
      'a session in it',
      /code-agent runs in its worktree\. Stop it first/,
      async (at) => void (await startAll(at, [code])),
    ],
  ];
  for (const [title, words, change] of keptFor)
    it(`stays with ${title}`, async () => {
      const at = await committedStage(oneInWorktree);
      await startAll(at, [code]);
      await stopped(at, code);
      const place = placeOf(at, code);
      await change(at, place);
      const { stderr } = await expectCli(at, ['worktree', 'remove', code], 1);
      assert.match(stderr, words);
      assert.ok(fs.existsSync(path.join(place, '.git')));
    });

  it('goes with what only git ignores, or what is pushed', async () => {
    const at = await committedStage(oneInWorktree);
    git(at, at.root, 'init', '-q', '--bare', path.join(at.folder, 'remote'));
    git(at, at.root, 'remote', 'add', 'origin', path.join(at.folder, 'remote'));
    await startAll(at, [code]);
    await stopped(at, code);
    const place = placeOf(at, code);
    fs.writeFileSync(path.join(at.root, '.git/info/exclude'), 'built\n');
    fs.writeFileSync(path.join(place, 'built'), 'b');
    git(at, place, 'commit', '-q', '--allow-empty', '-m', 'Mine');
    git(at, place, 'push', '-q', 'origin', 'agent/code-agent');
    const { stdout } = await expectCli(at, ['worktree', 'remove', code], 0);
    assert.match(stdout, /Removed .*code-agent\. Its branch agent\/code-agent stays/);
    assert.ok(!fs.existsSync(place));
    assert.match(git(at, at.root, 'branch', '--list', 'agent/*'), /agent\/code-agent/);
    assert.match((await expectCli(at, ['worktree', 'remove', code], 0)).stdout, /code-agent has no worktree/);
  });
});
