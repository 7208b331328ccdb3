// Handoffs with a real tmux: checked, recorded before they are typed, refused with the reason, and never more than the registry allows.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import {
  type CliOptions,
  cli,
  endOf,
  expectCli,
  put,
  removeScratch,
  type Scratch,
  startCli,
} from './cliProcess.ts';
import {
  listAs,
  recordOf,
  sessionStage,
  startAll,
  startedOf,
  startsOf,
  stateOf,
  stopSessions,
  until,
} from './fakeSessions.ts';

const hasTmux = spawnSync('tmux', ['-V']).status === 0;
const [from, to] = ['code-agent', 'test-agent'];
const task = 'Test it:\n$(touch pwned) "quoted"';

afterEach(stopSessions);
after(removeScratch);

const typed = (at: Scratch, id: string): string => {
  const file = path.join(at.home, `typed-${id}`);
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8').replaceAll('\r', '\n') : '';
};

interface Record {
  readonly id: string;
  readonly state: string;
  readonly reason?: string;
  readonly launch?: string;
  readonly sentBy: string;
}

/** The records as files, and their modes are looked at. */
function recordsOf(at: Scratch): readonly Record[] {
  const folder = path.join(stateOf(at), 'handoffs');
  if (!fs.existsSync(folder)) return [];
  assert.equal(fs.statSync(folder).mode & 0o777, 0o700);
  return fs.readdirSync(folder).map((name) => {
    assert.equal(fs.statSync(path.join(folder, name)).mode & 0o777, 0o600);
    return JSON.parse(fs.readFileSync(path.join(folder, name), 'utf8'));
  });
}

/** A stage whose test-agent runs and is idle. */
async function idleStage(): Promise<Scratch> {
  const at = await sessionStage();
  await startAll(at, [to]);
  listAs(at, { [to]: { status: 'idle' } });
  return at;
}

