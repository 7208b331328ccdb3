// What is done to sessions: many started at once, sent to, restarted, run in the present terminal; and ids that mean harm.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import {
  cli,
  endOf,
  expectCli,
  manyAgents,
  put,
  removeScratch,
  type Scratch,
  startCli,
  take,
  treeOf,
  twoAgents,
} from './cliProcess.ts';
import {
  commandLine,
  isAlive,
  listAs,
  recordOf,
  recordsOf,
  sessionStage,
  startAll,
  startedOf,
  startsOf,
  stateOf,
  stopSessions,
  tmuxOn,
  until,
  writeRecordOf,
} from './fakeSessions.ts';

const hasTmux = spawnSync('tmux', ['-V']).status === 0;
afterEach(stopSessions);
after(removeScratch);

const code = 'code-agent';

/** That something was refused is noted, and nothing else. */
const treeWithoutAudit = ({ folder }: Scratch) =>
  Object.entries(treeOf(folder)).filter(([name]) => !name.endsWith('audit.jsonl'));

describe('sessions: many at once', () => {
  before(function () {
    if (!hasTmux) this.skip();
  });

  for (const [words, highest] of [
    [[], 8],
    [['--at-once', '3'], 3],
  ] as const)
    it(`at most ${highest} start at the same time`, async () => {
      const at = await sessionStage(manyAgents(11));
      const { stdout } = await expectCli(at, ['start', '--all', ...words], 0, {
        env: { FAKE_READY_MS: '400' },
      });
      assert.equal(stdout.match(/ started \(tmux/g)?.length, 11);
      await until(
        'all ready',
        () => fs.readFileSync(path.join(at.home, 'busy.log'), 'utf8').match(/ - /g)?.length === 11,
      );
      let [now, most] = [0, 0];
      const lines = fs.readFileSync(path.join(at.home, 'busy.log'), 'utf8').trim().split('\n').sort();
      for (const line of lines) {
        now += line.includes(' + ') ? 1 : -1;
        most = Math.max(most, now);
      }
      assert.ok(most > 1 && most <= highest, `${most} at once`);
      await expectCli(at, ['stop', '--all', '--yes'], 0);
      assert.equal(new Set(startsOf(at)).size, 11);
    });

  it('how many start at the same time is a number', async () => {
    const at = await sessionStage();
    for (const given of ['0', '65', 'x', '-1', '1.5'])
      assert.match(
        (await expectCli(at, ['start', '--all', `--at-once=${given}`], 2)).stderr,
        /--at-once is a number from 1 to 64/,
      );
    assert.deepEqual(startsOf(at), []);
  });

  it('groups, and those that start by themselves', async () => {
    const registry = manyAgents(4)
      .replace('    model: sonnet\n', '    model: sonnet\n    group: red\n')
      .replace('worker-3-agent:\n', 'worker-3-agent:\n    autostart: true\n');
    const at = await sessionStage(registry);
    await expectCli(at, ['start', '--group', 'red', '--runner', 'tmux'], 0);
    await until('one', () => startsOf(at).length === 1);
    const json = JSON.parse(
      (await expectCli(at, ['start', '--all', '--runner', 'tmux', '--format', 'json'], 0)).stdout,
    );
    assert.deepEqual(
      json.sessions.map(({ agent, result }: Record<string, string>) => [agent, result]),
      [['worker-3-agent', 'started']],
    );
    await until('two', () => startsOf(at).length === 2);
    assert.deepEqual([...startsOf(at)].sort(), ['worker-0-agent', 'worker-3-agent']);
    await expectCli(at, ['stop', '--group', 'red', '--yes'], 0);
    await until(
      'one left',
      () => tmuxOn(at, 'list-sessions', '-F', '#{session_name}').trim() === 'iw-worker-3-agent',
    );
  });

  it('who pays is told of what was started, and of nothing that runs already', async () => {
    const at = await sessionStage();
    const env = { ANTHROPIC_API_KEY: 'sk-secret' };
    const first = await expectCli(at, ['start', code, '--runner', 'tmux'], 0, { env });
    assert.match(first.stderr, /ANTHROPIC_API_KEY is set: this session is billed/);
    for (const words of [
      ['start', code, '--runner', 'tmux'],
      ['start', code, '--runner', 'terminal'],
    ])
      assert.doesNotMatch((await cli(at, words, { env })).stderr, /ANTHROPIC_API_KEY/);
    const all = await expectCli(at, ['start', '--all', '--runner', 'tmux'], 0, { env });
    assert.match(all.stderr, /ANTHROPIC_API_KEY is set: this session is billed/);
  });

  it('some that may not start keep none of the others', async () => {
    const at = await sessionStage();
    put(at, 'agents/code-agent/.claude/settings.json', '{}');
    const { stdout, stderr } = await expectCli(at, ['start', code, 'test-agent', '--runner', 'tmux'], 1);
    assert.match(stdout, /^test-agent started/m);
    assert.match(stderr, /^code-agent is disarmed/m);
  });
});

describe('sessions: send', () => {
  before(function () {
    if (!hasTmux) this.skip();
  });

  const typed = (at: Scratch): string => {
    const file = path.join(at.home, `typed-${code}`);
    return fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '';
  };

  it('types a prompt into a session at its prompt or at work, as one paste', async () => {
    const at = await sessionStage();
    await startAll(at, [code]);
    const prompt = 'one "two" $(touch pwned) `x`\nthree; #{pane_pid} \'four\' -e';
    // The last one: claude is the child of what was started, a script of the user's, and listed by its own pid.
    for (const listed of [{ status: 'idle' }, { status: 'busy' }, { status: 'idle', pid: 4_000_000 }]) {
      fs.rmSync(path.join(at.home, `typed-${code}`), { force: true });
      listAs(at, { [code]: listed });
      await expectCli(at, ['send', code, prompt], 0);
      const pasted = `\u001b[200~${prompt.replace('\n', '\r')}\u001b[201~\r`;
      await until('typed', () => typed(at).length >= pasted.length);
      assert.equal(typed(at), pasted);
    }
    assert.equal(tmuxOn(at, 'list-buffers'), '', 'no buffer is left');
    assert.ok(!commandLine(startedOf(at, code).pid).includes('three'));
  });

  const refusals: readonly (readonly [string, object | undefined, string, RegExp])[] = [
    [
      'while it asks for permission',
      { status: 'waiting', waitingFor: 'permission prompt' },
      'x',
      /permission prompt/,
    ],
    ['while a dialog is open', { status: 'waiting', waitingFor: 'dialog open' }, 'x', /dialog open/],
    ['while it is not at its prompt yet', {}, 'x', /not at its prompt yet/],
    ['when claude does not list it', undefined, 'x', /does not say what it does/],
    ['an empty prompt', { status: 'idle' }, ' \n ', /empty/],
    ['keys in the prompt', { status: 'idle' }, 'a\u001b[201~\u0003b', /control characters/],
  ];
  it('refuses otherwise, and says why', async () => {
    const at = await sessionStage();
    await startAll(at, [code]);
    for (const [name, state, prompt, says] of refusals) {
      fs.writeFileSync(path.join(at.home, 'agents.json'), '[]');
      if (state !== undefined) listAs(at, { [code]: state });
      assert.match((await expectCli(at, ['send', code, prompt], 2)).stderr, says, name);
    }
    fs.writeFileSync(path.join(at.home, 'agents.json'), 'no JSON');
    assert.match((await expectCli(at, ['send', code, 'x'], 2)).stderr, /does not say what it does/);
    assert.equal(typed(at), '');
  });
});

describe('sessions: restart', () => {
  before(function () {
    if (!hasTmux) this.skip();
  });

  const conversation = (at: Scratch, id: string): string =>
    path.join(at.home, '.claude/projects', at.root.replace(/[^A-Za-z0-9]/g, '-'), `${id}.jsonl`);

  it('goes on with the conversation where claude has it, and begins anew where not', async () => {
    const at = await sessionStage(
      twoAgents.replace('    model: opus\n', '    model: opus\n    prompt: Begin.\n'),
    );
    await startAll(at, [code]);
    const first = startedOf(at, code);
    const id = recordOf(at, code).sessionId;
    assert.deepEqual(first.argv.slice(-2), ['--', 'Begin.']);
    const file = conversation(at, id);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, '');
    assert.match((await expectCli(at, ['restart', code], 2)).stderr, /--yes/);
    await expectCli(at, ['restart', code, '--yes'], 0);
    await until('restarted', () => startsOf(at).length === 2);
    await until('written', () => startedOf(at, code).pid !== first.pid);
    const { argv, pid } = startedOf(at, code);
    assert.equal(argv[argv.indexOf('--resume') + 1], id);
    assert.ok(!argv.includes('--session-id') && !argv.includes('Begin.'));
    assert.ok(!isAlive(first.pid));
    assert.equal(recordOf(at, code).sessionId, id);
    fs.rmSync(file);
    const { stderr } = await expectCli(at, ['restart', code, '--yes'], 0);
    assert.match(stderr, /no conversation of code-agent to go on with; it begins anew/);
    await until('restarted', () => startedOf(at, code).pid !== pid);
    assert.ok(!startedOf(at, code).argv.includes('--resume'));
    assert.equal(recordsOf(at, code).filter(({ phase }) => phase === 'running').length, 1);
  });

  it('ends nothing when the agent may not start', async () => {
    const at = await sessionStage();
    await startAll(at, [code]);
    put(at, 'agents/code-agent/.claude/settings.json', '{}');
    await expectCli(at, ['restart', code, '--yes'], 2);
    assert.ok(isAlive(startedOf(at, code).pid));
    assert.deepEqual(startsOf(at), [code]);
  });
});

