// Agents in git worktrees of their own, with a real git and a real tmux: made, used again, and refused.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import { cli, expectCli, put, removeScratch, type Scratch, twoAgents } from './cliProcess.ts';
import {
  recordOf,
  sessionStage,
  startAll,
  startedOf,
  startsOf,
  stopSessions,
  tmuxOn,
  until,
} from './fakeSessions.ts';
import {
  code,
  committedStage,
  git,
  hasPrograms,
  oneInWorktree,
  placeOf,
  stopped,
  test,
} from './worktreeStage.ts';

afterEach(stopSessions);
after(removeScratch);

describe('worktrees', () => {
  before(function () {
    if (!hasPrograms) this.skip();
  });

  it('two agents begin at once, each in its own, and the main checkout stays as it is', async () => {
    const at = await committedStage();
    await startAll(at, [code, test]);
    for (const id of [code, test]) {
      const place = placeOf(at, id);
      assert.equal(startedOf(at, id).cwd, place);
      const { cwd, worktree } = recordOf(at, id);
      assert.deepEqual([cwd, worktree], [place, place]);
      assert.equal(git(at, place, 'symbolic-ref', 'HEAD'), `refs/heads/agent/${id}`);
      assert.equal(git(at, place, 'rev-parse', 'HEAD'), git(at, at.root, 'rev-parse', 'main'));
    }
    assert.equal(git(at, at.root, 'status', '--porcelain'), '');
    assert.equal(git(at, at.root, 'symbolic-ref', 'HEAD'), 'refs/heads/main');
  });

  it('an agent without one works in the workspace itself, and the worktrees are closed to it', async () => {
    const at = await committedStage(oneInWorktree);
    await startAll(at, [code, test]);
    assert.equal(startedOf(at, test).cwd, at.root);
    assert.equal(recordOf(at, test).worktree, undefined);
    const settingsOf = (id: string): string => {
      const { argv } = startedOf(at, id);
      return fs.readFileSync(argv[argv.indexOf('--settings') + 1] ?? '', 'utf8');
    };
    assert.ok(settingsOf(test).includes(`Edit(/${at.root}.worktrees/**)`));
    assert.ok(!settingsOf(code).includes(`Edit(/${at.root}.worktrees/**)`));
    assert.ok(
      settingsOf(code).includes(`Edit(/${at.root}/**/tests/**)`),
      'its globs hold in the main checkout',
    );
    const { hooks } = JSON.parse(settingsOf(code));
    const { args } = hooks.PreToolUse[0].hooks[0];
    assert.deepEqual(args.slice(-2), [placeOf(at, code), at.root]);
  });

  it('the guard of its launch copy holds in both checkouts', async () => {
    const at = await committedStage(oneInWorktree);
    await startAll(at, [code]);
    const { argv } = startedOf(at, code);
    const settings = JSON.parse(fs.readFileSync(argv[argv.indexOf('--settings') + 1] ?? '', 'utf8'));
    const { command, args } = settings.hooks.PreToolUse[0].hooks[0];
    const place = placeOf(at, code);
    const files: readonly (readonly [string, number])[] = [place, at.root].flatMap((root) => [
      [`${root}/src/new.txt`, 0],
      [`${root}/tests/new.txt`, 2],
      [`${root}/agents/registry.yaml`, 2],
      [`${root}/.claude/settings.local.json`, 2],
      [`${root}/.git`, 2],
    ]);
    for (const [file, expected] of [...files, [`${placeOf(at, test)}/src/a`, 0], ['tests/x', 2]] as const) {
      const input = {
        hook_event_name: 'PreToolUse',
        tool_name: 'Write',
        tool_input: { file_path: file },
        cwd: place,
      };
      const { status } = spawnSync(command, args, { input: JSON.stringify(input), env: at.env });
      assert.equal(status, expected, file);
    }
  });

  it('is used again, with what is in it; the branch goes on after it was removed', async () => {
    const at = await committedStage(oneInWorktree);
    const place = placeOf(at, code);
    await startAll(at, [code]);
    await stopped(at, code);
    fs.writeFileSync(path.join(place, 'src/new.txt'), 'new');
    await startAll(at, [code]);
    assert.equal(startedOf(at, code).cwd, place);
    assert.ok(fs.existsSync(path.join(place, 'src/new.txt')));
    await stopped(at, code);
    git(at, place, 'add', '-A');
    git(at, place, 'commit', '-q', '-m', 'New');
    const commit = git(at, place, 'rev-parse', 'HEAD');
    git(at, at.root, 'branch', 'kept', commit);
    await expectCli(at, ['worktree', 'remove', code], 0);
    assert.ok(!fs.existsSync(`${at.root}.worktrees`));
    await startAll(at, [code]);
    assert.equal(git(at, place, 'rev-parse', 'HEAD'), commit);
  });

  it('a folder that somebody deleted is made anew from its branch', async () => {
    const at = await committedStage(oneInWorktree);
    await startAll(at, [code]);
    await stopped(at, code);
    fs.rmSync(placeOf(at, code), { recursive: true });
    await startAll(at, [code]);
    assert.equal(git(at, placeOf(at, code), 'status', '--porcelain'), '');
  });

  it('no hook of git runs, whether the repository or its settings name it', async () => {
    const at = await committedStage(oneInWorktree);
    const hook = `#!/bin/sh\ntouch ${at.folder}/hook-ran\n`;
    put(at, '.git/hooks/post-checkout', hook);
    put(at, 'evil/post-checkout', hook);
    for (const file of ['.git/hooks/post-checkout', 'evil/post-checkout'])
      fs.chmodSync(path.join(at.root, file), 0o755);
    git(at, at.root, 'config', 'core.hooksPath', 'evil');
    git(at, at.root, 'config', 'core.fsmonitor', `touch ${at.folder}/monitor-ran`);
    fs.writeFileSync(path.join(at.root, '.git/info/exclude'), 'evil\n');
    await startAll(at, [code]);
    await expectCli(at, ['worktree', 'list'], 0);
    await expectCli(at, ['status'], 0);
    assert.deepEqual(
      fs.readdirSync(at.folder).filter((name) => name.endsWith('-ran')),
      [],
    );
  });

  const obstacles: readonly (readonly [string, RegExp, (at: Scratch) => Promise<void> | void])[] = [
    [
      'no repository',
      /has no git checkout.*git init/,
      (at) => fs.rmSync(path.join(at.root, '.git'), { recursive: true }),
    ],
    [
      'no commit',
      /has no commit yet.*Commit once/,
      (at) => {
        fs.rmSync(path.join(at.root, '.git'), { recursive: true });
        git(at, at.root, 'init', '-q', '.');
      },
    ],
    [
      'the branch checked out elsewhere',
      /agent\/code-agent, the branch of code-agent, is checked out in .*\/mine\. Switch/,
      (at) =>
        void git(
          at,
          at.root,
          'worktree',
          'add',
          '-q',
          '-b',
          'agent/code-agent',
          path.join(at.folder, 'mine'),
        ),
    ],
    [
      'a folder in the way',
      /worktrees\/code-agent is in the way: it is no worktree.*Move it away/,
      (at) => void fs.mkdirSync(placeOf(at, code), { recursive: true }),
    ],
    [
      'a link in the way',
      /is in the way/,
      (at) => {
        fs.mkdirSync(`${at.root}.worktrees`);
        fs.symlinkSync(at.home, placeOf(at, code));
      },
    ],
    [
      'another repository in the way',
      /is in the way/,
      (at) => void git(at, at.root, 'clone', '-q', at.root, placeOf(at, code)),
    ],
    [
      'a worktree of another repository in the way',
      /is in the way/,
      (at) => {
        const other = path.join(at.folder, 'other');
        git(at, at.root, 'clone', '-q', at.root, other);
        git(at, other, 'worktree', 'add', '-q', '-b', 'agent/code-agent', placeOf(at, code));
      },
    ],
    [
      'another branch in it',
      /is on mine, not on agent\/code-agent\. Run: git -C .* switch agent\/code-agent/,
      (at) => void git(at, at.root, 'worktree', 'add', '-q', '-b', 'mine', placeOf(at, code)),
    ],
    [
      'a detached HEAD',
      /is on no branch .*switch agent\/code-agent/,
      (at) => void git(at, at.root, 'worktree', 'add', '-q', '--detach', placeOf(at, code)),
    ],
    [
      'a locked one whose folder is gone',
      /is locked and its folder .* is gone.*git worktree unlock/,
      (at) => {
        git(at, at.root, 'worktree', 'add', '-q', '-b', 'agent/code-agent', placeOf(at, code));
        git(at, at.root, 'worktree', 'lock', placeOf(at, code));
        fs.rmSync(placeOf(at, code), { recursive: true });
      },
    ],
    [
      'a git directory in it that names another one',
      /is in the way/,
      (at) => {
        git(at, at.root, 'worktree', 'add', '-q', '-b', 'agent/code-agent', placeOf(at, code));
        const evil = path.join(at.folder, 'evil');
        git(at, at.folder, 'init', '-q', evil);
        git(at, evil, 'config', 'core.fsmonitor', `touch ${at.folder}/monitor-ran`);
        fs.writeFileSync(path.join(at.root, '.git/worktrees/code-agent/commondir'), `${evil}/.git\n`);
      },
    ],
  ];
  for (const [title, words, prepare] of obstacles)
    it(`refuses to start with ${title}, and says what helps`, async () => {
      const at = await committedStage(oneInWorktree);
      await prepare(at);
      const { stderr } = await expectCli(at, ['start', code, '--runner', 'tmux'], 2);
      assert.match(stderr, words);
      assert.deepEqual(startsOf(at), []);
      assert.deepEqual(
        fs.readdirSync(at.folder).filter((name) => name.endsWith('-ran')),
        [],
      );
    });

  it('refuses without git', async () => {
    const at = await committedStage(oneInWorktree);
    fs.mkdirSync(path.join(at.folder, 'bin'));
    for (const name of ['tmux', 'sh', 'ps', 'env'])
      fs.symlinkSync(`/usr/bin/${name}`, path.join(at.folder, 'bin', name));
    const env = { PATH: path.join(at.folder, 'bin') };
    const { stderr } = await expectCli(at, ['start', code, '--runner', 'tmux'], 2, { env });
    assert.match(stderr, /git was not found/);
  });

  it('a workspace that is a part of its repository has its own', async () => {
    const at = await sessionStage(oneInWorktree);
    put(at, 'src/a.txt', 'a');
    git(at, at.folder, 'init', '-q', '-b', 'main', '.');
    git(at, at.folder, 'add', 'w');
    git(at, at.folder, 'commit', '-q', '-m', 'All of it');
    await startAll(at, [code]);
    const { cwd, worktree } = recordOf(at, code);
    assert.match(worktree ?? '', /\.worktrees\/code-agent\.[0-9a-f]{8}$/);
    assert.equal(cwd, `${worktree}/w`);
    assert.equal(startedOf(at, code).cwd, cwd);
    fs.rmSync(path.dirname(worktree ?? ''), { recursive: true });
  });

  it('status and list show branch, uncommitted files and commits, as text and as data', async () => {
    const at = await committedStage(oneInWorktree);
    assert.match((await expectCli(at, ['worktree'], 0)).stdout, /code-agent .* not made yet/);
    await startAll(at, [code, test]);
    const place = placeOf(at, code);
    fs.writeFileSync(path.join(place, 'new'), 'b');
    git(at, place, 'commit', '-q', '--allow-empty', '-m', 'Mine');
    const words = /agent\/code-agent, 1 uncommitted, 1 commit nowhere else/;
    const { stdout } = await expectCli(at, ['status'], 0);
    assert.match(stdout.split('\n').find((line) => line.startsWith(code)) ?? '', words);
    assert.doesNotMatch(stdout.split('\n').find((line) => line.startsWith(test)) ?? '', /worktree/);
    assert.match((await expectCli(at, ['worktree', 'list', code], 0)).stdout, words);
    const expected = {
      agent: code,
      path: place,
      branch: 'agent/code-agent',
      dirty: 1,
      unpushed: 1,
      isMissing: false,
    };
    const status = JSON.parse((await expectCli(at, ['status', '--format', 'json'], 0)).stdout);
    assert.deepEqual(
      status.agents.map(({ worktree }: { worktree: unknown }) => worktree),
      [expected, null],
    );
    assert.equal(status.agents[0].session.worktree, place);
    const listed = JSON.parse((await expectCli(at, ['worktree', 'list', '--format', 'json'], 0)).stdout);
    assert.deepEqual(listed.worktrees, [expected]);
  });

  it('a conversation goes on in its folder only: not after the agent moved into a worktree', async () => {
    const at = await committedStage(twoAgents);
    const conversationIn = (folder: string, id: string): void => {
      const own = path.join(at.home, '.claude/projects', folder.replace(/[^A-Za-z0-9]/g, '-'));
      fs.mkdirSync(own, { recursive: true });
      fs.writeFileSync(path.join(own, `${id}.jsonl`), '');
    };
    await startAll(at, [code]);
    const first = recordOf(at, code).sessionId;
    conversationIn(at.root, first);
    put(at, 'agents/registry.yaml', oneInWorktree);
    await expectCli(at, ['generate'], 0);
    const { stderr } = await expectCli(at, ['restart', code, '--yes'], 0);
    assert.match(stderr, /no conversation of code-agent to go on with/);
    await until('started in the worktree', () => startedOf(at, code).cwd === placeOf(at, code));
    const second = recordOf(at, code).sessionId;
    assert.notEqual(second, first);
    conversationIn(placeOf(at, code), second);
    await expectCli(at, ['restart', code, '--yes'], 0);
    await until('resumed', () => startedOf(at, code).argv.includes('--resume'));
    const { argv, cwd } = startedOf(at, code);
    assert.equal(argv[argv.indexOf('--resume') + 1], second);
    assert.equal(cwd, placeOf(at, code));
    tmuxOn(at, 'kill-session', '-t', '=iw-code-agent');
  });

  it('wrong words are wrong usage', async () => {
    const at = await committedStage(oneInWorktree);
    for (const [words, message] of [
      [['worktree', 'remove'], /Name the agents/],
      [['worktree', 'frobnicate'], /list or remove/],
      [['worktree', 'remove', test], /no agent "test-agent"/],
      [['worktree', 'remove', '../../x'], /no agent/],
      [['worktree', 'remove', '--force', code], /Unknown option/],
    ] as const)
      assert.match((await cli(at, words)).stderr, message);
  });
});