describe('handoff', () => {
  before(function () {
    if (!hasTmux) this.skip();
  });

  it('comes to the target as quoted data in one piece, and its record says so', async () => {
    const at = await idleStage();
    const words = [from, to, '--task', task, '--context', 'a', '--accept', 'green', '--accept', 'fast'];
    const { stdout } = await expectCli(at, ['handoff', ...words], 0);
    assert.match(stdout, /^Handed to test-agent \([0-9a-f]{8}\)\.$/m);
    await until('typed', () => typed(at, to).includes('> - fast'));
    const [record] = recordsOf(at);
    assert.ok(record);
    assert.deepEqual(
      [record.state, record.launch, record.sentBy],
      ['delivered', recordOf(at, to).launch, 'person'],
    );
    assert.ok(
      typed(at, to).includes(
        `Handoff from the agent code-agent, passed on by Native Orchestrator (${record.id}).`,
      ),
    );
    assert.ok(typed(at, to).includes('> Test it:\n> $(touch pwned) "quoted"\n'));
    assert.ok(!fs.existsSync(path.join(at.root, 'pwned')));
    const shown = await expectCli(at, ['handoff', 'list'], 0);
    assert.match(
      shown.stdout,
      /^[0-9a-f]{8} {2}code-agent → test-agent {2}delivered .*Test it: \$\(touch pwned\)/m,
    );
    const { handoffs } = JSON.parse((await expectCli(at, ['status', '--format', 'json'], 0)).stdout);
    assert.deepEqual(handoffs, [record]);
    assert.deepEqual(
      JSON.parse((await expectCli(at, ['handoff', 'list', '--format', 'json'], 0)).stdout).handoffs,
      [record],
    );
  });

  it('comes out of a file, or of standard input', async () => {
    const at = await idleStage();
    fs.writeFileSync(path.join(at.home, 'h.json'), JSON.stringify({ from, to, task: 'from a file' }));
    await expectCli(at, ['handoff', '--file', path.join(at.home, 'h.json')], 0);
    await until('typed', () => typed(at, to).includes('> from a file'));
    const program = [process.execPath, path.resolve('dist/cli.mjs'), 'handoff', from, to, '--file', '-'];
    const [command = '', ...args] = program;
    const { status, stderr } = spawnSync(command, args, {
      cwd: at.root,
      env: at.env,
      input: '{"task":"from a pipe"}',
      encoding: 'utf8',
    });
    assert.equal(status, 0, stderr);
    await until('typed', () => typed(at, to).includes('> from a pipe'));
  });

  /** What is done to the stage, the words, what is said, and whether a record tells of it. */
  const refusals: readonly (readonly [
    string,
    (at: Scratch) => Promise<void> | void,
    readonly string[],
    RegExp,
    boolean,
    CliOptions?,
  ])[] = [
    [
      'a question is open on its screen',
      (at) => listAs(at, { [to]: { status: 'waiting', waitingFor: 'permission prompt' } }),
      [from, to, '--task', 'x'],
      /Nothing was typed into test-agent: it waits for a person/,
      true,
    ],
    [
      'claude does not say what it does',
      (at) => listAs(at, {}),
      [from, to, '--task', 'x'],
      /claude does not say/,
      true,
    ],
    [
      'it does not run',
      (at) => void expectStop(at),
      [from, to, '--task', 'x'],
      /test-agent does not run\..*--start/,
      true,
    ],
    [
      'the registry does not allow it',
      () => {},
      [to, from, '--task', 'x'],
      /test-agent may not hand work to code-agent: agents\/registry\.yaml:\d+ does not list it.*It may hand work to: nobody\. To code-agent may: nobody/,
      true,
    ],
    ['it is the same agent', () => {}, [from, from, '--task', 'x'], /cannot hand work to itself/, true],
    ['the agent is unknown', () => {}, [from, 'tst-agent', '--task', 'x'], /Did you mean test-agent/, false],
    ['the task is missing', () => {}, [from, to], /Say what is to be done/, false],
    ['the task is a control', () => {}, [from, to, '--task', 'a\u001b[201~'], /control characters/, false],
    ['the id is a path', () => {}, [from, '../../x', '--task', 'x'], /to is not an agent id/, false],
    ['the file is none', () => {}, [from, to, '--file', '/nowhere'], /does not exist/, false],
    [
      'both ways are used',
      () => {},
      [from, to, '--file', 'x', '--task', 'y'],
      /or give all of it in a file/,
      false,
    ],
    [
      'a session speaks for another agent',
      () => {},
      [from, to, '--task', 'x'],
      /session of test-agent, which cannot hand over in the name of code-agent/,
      false,
      { env: { NATIVE_ORCHESTRATOR_AGENT: to } },
    ],
    [
      'a session would start an agent',
      () => {},
      [from, to, '--task', 'x', '--start'],
      /No session starts another one/,
      false,
      { env: { NATIVE_ORCHESTRATOR_AGENT: from } },
    ],
    [
      'the registry has errors',
      (at) => void put(at, 'agents/registry.yaml', 'agents: ['),
      [from, to, '--task', 'x'],
      /registry has errors/,
      false,
    ],
  ];
  const expectStop = (at: Scratch): void => {
    process.kill(startedOf(at, to).pid, 'SIGKILL');
  };
  for (const [title, prepare, words, message, isRecorded, options] of refusals)
    it(`is refused when ${title}`, async () => {
      const at = await idleStage();
      await prepare(at);
      const { stderr } = await expectCli(at, ['handoff', ...words], 2, options);
      assert.match(stderr, message);
      assert.equal(typed(at, to), '');
      const records = recordsOf(at);
      assert.equal(records.length, isRecorded ? 1 : 0);
      if (isRecorded) {
        assert.equal(records[0]?.state, 'refused');
        assert.match((await expectCli(at, ['handoff', 'list'], 0)).stdout, /refused/);
      }
    });

  it('says in its record that a session sent it', async () => {
    const at = await idleStage();
    await expectCli(at, ['handoff', from, to, '--task', 'x'], 0, {
      env: { NATIVE_ORCHESTRATOR_AGENT: from },
    });
    assert.equal(recordsOf(at)[0]?.sentBy, 'session');
  });

  it('starts the target where that is wanted, and waits until it is at its prompt', async () => {
    const at = await sessionStage();
    const running = startCli(at, ['handoff', from, to, '--task', 'after a start', '--start']);
    const end = endOf(running);
    await until(
      'started',
      () => startsOf(at).includes(to) && fs.existsSync(path.join(at.home, `started-${to}.json`)),
    );
    assert.equal(recordsOf(at)[0]?.state, 'recorded');
    listAs(at, { [to]: { status: 'idle' } });
    const { code, text } = await end;
    assert.equal(code, 0, text);
    await until('typed', () => typed(at, to).includes('> after a start'));
    assert.equal(recordsOf(at)[0]?.state, 'delivered');
  });

  it('a start that is refused refuses the handoff, too', async () => {
    const at = await sessionStage();
    put(at, 'agents/test-agent/.claude/settings.json', '{}');
    const { stderr } = await expectCli(at, ['handoff', from, to, '--task', 'x', '--start'], 2);
    assert.match(stderr, /test-agent (is disarmed|does not match)/);
    assert.equal(recordsOf(at)[0]?.state, 'refused');
    assert.deepEqual(startsOf(at), []);
  });

  it('records that are no records are left out and told of', async () => {
    const at = await idleStage();
    await expectCli(at, ['handoff', from, to, '--task', 'x'], 0);
    const folder = path.join(stateOf(at), 'handoffs');
    fs.writeFileSync(path.join(folder, 'x.json'), '{}');
    fs.symlinkSync('/etc/passwd', path.join(folder, 'y.json'));
    const { stdout, stderr } = await cli(at, ['handoff', 'list']);
    assert.match(stdout, /^1 handoff$/m);
    assert.match(stderr, /x\.json is not used[\s\S]*y\.json is not used/);
  });
});
