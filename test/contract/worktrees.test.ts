// An agent in its worktree, played by the real CLI: what the registry forbids is refused there and in the main checkout, by rules
// and by guard alone; its conversation goes on in its own folder.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { after, afterEach, before, beforeEach, it } from 'mocha';
import { FleetFolder } from './fleetFolder.ts';
import { claudeBinary, claudeEnvironment, describeWithClaude, describeWithEachClaude } from './realClaude.ts';
import { ScriptedModel, say, textOf } from './scriptedModel.ts';
import { type Attempt, playSession, runStart, type StartOptions } from './sessions.ts';

const [maker, shell] = ['maker-agent', 'shell-agent'];

function git(folder: string, ...words: readonly string[]): string {
  const who = ['-c', 'user.name=A', '-c', 'user.email=a@example.org', '-c', 'commit.gpgsign=false'];
  return execFileSync('git', [...who, ...words], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder, GIT_CONFIG_NOSYSTEM: '1' },
    encoding: 'utf8',
    stdio: 'pipe',
  }).trim();
}

/** The workshop with two agents in worktrees, everything committed. `more`: lines of the shell agent's entry. */
function workshopWithWorktrees(more = ''): FleetFolder {
  const fleet = new FleetFolder('test/fixtures/workshop');
  const registry = (fleet.read('agents/registry.yaml') ?? '')
    .replace('    model: sonnet\n', '    model: sonnet\n    worktree: true\n')
    .replace('    model: haiku\n', `    model: haiku\n    worktree: true\n${more}`);
  fleet.write('agents/registry.yaml', registry);
  fleet.command('generate');
  git(fleet.root, 'init', '-q', '-b', 'main', '.');
  git(fleet.root, 'add', '-A');
  git(fleet.root, 'commit', '-q', '-m', 'All of it');
  return fleet;
}

const worktreeOf = (fleet: FleetFolder, id: string): string => path.join(`${fleet.root}.worktrees`, id);

const bash = (command: string): Attempt => ({ tool: 'Bash', input: { command, description: 'some work' } });

/** What `git status` says of both checkouts, ignored files included. */
const changes = (fleet: FleetFolder, id: string): string =>
  [fleet.root, worktreeOf(fleet, id)]
    .map((folder) => git(folder, 'status', '--porcelain', '--untracked-files=all'))
    .join('\n')
    .trim();