describe('sessions in this terminal', () => {
  it('have a record while they run and after', async () => {
    const at = await sessionStage();
    const child = startCli(at, ['start', code]);
    const end = endOf(child);
    await until('started', () => startsOf(at).length === 1 && recordOf(at, code).phase === 'running');
    const record = recordOf(at, code);
    assert.equal(record.pid, startedOf(at, code).pid);
    assert.equal(record.runner, 'terminal');
    assert.match((await expectCli(at, ['start', code], 2)).stderr, /runs already \(terminal, pid \d+\)/);
    assert.match((await expectCli(at, ['attach', code], 2)).stderr, /in the terminal that it was started in/);
    assert.match((await expectCli(at, ['send', code, 'x'], 2)).stderr, /does not run in tmux/);
    await expectCli(at, ['stop', code, '--yes'], 0);
    assert.equal((await end).code, 0);
    assert.deepEqual([recordOf(at, code).phase, recordOf(at, code).endReason], ['ended', 'stopped']);
    await expectCli(at, ['start', code], 3, { env: { FAKE_CLAUDE: '3' } });
    assert.deepEqual([recordOf(at, code).phase, recordOf(at, code).endReason], ['ended', 'exit 3']);
  });

  it('are found again when what started them was killed', async () => {
    const at = await sessionStage();
    const child = startCli(at, ['start', code]);
    const end = endOf(child);
    await until('started', () => startsOf(at).length === 1 && recordOf(at, code).phase === 'running');
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    assert.match((await expectCli(at, ['start', code], 2)).stderr, /runs already/);
    // The same when it was killed before it noted the pid: the session did so itself.
    const { pid: _, pidStarted: __, ...before } = recordOf(at, code);
    const startedAt = new Date(Date.now() - 60_000).toISOString();
    writeRecordOf(at, { ...before, phase: 'starting', startedAt });
    assert.match((await expectCli(at, ['start', code], 2)).stderr, /runs already/);
    const { pid } = startedOf(at, code);
    await expectCli(at, ['stop', code, '--yes'], 0);
    assert.ok(!isAlive(pid));
    await end;
  });

  it('are where there is no tmux, which is said', async () => {
    const at = await sessionStage();
    const bin = path.join(at.folder, 'bin');
    fs.mkdirSync(bin);
    fs.symlinkSync(process.execPath, path.join(bin, 'node'));
    const env = { PATH: bin, FAKE_CLAUDE: '0' };
    const auto = await expectCli(at, ['start', code, '--runner', 'auto'], 0, { env });
    assert.match(auto.stderr, /tmux was not found.*runs in this terminal and ends with it/);
    assert.equal(recordOf(at, code).runner, 'terminal');
    assert.match(
      (await expectCli(at, ['start', code, '--runner', 'tmux'], 2, { env })).stderr,
      /tmux was not found.*Install it.*--runner terminal/,
    );
    assert.match(
      (await expectCli(at, ['start', '--all'], 2, { env })).stderr,
      /tmux was not found.*room for one/,
    );
    assert.match(
      (await expectCli(at, ['start', code, '--runner', 'screen'], 2, { env })).stderr,
      /--runner is terminal, tmux or auto/,
    );
    assert.deepEqual(startsOf(at), [code]);
  });
});

