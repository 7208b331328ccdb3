// Sessions in a real tmux: started, shown, found again and stopped; and nothing else of the machine touched.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import { cli, cliFile, expectCli, manyAgents, removeScratch, twoAgents } from './cliProcess.ts';
import {
  inTerminal,
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
const planning = twoAgents.replaceAll('code-agent', 'planning').replaceAll('test-agent', 'planning-agent');

describe('sessions in tmux', () => {
  before(function () {
    if (!hasTmux) this.skip();
  });

  it('an agent starts, is shown, and stops; its record says so all the way', async () => {
    const at = await sessionStage();
    const { stdout } = await startAll(at, [code]);
    assert.match(
      stdout,
      /^code-agent started \(tmux, pid \d+\)\. Go to it: native-orchestrator attach code-agent$/m,
    );
    const { pid, cwd, argv, env } = startedOf(at, code);
    const record = recordOf(at, code);
    assert.equal(cwd, at.root);
    assert.equal(record.pid, pid, 'the pid is that of claude itself');
    assert.equal(record.phase, 'running');
    assert.equal(record.runner, 'tmux');
    assert.equal(record.sessionId, argv[argv.indexOf('--session-id') + 1]);
    assert.equal(record.launch, env.NATIVE_ORCHESTRATOR_LAUNCH);
    assert.deepEqual(record.argv.slice(1), argv);
    assert.ok(record.socket?.startsWith(at.folder) && record.pidStarted);
    assert.equal(
      tmuxOn(
        at,
        'list-sessions',
        '-F',
        '#{session_name} #{@native_orchestrator_workspace} #{@native_orchestrator_launch}',
      ).trim(),
      `iw-code-agent ${path.basename(stateOf(at))} ${record.launch}`,
    );

    const line = { v: 1, t: record.startedAt, n: 1, launch: record.launch, agent: code, src: 'report' };
    const spool = path.join(stateOf(at), 'spool', `${record.launch}.jsonl`);
    for (const event of ['SessionStart', 'Stop'])
      fs.appendFileSync(
        spool,
        `${JSON.stringify({ ...line, id: event, session: record.sessionId, event })}\n`,
      );
    assert.match((await expectCli(at, ['status', code], 0)).stdout, /needs you: done/);

    const terminal = inTerminal(at, ['attach', code], cliFile);
    await until('shown', () => terminal.screen().includes('code-agent is at its prompt'));
    terminal.type('C-b', 'd');
    // The outer tmux may write that the pane is dead over what the inner one said.
    await until('left', () => /\[detached|Pane is dead \(status 0/.test(terminal.screen()));
    assert.ok(isAlive(pid));
    // A person has seen that it is done.
    await until('noted', () => fs.existsSync(path.join(stateOf(at), 'seen', `${code}.json`)));
    assert.match((await expectCli(at, ['status', code], 0)).stdout, /idle/);

    await expectCli(at, ['stop', code, '--yes'], 0);
    assert.ok(!isAlive(pid));
    const { phase, endReason, endedAt } = recordOf(at, code);
    assert.deepEqual([phase, endReason], ['ended', 'stopped']);
    assert.ok(endedAt);
    assert.throws(() => tmuxOn(at, 'has-session', '-t', '=iw-code-agent'));
  });

  it('each has its own environment, and none of it is on a command line, in a file or in the server', async () => {
    const at = await sessionStage(manyAgents(3));
    const ids = ['worker-0-agent', 'worker-1-agent', 'worker-2-agent'];
    const values = [
      'it\'s a secret-0 "$(touch pwned)"',
      'secret-1\nEVIL=1\n`touch pwned`',
      '-e secret-2 \\ ; | & #{x}',
    ];
    const seen = new Set<string>();
    for (const [index, id] of ids.entries()) {
      const extra = index === 0 ? { ONLY_FIRST: 'secret-of-first' } : {};
      const look = setInterval(
        () => seen.add(spawnSync('ps', ['axww', '-o', 'args='], { encoding: 'utf8' }).stdout),
        20,
      );
      await startAll(at, [id], { GREETING: values[index] ?? '', ...extra });
      clearInterval(look);
    }
    seen.add(spawnSync('ps', ['axww', '-o', 'args='], { encoding: 'utf8' }).stdout);
    for (const [index, id] of ids.entries()) {
      const { env } = startedOf(at, id);
      assert.equal(env.GREETING, values[index]);
      assert.equal(env.EVIL, undefined);
      assert.equal(env.ONLY_FIRST, index === 0 ? 'secret-of-first' : undefined);
      assert.equal(env.HOME, at.home);
      assert.match(env.TMUX ?? '', /^\//);
      assert.equal(env.NATIVE_ORCHESTRATOR_AGENT, id);
    }
    assert.ok(
      [...seen].some((text) => text.includes('--session-id')),
      'ps was looked at',
    );
    for (const text of seen) assert.ok(!text.includes('secret-'), 'a value on a command line');
    assert.ok(!tmuxOn(at, 'show-environment', '-g').includes('secret-'));
    for (const id of ids) assert.ok(!tmuxOn(at, 'show-environment', '-t', `=iw-${id}`).includes('secret-'));
    for (const name of fs.readdirSync(at.state, { recursive: true, encoding: 'utf8' })) {
      const file = path.join(at.state, name);
      const entry = fs.statSync(file);
      assert.equal(entry.mode & 0o777, entry.isDirectory() ? 0o700 : 0o600, name);
      if (entry.isFile()) assert.ok(!fs.readFileSync(file, 'utf8').includes('secret-'), name);
    }
    assert.ok(!fs.readdirSync(path.join(stateOf(at), 'starts')).some((name) => name.endsWith('.sh')));
    assert.ok(!fs.existsSync(path.join(at.root, 'pwned')));
  });

  it('planning never means planning-agent', async () => {
    const at = await sessionStage(planning);
    await startAll(at, ['planning-agent']);
    const { pid } = startedOf(at, 'planning-agent');
    listAs(at, { 'planning-agent': { status: 'idle' } });
    assert.match((await expectCli(at, ['stop', 'planning', '--yes'], 0)).stdout, /planning does not run/);
    assert.match((await expectCli(at, ['attach', 'planning'], 2)).stderr, /planning does not run/);
    assert.match((await expectCli(at, ['send', 'planning', 'x'], 2)).stderr, /planning does not run/);
    await startAll(at, ['planning']);
    const other = startedOf(at, 'planning').pid;
    assert.notEqual(other, pid);
    await expectCli(at, ['stop', 'planning', '--yes'], 0);
    assert.ok(!isAlive(other) && isAlive(pid));
    assert.equal(tmuxOn(at, 'list-sessions', '-F', '#{session_name}').trim(), 'iw-planning-agent');
  });

  it('somebody else’s session of that name is left as it is', async () => {
    const at = await sessionStage();
    await startAll(at, ['test-agent']);
    tmuxOn(at, 'new-session', '-d', '-s', 'iw-code-agent', 'sleep', '1000');
    const foreign = (): string =>
      tmuxOn(at, 'list-panes', '-t', '=iw-code-agent:', '-F', '#{pane_pid}').trim();
    const pid = foreign();
    const { stderr } = await expectCli(at, ['start', code, '--runner', 'tmux'], 2);
    assert.match(stderr, /has a session iw-code-agent already.*left as it is.*--runner terminal/);
    assert.deepEqual([recordOf(at, code).phase, recordOf(at, code).endReason], ['ended', 'not started']);
    for (const words of [
      ['send', code, 'x'],
      ['attach', code],
    ])
      assert.match((await expectCli(at, words, 2)).stderr, /does not run/);
    await expectCli(at, ['stop', '--all', '--yes'], 0);
    assert.equal(foreign(), pid);
    assert.ok(!startsOf(at).includes(code));
    assert.ok(!fs.readdirSync(path.join(stateOf(at), 'starts')).some((name) => name.endsWith('.sh')));
    // Even a record that claims it does not make it ours.
    writeRecordOf(at, {
      ...recordOf(at, 'test-agent'),
      agent: code,
      phase: 'running',
      launch: '11111111-1111-4111-8111-111111111111',
      pid: Number(pid),
    });
    await cli(at, ['stop', code, '--yes', '--grace', '0']);
    await cli(at, ['send', code, 'exit']);
    assert.equal(foreign(), pid);
  });

  it('one live launch per agent: a second start tells and starts nothing', async () => {
    const at = await sessionStage();
    await startAll(at, [code]);
    const { pid } = startedOf(at, code);
    const again = await expectCli(at, ['start', code, '--runner', 'tmux'], 0);
    assert.match(
      again.stdout,
      new RegExp(`runs already \\(tmux, pid ${pid}\\).*Nothing was started.*attach code-agent`),
    );
    const here = await expectCli(at, ['start', code], 2);
    assert.match(here.stderr, /runs already/);
    assert.deepEqual(startsOf(at), [code]);
    assert.equal(recordsOf(at, code).length, 1);
  });

  it('of many starts at the same time one starts', async () => {
    const at = await sessionStage();
    const results = await Promise.all(
      Array.from({ length: 5 }, () => cli(at, ['start', code, '--runner', 'tmux'])),
    );
    assert.equal(results.filter(({ stdout }) => stdout.includes('code-agent started')).length, 1);
    assert.equal(
      results.filter(({ stdout }) => stdout.includes('runs already')).length,
      4,
      results.map(({ text }) => text).join(''),
    );
    await until('started', () => startsOf(at).length > 0);
    assert.deepEqual(startsOf(at), [code]);
  });

  it('a pid that came again is not touched', async () => {
    const at = await sessionStage();
    await startAll(at, [code]);
    const record = recordOf(at, code);
    const bystander = spawn('sleep', ['1000'], { stdio: 'ignore' });
    const pid = bystander.pid ?? 0;
    try {
      writeRecordOf(at, { ...record, pid });
      assert.match((await expectCli(at, ['stop', code, '--yes', '--grace', '0'], 0)).stdout, /does not run/);
      assert.deepEqual([recordOf(at, code).phase, recordOf(at, code).endReason], ['ended', 'gone']);
      // Without a start time a pid proves nothing.
      const { pidStarted: _, ...without } = record;
      writeRecordOf(at, { ...without, pid });
      const { stderr } = await expectCli(at, ['stop', code, '--yes', '--grace', '0'], 2);
      assert.match(stderr, /does not say whether that is still it.*left alone/);
      assert.equal(recordOf(at, code).endReason, undefined);
      assert.match((await expectCli(at, ['start', code], 2)).stderr, /does not say whether/);
      assert.ok(isAlive(pid));
    } finally {
      bystander.kill('SIGKILL');
    }
  });

  it('one whose starter was killed before it could record the pid is found again', async () => {
    const at = await sessionStage();
    await startAll(at, [code]);
    const { pid, pidStarted: _, pane, socket, ...before } = recordOf(at, code);
    const startedAt = new Date(Date.now() - 60_000).toISOString();
    writeRecordOf(at, { ...before, phase: 'starting', startedAt });
    const pidFile = path.join(stateOf(at), 'starts', `${before.launch}.pid`);
    fs.writeFileSync(pidFile, `${pid}\n`, { mode: 0o600 });
    assert.match((await expectCli(at, ['start', code, '--runner', 'tmux'], 0)).stdout, /runs already/);
    assert.deepEqual(startsOf(at), [code]);
    listAs(at, { [code]: { status: 'idle' } });
    await expectCli(at, ['send', code, 'x'], 0);
    await expectCli(at, ['stop', code], 0);
    assert.ok(!isAlive(pid ?? 0));
    assert.ok(pane && socket);
    // A pid of somebody else's there is nobody's.
    writeRecordOf(at, { ...before, phase: 'starting', startedAt });
    fs.writeFileSync(pidFile, `${process.pid}\n`, { mode: 0o600 });
    await expectCli(at, ['stop', code, '--yes', '--grace', '0'], 0);
    assert.equal(recordOf(at, code).endReason, 'not started');
  });

  it('what does not end by itself is killed after a while', async () => {
    const at = await sessionStage();
    await startAll(at, [code], { FAKE_CLAUDE: 'stubborn' });
    const { pid } = startedOf(at, code);
    const { stdout } = await expectCli(at, ['stop', code, '--yes', '--grace', '0.2'], 0);
    assert.match(stdout, /was killed/);
    assert.ok(!isAlive(pid));
    assert.equal(recordOf(at, code).phase, 'ended');
  });

  it('what may be at work is stopped only when that is agreed to; what is at rest at once', async () => {
    const at = await sessionStage();
    await startAll(at, [code]);
    const { pid } = startedOf(at, code);
    const { stderr } = await expectCli(at, ['stop', code], 2);
    assert.match(stderr, /Not known to be at rest: code-agent.*--yes.*Nothing was stopped/);
    listAs(at, { [code]: { status: 'busy' } });
    await expectCli(at, ['stop', '--all'], 2);
    assert.ok(isAlive(pid));
    listAs(at, { [code]: { status: 'idle' } });
    await expectCli(at, ['stop', code], 0);
    assert.ok(!isAlive(pid));
  });

  it('one that fails leaves what it said, and makes room for the next', async () => {
    const at = await sessionStage();
    await startAll(at, [code], { FAKE_CLAUDE: '3' });
    const { pid } = startedOf(at, code);
    await until('ended', () => !isAlive(pid));
    await until('said', () =>
      tmuxOn(at, 'capture-pane', '-p', '-t', '=iw-code-agent:').includes('It ended with exit code 3'),
    );
    assert.match(tmuxOn(at, 'capture-pane', '-p', '-t', '=iw-code-agent:'), /code-agent is at its prompt/);
    const terminal = inTerminal(at, ['attach', code], cliFile);
    await until('shown', () => terminal.screen().includes('It ended with exit code 3'));
    await startAll(at, [code], { FAKE_CLAUDE: '0' });
    await until(
      'closed',
      () =>
        spawnSync('tmux', ['-S', recordOf(at, code).socket ?? '', 'has-session'], { env: at.env }).status !==
        0,
    );
    await startAll(at, [code]);
    assert.deepEqual(
      recordsOf(at, code).map(({ endReason }) => endReason),
      [undefined, 'exit 0', 'exit 3'],
    );
    assert.equal(recordsOf(at, code).filter(({ phase }) => phase === 'running').length, 1);
  });

  it('TMUX_SOCKET_OVERRIDE names the server', async () => {
    const at = await sessionStage();
    const env = { TMUX_SOCKET_OVERRIDE: 'mine' };
    await startAll(at, [code], env);
    assert.match(recordOf(at, code).socket ?? '', /\/mine$/);
    const { pid } = startedOf(at, code);
    await expectCli(at, ['stop', code, '--yes'], 0);
    assert.ok(!isAlive(pid), 'found by its record, without the variable');
    for (const bad of ['../x', 'a b', '-S', '$(x)', '/tmp/a\nb'])
      assert.match(
        (await expectCli(at, ['start', code, '--runner', 'tmux'], 2, { env: { TMUX_SOCKET_OVERRIDE: bad } }))
          .stderr,
        /TMUX_SOCKET_OVERRIDE is .*Mend or unset it/,
      );
  });

  it('a damaged record is told of and harms nothing', async () => {
    const at = await sessionStage();
    await startAll(at, [code]);
    fs.writeFileSync(path.join(stateOf(at), 'sessions', 'x.json'), '{"format":1,"pid":1}');
    fs.writeFileSync(path.join(stateOf(at), 'sessions', 'y.json'), '{"format":2}');
    const { stderr, stdout } = await expectCli(at, ['stop', '--all', '--yes'], 0);
    assert.match(stderr, /x\.json is left out/);
    assert.match(stderr, /y\.json is left out.*format 2.*update/);
    assert.match(stdout, /code-agent stopped/);
  });
});