describeWithEachClaude('a worktree in the real CLI', ({ binary }) => {
  let model: ScriptedModel;
  let fleet: FleetFolder;
  before(async () => {
    model = await ScriptedModel.start();
  });
  after(() => model.close());
  beforeEach(() => {
    fleet = workshopWithWorktrees();
  });
  afterEach(() => fleet.dispose());

  interface Expected extends Attempt {
    /** What the guard says; absent: it is allowed. */
    readonly refusal?: RegExp;
  }

  function expectations(): readonly Expected[] {
    const write = (file: string) => ({ tool: 'Write', input: { file_path: file, content: 'new' } });
    const own = worktreeOf(fleet, maker);
    const each = [own, fleet.root].flatMap((root): Expected[] => {
      const at = (file: string): string => path.join(root, file);
      return [
        { ...write(at('docs/new.md')), refusal: /lists "\/docs\/\*\*" under cannot_access of maker-agent/ },
        { ...write(at('src/deep/a.gen.js')), refusal: /lists "\*\.gen\.\*" under cannot_access/ },
        { ...write(at('src/../tests/new.js')), refusal: /under exclusive_access of shell-agent/ },
        {
          tool: 'Read',
          input: { file_path: at('private/word.txt') },
          refusal: /lists "private\/\*\*" under cannot_read of maker-agent/,
        },
        { ...write(at('agents/maker-agent/.claude/new.json')), refusal: /is protected/ },
        { ...write(at('agents/.orchestrator/new.mjs')), refusal: /is protected/ },
        { ...write(at('.claude/settings.local.json')), refusal: /"\.claude\/\*\*" is protected/ },
        { ...write(at('.mcp.json')), refusal: /is protected/ },
        // 2.1.197 asks for a file that is there to be read before it asks the guard.
        ...(root === own ? [{ tool: 'Read', input: { file_path: at('.git') } }] : []),
        { ...write(at(root === own ? '.git' : '.git/hooks/post-checkout')), refusal: /"\.git" is protected/ },
      ];
    });
    return [
      ...each,
      { ...write(path.join(worktreeOf(fleet, shell), 'src/new.js')), refusal: /is protected/ },
      write(path.join(own, 'src/new.js')),
    ];
  }

  async function check(options: StartOptions): Promise<void> {
    // The other agent's worktree is there, too.
    git(fleet.root, 'worktree', 'add', '-q', '-b', `agent/${shell}`, worktreeOf(fleet, shell));
    const all = expectations();
    const session = await playSession(model, all, () =>
      runStart(fleet, model.url, maker, { binary, ...options }),
    );
    for (const [index, { tool, input, refusal }] of all.entries()) {
      const result = session.results[index];
      const words = `${tool} ${JSON.stringify(input)}: ${result?.text}`;
      assert.equal(result?.isError, refusal !== undefined, words);
      if (refusal && options.without === 'rules') assert.match(result?.text ?? '', refusal, words);
      assert.doesNotMatch(result?.text ?? '', /swordfish/);
    }
    const init = session.result.stdout.split('\n').find((line) => line.includes('"subtype":"init"'));
    assert.equal(JSON.parse(init ?? '{}').cwd, worktreeOf(fleet, maker));
    assert.equal(changes(fleet, maker), '?? src/new.js');
    assert.equal(git(worktreeOf(fleet, shell), 'status', '--porcelain'), '');
    assert.ok(!existsSync(fleet.at('.git/hooks/post-checkout')));
  }

  it('holds with the launch copy', () => check({}));
  it('holds by the guard alone, whose reasons reach the model', () => check({ without: 'rules' }));
  it('holds by the rules alone', () => check({ without: 'guard' }));

  it('holds in the shell, which may commit; nothing starts this program from there', async () => {
    const { root } = fleet;
    const file = (name: string): string => path.join(root, name);
    const attempts: readonly (readonly [string, boolean])[] = [
      [
        'touch src/made.js && git add src/made.js && git -c user.name=A -c user.email=a@b commit -q -m Made',
        true,
      ],
      [`echo x >> ${file('agents/registry.yaml')}`, false],
      [`cp src/old.js ${file('agents/registry.lock.json')}`, false],
      [`rm -rf ${file('.git')}`, false],
      ['echo x >> agents/registry.yaml', false],
      [`touch ${path.join(worktreeOf(fleet, maker), 'src/a.js')}`, false],
      [`cat ${path.join(fleet.state, 'x')}`, false],
      [`native-orchestrator handoff ${shell} ${maker} --task x`, false],
    ];
    const { results } = await playSession(
      model,
      attempts.map(([command]) => bash(command)),
      () => runStart(fleet, model.url, shell, { binary, without: 'rules' }),
    );
    for (const [index, [command, isAllowed]] of attempts.entries())
      assert.equal(results[index]?.isError, !isAllowed, `${command}: ${results[index]?.text}`);
    assert.match(results.at(-1)?.text ?? '', /No session may start "native-orchestrator"/);
    assert.equal(changes(fleet, shell), '');
    assert.equal(git(root, 'log', '--format=%s', '-1', `agent/${shell}`), 'Made');
    assert.equal(git(root, 'log', '--format=%s', '-1', 'main'), 'All of it');
  });
});

describeWithClaude('a worktree and the sandbox', () => {
  let model: ScriptedModel;
  let fleet: FleetFolder;
  before(async function () {
    const everything = ['--ro-bind', '/', '/', '--proc', '/proc', '--dev', '/dev', '--unshare-all'];
    if (process.platform !== 'linux' || spawnSync('bwrap', [...everything, 'true']).status !== 0) this.skip();
    model = await ScriptedModel.start();
    fleet = workshopWithWorktrees(
      '    sandbox: true\n    cannot_access: [docs/**]\n    cannot_read: [private/**]\n',
    );
  });
  after(async () => {
    fleet?.dispose();
    await model?.close();
  });

  it('an interpreter changes nothing outside of the worktree, reads nothing closed, and commits', async () => {
    const python = (code: string): Attempt =>
      bash(`python3 -c "import base64; exec(base64.b64decode('${Buffer.from(code).toString('base64')}'))"`);
    const tries = (file: string): Attempt => python(`open('${file}', 'w').write('new')`);
    const attempts: readonly (readonly [Attempt, boolean])[] = [
      [tries(fleet.at('src/new.js')), false],
      [tries(fleet.at('agents/registry.yaml')), false],
      [tries('agents/registry.yaml'), false],
      [tries('docs/new.md'), false],
      [tries(fleet.at('.git/hooks/post-checkout')), false],
      [tries(fleet.at('.git/config')), false],
      [python(`print(open('${fleet.at('private/word.txt')}').read())`), false],
      [python("print(open('private/word.txt').read())"), false],
      [
        bash(
          'touch src/made.js && git add src/made.js && git -c user.name=A -c user.email=a@b commit -q -m Made',
        ),
        true,
      ],
    ];
    const { results } = await playSession(
      model,
      attempts.map(([attempt]) => attempt),
      () => runStart(fleet, model.url, shell, { without: 'guard,rules' }),
    );
    for (const [index, [attempt, isAllowed]] of attempts.entries()) {
      const { text = '', isError } = results[index] ?? {};
      assert.equal(isError, !isAllowed, `${JSON.stringify(attempt.input)}: ${text}`);
      assert.doesNotMatch(text, /swordfish/);
    }
    assert.equal(changes(fleet, shell), '');
    assert.equal(git(fleet.root, 'log', '--format=%s', '-1', `agent/${shell}`), 'Made');
  });
});