describe('sessions: from the session of an agent', () => {
  const env = { NATIVE_ORCHESTRATOR_AGENT: 'test-agent' };

  it('nothing is sent past what is checked and recorded', async () => {
    const at = await sessionStage();
    const { stderr } = await expectCli(at, ['send', code, 'Do it.'], 2, { env });
    assert.match(stderr, /This is the session of test-agent.*handoff test-agent code-agent --task/);
  });

  it('none is started, ended, taken over or operated, its own as little as another', async () => {
    const at = await sessionStage();
    const before = treeWithoutAudit(at);
    for (const [words, says] of [
      [['start', code], 'starts no session'],
      [['start', '--all', '--runner', 'tmux', '--yes'], 'starts no session'],
      [['stop', code, '--yes'], 'ends no session'],
      [['stop', '--all', '--yes'], 'ends no session'],
      [['stop', 'test-agent', '--yes'], 'ends no session'],
      [['restart', code, '--fresh', '--yes'], 'ends and starts no session'],
      [['attach', code], 'attaches to no session'],
      [['hub', 'open', '--operator'], 'operates no session'],
    ] as const) {
      const { stderr } = await expectCli(at, words, 2, { env });
      assert.equal(
        stderr,
        `native-orchestrator: This is the session of test-agent, and the session of an agent ${says}. Ask the user to do it.\n`,
      );
    }
    assert.deepEqual(treeWithoutAudit(at), before);
  });

  if (hasTmux)
    it('what runs goes on, and may be looked at', async () => {
      const at = await sessionStage();
      await expectCli(at, ['start', code, '--runner', 'tmux'], 0);
      await until('started', () => startsOf(at).length === 1);
      const { pid } = recordOf(at, code);
      for (const words of [
        ['stop', code, '--yes'],
        ['restart', code, '--yes'],
      ])
        await expectCli(at, words, 2, { env });
      assert.ok(pid !== undefined && isAlive(pid));
      assert.deepEqual(startsOf(at), [code]);
      for (const words of [['status'], ['list'], ['check']]) await expectCli(at, words, 0, { env });
      // No agent is called that: what is empty names none.
      await expectCli(at, ['stop', code, '--yes'], 0, { env: { NATIVE_ORCHESTRATOR_AGENT: '' } });
    });
});

