// Real sessions in a real tmux: started, sent to, refused while a question is open, stopped and gone on with.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { after, before, it } from 'mocha';
import { FleetFolder } from './fleetFolder.ts';
import { claudeBinary, claudeEnvironment, describeWithClaude } from './realClaude.ts';
import { type ModelRequest, type Script, ScriptedModel, say, turns, use } from './scriptedModel.ts';

const [agent, other] = ['shell-agent', 'maker-agent'];
const hasTmux = spawnSync('tmux', ['-V']).status === 0;
const patienceMs = 30_000;

describeWithClaude('sessions in tmux', () => {
  let model: ScriptedModel;
  let fleet: FleetFolder;
  let env: Readonly<Record<string, string | undefined>>;

  before(async function () {
    if (!hasTmux) this.skip();
    model = await ScriptedModel.start();
    fleet = new FleetFolder('test/fixtures/workshop');
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

  const cli = (...words: readonly string[]) => {
    const args = [path.resolve('dist/cli.mjs'), ...words];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      env,
      cwd: fleet.root,
      encoding: 'utf8',
    });
    return { status, stdout, stderr };
  };
  const expectCli = (...words: readonly string[]): string => {
    const { status, stdout, stderr } = cli(...words);
    assert.equal(status, 0, `${words.join(' ')}\n${stdout}${stderr}`);
    return stdout;
  };
  const screen = (id: string): string =>
    execFileSync('tmux', ['-S', env.TMUX_SOCKET_OVERRIDE ?? '', 'capture-pane', '-p', '-t', `=iw-${id}:`], {
      env,
      encoding: 'utf8',
    });
  const sessionOf = (id: string): Readonly<Record<string, string>> =>
    JSON.parse(cli('status', id, '--format', 'json').stdout).agents[0].session;

  async function until(what: string, isSo: () => boolean): Promise<void> {
    const deadline = performance.now() + patienceMs;
    while (!isSo()) {
      if (performance.now() > deadline) assert.fail(`never: ${what}\n${screen(agent)}`);
      await setTimeout(50); // nothing tells of what another program shows
    }
  }
  const shows = (id: string, state: string, need?: string): Promise<void> =>
    until(`${id} ${state} ${need ?? ''}`, () => {
      const session = sessionOf(id);
      return session.state === state && session.need === need;
    });
  const spooled = (id: string, event: string): boolean =>
    readdirSync(fleet.state, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.jsonl'))
      .some((file) =>
        readFileSync(path.join(fleet.state, file), 'utf8')
          .split('\n')
          .some((line) => line.includes(`"agent":"${id}"`) && line.includes(`"event":"${event}"`)),
      );

  it('two run beside each other, and what is sent to one comes to it in one piece', async () => {
    const heard: ModelRequest[] = [];
    const script: Script = (request) => {
      heard.push(request);
      return [say('Heard.')];
    };
    model.play(script);
    expectCli('start', agent, other);
    for (const id of [agent, other]) await shows(id, 'idle');
    expectCli('send', agent, 'The first line,\nand the second: $(x) "y".');
    await shows(agent, 'needsYou', 'done');
    const texts = heard
      .map(({ messages }) => JSON.stringify(messages))
      .filter((text) => text.includes('first line'));
    assert.ok(texts.length > 0);
    assert.ok(
      texts.every((text) => text.includes('The first line,\\nand the second: $(x) \\"y\\".')),
      texts[0],
    );
    assert.equal(sessionOf(other).state, 'idle');
  });

  it('nothing is typed while a question is open', async () => {
    model.play(
      turns(
        [say('Heard.')],
        [use('Bash', { command: 'touch made-here', description: 'make a file' })],
        [say('Done.')],
      ),
    );
    expectCli('send', agent, 'Make a file.');
    await shows(agent, 'needsYou', 'permission');
    const { status, stderr } = cli('send', agent, '1');
    assert.equal(status, 2);
    assert.match(stderr, /Nothing was typed into shell-agent: it waits for a person/);
    assert.match(screen(agent), /Do you want to proceed/);
  });

  it('one that waits is stopped when that is agreed to, and says that it ended', async () => {
    const { status, stderr } = cli('stop', agent);
    assert.equal(status, 2);
    assert.match(stderr, /Not known to be at rest/);
    assert.match(expectCli('stop', agent, '--yes'), /^shell-agent stopped \(tmux/);
    await until('SessionEnd', () => spooled(agent, 'SessionEnd'));
    assert.equal(sessionOf(agent).state, 'stopped');
    assert.equal(sessionOf(other).state, 'idle');
  });

  it('goes on with its conversation', async () => {
    const { sessionId } = sessionOf(agent);
    const heard: string[] = [];
    model.play(({ messages }) => {
      heard.push(JSON.stringify(messages));
      return [say('Heard again.')];
    });
    expectCli('restart', agent);
    await shows(agent, 'idle');
    assert.equal(sessionOf(agent).sessionId, sessionId);
    expectCli('send', agent, 'And the third.');
    await shows(agent, 'needsYou', 'done');
    assert.ok(heard.some((text) => text.includes('The first line') && text.includes('And the third.')));
  });

  it('after it was killed it starts again, while the other goes on', async () => {
    const before = sessionOf(other).pid;
    process.kill(Number(sessionOf(agent).pid), 'SIGKILL');
    await shows(agent, 'crashed');
    await until('said', () => screen(agent).includes('It ended with exit code 137'));
    expectCli('start', agent, '--runner', 'tmux');
    await shows(agent, 'idle');
    assert.equal(sessionOf(other).pid, before);
    expectCli('stop', '--all');
  });
});