describeWithClaude('a session in a worktree', () => {
  let model: ScriptedModel;
  let fleet: FleetFolder;
  let env: Readonly<Record<string, string | undefined>>;

  before(async function () {
    if (spawnSync('tmux', ['-V']).status !== 0) this.skip();
    model = await ScriptedModel.start();
    fleet = workshopWithWorktrees();
    env = {
      PATH: process.env.PATH,
      TERM: 'xterm-256color',
      ...claudeEnvironment(model.url),
      ...fleet.environment(),
      NATIVE_ORCHESTRATOR_CLAUDE: claudeBinary ?? '',
      TMUX_SOCKET_OVERRIDE: path.join(path.dirname(fleet.state), 'sessions'),
    };
  });
  after(async () => {
    if (fleet !== undefined) {
      spawnSync('tmux', ['-S', env.TMUX_SOCKET_OVERRIDE ?? '', 'kill-server'], { env, stdio: 'ignore' });
      fleet.dispose();
    }
    await model?.close();
  });

  const cli = (...words: readonly string[]): string => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [path.resolve('dist/cli.mjs'), ...words], {
      env,
      cwd: fleet.root,
      encoding: 'utf8',
    });
    assert.equal(status, 0, `${words.join(' ')}\n${stdout}${stderr}`);
    return stdout;
  };
  const stateOf = (id: string) => JSON.parse(cli('status', id, '--format', 'json')).agents[0];

  async function shows(id: string, state: string, need?: string): Promise<void> {
    const deadline = performance.now() + 30_000;
    for (;;) {
      const { session } = stateOf(id);
      if (session.state === state && session.need === need) return;
      if (performance.now() > deadline) assert.fail(`never ${state}: ${JSON.stringify(session)}`);
      await setTimeout(50); // nothing tells of what another program shows
    }
  }

  it('asks for no trust of its own, takes a handoff, and goes on in its folder', async () => {
    const heard: string[] = [];
    model.play(({ messages, system }) => {
      heard.push(`${system}\n${messages.map(({ content }) => textOf(content)).join('\n')}`);
      return [say('Heard.')];
    });
    cli('start', maker, '--runner', 'tmux');
    await shows(maker, 'idle');
    const before = stateOf(maker);
    assert.equal(before.session.cwd, worktreeOf(fleet, maker));
    assert.deepEqual([before.worktree.branch, before.worktree.dirty], [`agent/${maker}`, 0]);
    cli('handoff', 'lead-agent', maker, '--task', 'Build the bridge.', '--accept', 'It has three arches.');
    await shows(maker, 'needsYou', 'done');
    assert.ok(
      heard.some((text) =>
        /Handoff from the agent lead-agent.*\n[\s\S]*> Build the bridge\.[\s\S]*> - It has three arches\./.test(
          text,
        ),
      ),
    );
    heard.length = 0;
    cli('restart', maker);
    await shows(maker, 'idle');
    const { session } = stateOf(maker);
    assert.equal(session.sessionId, before.session.sessionId);
    assert.equal(session.cwd, worktreeOf(fleet, maker));
    cli('send', maker, 'And the rails.');
    await shows(maker, 'needsYou', 'done');
    assert.ok(heard.some((text) => text.includes('Build the bridge.') && text.includes('And the rails.')));
    assert.ok(
      heard.some((text) => text.includes(worktreeOf(fleet, maker))),
      'the model is told its folder',
    );
    // One that ends while its home is removed would write it anew.
    cli('stop', maker, '--yes');
  });
});