describe('sessions: hostile ids', () => {
  const ids = [
    '../../x',
    '__proto__',
    'constructor',
    '=code-agent',
    'code-agent:',
    'iw-code-agent',
    'code',
    '$(touch pwned)',
    'a\nb',
    "'; touch pwned; '",
    '%0',
    '*',
    'x'.repeat(5000),
  ];
  it('are refused by every verb, and nothing is made', async () => {
    const at = await sessionStage();
    const before = treeWithoutAudit(at);
    for (const [index, id] of ids.entries()) {
      const verbs = [
        ['start', id, '--runner', 'tmux'],
        ['stop', id, '--yes'],
        ['restart', id],
        ['attach', id],
        ['send', id, 'x'],
      ];
      // Each id with one verb after the other: all of them with all would say no more.
      for (const words of index < 2 ? verbs : [verbs[index % verbs.length] ?? []]) {
        const { stderr } = await expectCli(at, words, 2);
        assert.match(stderr, /The registry has no agent/);
        assert.ok(stderr.trim().split('\n').length === 1 && stderr.length < 1000, stderr);
      }
    }
    assert.deepEqual(treeWithoutAudit(at), before);
    const audit = fs
      .readFileSync(path.join(stateOf(at), 'audit.jsonl'), 'utf8')
      .trim()
      .split('\n');
    assert.ok(audit.every((line) => line.length < 2000 && JSON.parse(line).outcome !== undefined));
    assert.ok(take(at, 'agents/registry.yaml'));
  });
});
