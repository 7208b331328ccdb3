// Sessions in the real extension host: recorded, shown, found again, sent to, restarted and ended, in terminals and in tmux.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { adoptTabs } from '../../src/editor/adoptTabs.ts';
import type { EditorApi } from '../../src/editor/extension.ts';
import { sessionHostOf } from '../../src/editor/sessionHost.ts';
import { Terminals } from '../../src/editor/terminals.ts';
import { readRecords, type SessionRecord, writeRecord } from '../../src/sessions/sessionRecord.ts';
import { terminalArguments } from '../../src/sessions/starterScript.ts';
import { stopAgent } from '../../src/sessions/stopAgent.ts';
import { Messages } from './messages.ts';
import { isAlive, StandIn, soon } from './standIn.ts';
import { fileOf, models, outsideFolder, read, restore, storeOf, until, write } from './workbench.ts';

const hasTmux = spawnSync('tmux', ['-V']).status === 0;
const folder = () => vscode.workspace.workspaceFolders?.[0]?.uri.toString() ?? '';
const of = (agent: string) => ({ folder: folder(), agent });
const run = (command: string, argument?: unknown) =>
  vscode.commands.executeCommand(`nativeOrchestrator.${command}`, argument);
const code = 'code-agent';
const test = 'test-agent';

describe('sessions', () => {
  let api: EditorApi;
  let messages: Messages;
  const claude = new StandIn();
  const socket = path.join(outsideFolder('tmux'), 'socket');
  const log = { info() {}, warn() {}, error() {}, debug() {} } as unknown as vscode.LogOutputChannel;
  const host = () => sessionHostOf(storeOf(api));
  const records = (agent: string): readonly SessionRecord[] =>
    readRecords(host()).records.filter((record) => record.agent === agent);
  const record = (agent: string): SessionRecord => {
    const [newest] = records(agent);
    if (!newest) throw new Error(`no record of ${agent}`);
    return newest;
  };
  const optionsOf = (terminal: vscode.Terminal | undefined): vscode.TerminalOptions => {
    if (!terminal) throw new Error('there is no terminal');
    return terminal.creationOptions;
  };
  const names = () => vscode.window.terminals.map(({ name }) => name).sort();
  const tmux = (...args: readonly string[]): string =>
    spawnSync('tmux', ['-S', socket, ...args], { encoding: 'utf8' }).stdout;
  const clients = () => tmux('list-clients', '-F', '#{session_name}').trim();
  const startedIn = async (runner: 'tmux' | 'terminal', agent: string) => {
    await claude.use(runner);
    await run('startAgent', of(agent));
    const told = await claude.started(agent);
    await soon('its record', () => record(agent).phase === 'running');
    claude.lists([[agent, { status: 'idle' }]]);
    return told;
  };

  before(async () => {
    process.env.TMUX_SOCKET_OVERRIDE = socket;
    api = await models();
  });
  beforeEach(async () => {
    await restore(api);
    messages = new Messages();
    claude.clear();
  });
  afterEach(async () => {
    messages.dispose();
    for (const agent of [code, test]) await stopAgent(host(), fileOf('.'), agent, 0);
    for (const terminal of vscode.window.terminals) terminal.dispose();
    await until(api, 'no terminals', () => vscode.window.terminals.length === 0);
    fs.rmSync(path.join(host().stateDirectory, 'sessions'), { recursive: true, force: true });
  });
  after(async () => {
    tmux('kill-server');
    delete process.env.TMUX_SOCKET_OVERRIDE;
    await claude.dispose();
    await restore(api);
  });

  describe('in a terminal', () => {
    it('is recorded with the process of its terminal, before which nothing else was started', async () => {
      const { pid, args, env } = await startedIn('terminal', code);
      const own = record(code);
      assert.equal(own.pid, pid);
      assert.equal(await vscode.window.terminals[0]?.processId, pid);
      assert.ok(own.pidStarted);
      assert.deepEqual([own.runner, own.phase, own.cwd], ['terminal', 'running', fileOf('.')]);
      assert.deepEqual(own.argv.slice(1), args);
      assert.equal(env.NATIVE_ORCHESTRATOR_LAUNCH, own.launch);
      const { isTransient, env: given } = optionsOf(vscode.window.terminals[0]);
      assert.equal(isTransient, false, 'it survives a reload');
      assert.deepEqual(given, {}, 'nothing of the launch is kept by the editor');
      const starts = path.join(host().stateDirectory, 'starts');
      assert.deepEqual(
        fs.readdirSync(starts).filter((name) => name.endsWith('.sh')),
        [],
      );
    });

    it('a second start shows it', async () => {
      await startedIn('terminal', code);
      await startedIn('terminal', test);
      await run('startAgent', of(code));
      await until(api, 'it in front', () => vscode.window.activeTerminal?.name === code);
      assert.deepEqual(names(), [code, test]);
      assert.deepEqual([...claude.starts].sort(), [code, test]);
    });

    it('its end is recorded with its exit code', async () => {
      await startedIn('terminal', code);
      vscode.window.terminals[0]?.sendText('exit 3', false);
      await soon('its end', () => record(code).phase === 'ended');
      assert.equal(record(code).endReason, 'exit 3');
      assert.ok(!api.terminals.has(of(code)));
    });

    it('a closed tab is a stop that was meant, and the next start waits for its end', async () => {
      const { pid } = await startedIn('terminal', code);
      vscode.window.terminals[0]?.dispose();
      await until(api, 'no terminal', () => vscode.window.terminals.length === 0);
      await run('startAgent', of(code));
      await soon('another one', () => claude.starts.length === 2);
      assert.ok(!isAlive(pid));
      assert.equal(records(code)[1]?.endReason, 'stopped');
      assert.equal(messages.shown.length, 0);
    });

    it('one that was killed did not end well, whatever code the editor tells', async () => {
      const { pid } = await startedIn('terminal', code);
      process.kill(pid, 'SIGKILL');
      await soon('its end', () => record(code).phase === 'ended');
      assert.equal(record(code).endReason, 'gone');
    });

    it('one whose hooks told of its end has ended well', async () => {
      await startedIn('terminal', code);
      const { launch, agent } = record(code);
      const told = { v: 1, t: new Date().toISOString(), id: randomUUID(), n: 1, launch, agent, session: 's' };
      const line = JSON.stringify({ ...told, src: 'report', event: 'SessionEnd' });
      fs.writeFileSync(path.join(host().stateDirectory, 'spool', `${launch}.jsonl`), `${line}\n`);
      vscode.window.terminals[0]?.sendText('exit 0', false);
      await soon('its end', () => record(code).phase === 'ended');
      assert.equal(record(code).endReason, 'exit 0');
    });

    it('brought back with the same command line, it ends at once and starts nothing', async () => {
      await startedIn('terminal', code);
      const [first] = vscode.window.terminals;
      const { shellPath, shellArgs } = optionsOf(first);
      assert.ok(shellPath && Array.isArray(shellArgs));
      assert.deepEqual(shellArgs, terminalArguments(shellArgs[3] ?? ''));
      const again = vscode.window.createTerminal({ name: 'revived', shellPath, shellArgs });
      await until(api, 'its end', () => again.exitStatus !== undefined);
      assert.equal(again.exitStatus?.code, 0);
      assert.deepEqual(claude.starts, [code]);
      assert.ok(api.terminals.has(of(code)));
    });

    it('is found again by its process, and no other terminal is taken for it', async () => {
      await startedIn('terminal', code);
      const [own] = vscode.window.terminals;
      const other = vscode.window.createTerminal({ name: code, shellPath: '/bin/cat' });
      await other.processId;
      const terminals = new Terminals(log);
      try {
        await adoptTabs({ fleets: api.fleets, terminals, log });
        assert.equal(terminals.tabOf(of(code))?.terminal, own);
        assert.equal(terminals.agentOf(other), undefined);
        assert.ok(!terminals.has(of(test)));
        own?.sendText('exit 4', false);
        await soon('its end', () => record(code).phase === 'ended');
        assert.equal(record(code).endReason, 'exit 4');
        await soon('forgotten', () => !terminals.has(of(code)));
      } finally {
        terminals.dispose();
      }
    });

    it('that runs elsewhere is not started again; the message has a way out', async () => {
      await claude.use('terminal');
      await run('startAgent', of(code));
      const { pid } = await claude.started(code);
      await soon('its record', () => record(code).phase === 'running');
      // As another window would have it: its process is no terminal of ours.
      const elsewhere = spawnSync('/bin/sh', ['-c', 'sleep 1000 > /dev/null 2>&1 & echo $!'], {
        encoding: 'utf8',
      });
      const stranger = Number(elsewhere.stdout);
      try {
        const started = fs.readFileSync(`/proc/${stranger}/stat`, 'utf8').split(') ')[1]?.split(' ')[19];
        const boot = record(code).pidStarted?.split(':')[0];
        await writeRecord(host(), { ...record(code), pid: stranger, pidStarted: `${boot}:${started}` });
        vscode.window.terminals[0]?.dispose();
        await soon('gone', () => !isAlive(pid) && !api.terminals.has(of(code)));
        await api.terminals.ended(of(code));
        await writeRecord(host(), {
          ...record(code),
          phase: 'running',
          endReason: undefined,
          endedAt: undefined,
        } as never);
        void run('startAgent', of(code));
        await messages.accept(/^code-agent runs in a terminal outside of this window \(pid \d+\)/);
        assert.deepEqual(claude.starts, [code]);
      } finally {
        process.kill(stranger, 'SIGKILL');
      }
    });

    it('a prompt is typed into it as a paste', async () => {
      await startedIn('terminal', code);
      await withInput('what is up?\ttab', () => run('sendPrompt', of(code)));
      await soon('typed', () => claude.typed(code).endsWith('\r'));
      assert.equal(claude.typed(code), '\u001b[200~what is up?\ttab\u001b[201~\r');
    });

    it('stops when it is asked to, and the editor raises no alarm', async () => {
      const { pid } = await startedIn('terminal', code);
      await run('stopAgent', of(code));
      assert.ok(!isAlive(pid));
      assert.deepEqual([record(code).phase, record(code).endReason], ['ended', 'stopped']);
      await until(api, 'no terminal', () => vscode.window.terminals.length === 0);
      assert.deepEqual(messages.shown, []);
    });
  });

  describe('in tmux', () => {
    before(function () {
      if (!hasTmux) this.skip();
    });

    it('runs in a session of its own, which its tab shows', async () => {
      const { pid, env } = await startedIn('tmux', code);
      const own = record(code);
      assert.deepEqual([own.pid, own.runner], [pid, 'tmux']);
      await soon('shown', () => clients() === 'iw-code-agent');
      assert.deepEqual(names(), [code]);
      assert.equal(optionsOf(vscode.window.terminals[0]).isTransient, false);
      const editors = Object.keys(env).filter((name) => /^(VSCODE|ELECTRON)_/.test(name));
      assert.deepEqual(editors, [], 'nothing of the editor’s own');
    });

    it('goes on when its tab is closed, and is shown again', async () => {
      const { pid } = await startedIn('tmux', code);
      await soon('shown', () => clients() === 'iw-code-agent');
      await run('detachAgent', of(code));
      await until(api, 'no terminal', () => vscode.window.terminals.length === 0);
      await soon('left', () => clients() === '');
      assert.ok(isAlive(pid));
      assert.equal(record(code).phase, 'running');
      for (const command of ['attachAgent', 'startAgent']) {
        await run(command, of(code));
        await soon('shown again', () => clients() === 'iw-code-agent');
        assert.deepEqual(names(), [code]);
      }
      assert.deepEqual(claude.starts, [code]);
    });

    it('its tab is found again by what tmux says of it', async () => {
      await startedIn('tmux', code);
      await startedIn('tmux', test);
      await soon('both shown', () => clients().split('\n').length === 2);
      const terminals = new Terminals(log);
      try {
        const other = vscode.window.createTerminal({ name: code, shellPath: '/bin/cat' });
        await adoptTabs({ fleets: api.fleets, terminals, log });
        for (const agent of [code, test])
          assert.equal(terminals.tabOf(of(agent))?.terminal, api.terminals.tabOf(of(agent))?.terminal);
        assert.equal(terminals.agentOf(other), undefined);
      } finally {
        terminals.dispose();
      }
    });

    it('its tab, brought back when tmux is gone, closes without a word', async () => {
      const { pid } = await startedIn('tmux', code);
      await soon('shown', () => clients() === 'iw-code-agent');
      const { shellPath, shellArgs } = optionsOf(vscode.window.terminals[0]);
      assert.ok(shellPath && Array.isArray(shellArgs));
      tmux('kill-server');
      await soon('gone', () => !isAlive(pid));
      const again = vscode.window.createTerminal({ name: 'revived', shellPath, shellArgs });
      await until(api, 'its end', () => again.exitStatus !== undefined);
      assert.equal(again.exitStatus?.code, 0);
      assert.deepEqual(claude.starts, [code]);
    });

    it('a tab that somebody else opens for it is known', async () => {
      await startedIn('tmux', code);
      await run('detachAgent', of(code));
      await until(api, 'no terminal', () => vscode.window.terminals.length === 0);
      const made = vscode.window.createTerminal({
        shellPath: 'tmux',
        shellArgs: ['-S', socket, 'attach-session', '-t', '=iw-code-agent:'],
        env: { TMUX: null },
      });
      await until(api, 'it known', () => api.terminals.agentOf(made)?.agent === code);
      await run('attachAgent', of(code));
      assert.deepEqual(vscode.window.terminals, [made]);
    });

    it('a prompt is typed into it, and none while a question is open or nobody can tell', async () => {
      await startedIn('tmux', code);
      await withInput('go on', () => run('sendPrompt', of(code)));
      await soon('typed', () => claude.typed(code).includes('go on'));
      for (const [listed, words] of [
        [{ status: 'waiting', waitingFor: 'permission prompt' }, /waits for a person \(permission prompt\)/],
        [undefined, /claude does not say what it does/],
      ] as const) {
        claude.lists(listed ? [[code, listed]] : []);
        await withInput('and this', () => run('sendPrompt', of(code)));
        await messages.accept(new RegExp(`^Nothing is typed into code-agent: .*${words.source}`));
      }
      assert.ok(!claude.typed(code).includes('and this'));
    });

    it('what may be at work is ended only when that is agreed to', async () => {
      const { pid } = await startedIn('tmux', code);
      claude.lists([[code, { status: 'busy' }]]);
      const first = run('stopAgent', of(code));
      await messages.accept(/^code-agent may be at work/);
      await first;
      assert.ok(isAlive(pid));
      const second = run('stopAgent', of(code));
      await messages.accept(/^code-agent may be at work/, 'Stop');
      await second;
      assert.ok(!isAlive(pid));
      assert.equal(record(code).endReason, 'stopped');
      await until(api, 'no terminal', () => vscode.window.terminals.length === 0);
    });

    it('restarts; without a conversation to go on with it says so', async () => {
      const { pid, args } = await startedIn('tmux', code);
      await run('restartAgent', of(code));
      await soon('another one', () => claude.starts.length === 2 && claude.told(code)?.pid !== pid);
      assert.ok(!isAlive(pid));
      assert.match(messages.shown.join(), /no conversation of code-agent to go on with; it began anew/);
      assert.notDeepEqual(claude.told(code)?.args, args);
      assert.deepEqual(
        records(code).map(({ phase, runner }) => [phase, runner]),
        [
          ['running', 'tmux'],
          ['ended', 'tmux'],
        ],
      );
      await until(api, 'one terminal', () => vscode.window.terminals.length === 1);
    });

    it('restarts with its conversation where claude has it, and without a tab where it had none', async () => {
      const { pid } = await startedIn('tmux', code);
      await run('detachAgent', of(code));
      await until(api, 'no terminal', () => vscode.window.terminals.length === 0);
      const { sessionId } = record(code);
      await withConversation(record(code), async () => {
        await run('restartAgent', of(code));
        await soon('another one', () => claude.starts.length === 2 && claude.told(code)?.pid !== pid);
        const { args } = await claude.started(code);
        assert.equal(args[args.indexOf('--resume') + 1], sessionId);
      });
      assert.deepEqual(names(), []);
      assert.deepEqual(messages.shown, []);
    });

    it('one that left the registry is ended all the same', async () => {
      const { pid } = await startedIn('tmux', test);
      const registry = read('agents/registry.yaml');
      write(
        'agents/registry.yaml',
        registry.slice(0, registry.indexOf('  test-agent:')).replace('[test-agent]', '[]'),
      );
      storeOf(api).inspectNow();
      assert.equal(api.fleets.find(of(test)), undefined);
      await run('stopAgent', of(test));
      assert.ok(!isAlive(pid));
    });

    it('a restart that is refused ends nothing', async () => {
      const { pid } = await startedIn('tmux', code);
      fs.rmSync(fileOf('agents/code-agent/.claude/settings.json'));
      const restarted = run('restartAgent', of(code));
      await messages.accept(/^code-agent /);
      await restarted;
      assert.ok(isAlive(pid));
      assert.equal(record(code).phase, 'running');
    });

    it('one that was cut off offers its conversation, once, and resumes it', async () => {
      const { pid } = await startedIn('tmux', code);
      const { sessionId } = record(code);
      await withConversation(record(code), async () => {
        // As after a reboot: nothing of tmux is left, and nobody saw it end.
        tmux('kill-server');
        await soon('gone', () => !isAlive(pid));
        await until(api, 'no terminal', () => vscode.window.terminals.length === 0);
        await withPick(undefined, () => run('startAgent', of(code)));
        assert.deepEqual(claude.starts, [code], 'nobody answered');
        const asked = await withPick('Resume', () => run('startAgent', of(code)));
        assert.match(asked.join(), /The last session of code-agent ended without being stopped/);
        await soon('another one', () => claude.starts.length === 2);
        const { args } = await claude.started(code);
        assert.equal(args[args.indexOf('--resume') + 1], sessionId);
        await run('stopAgent', of(code));
        assert.deepEqual(
          await withPick('Start Fresh', () => run('startAgent', of(code))),
          [],
          'that was stopped',
        );
        await soon('a third', () => claude.starts.length === 3);
      });
    });

    it('all start in the background, those with autostart first', async () => {
      await claude.use('tmux');
      await run('startAll');
      await soon('both', () => claude.starts.length === 2);
      assert.deepEqual(names(), []);
      assert.deepEqual(messages.shown, []);
      claude.lists([
        [code, { status: 'idle' }],
        [test, { status: 'idle' }],
      ]);
      await run('stopAll');
      for (const agent of [code, test]) assert.equal(record(agent).endReason, 'stopped');

      write(
        'agents/registry.yaml',
        read('agents/registry.yaml').replace(
          '  test-agent:\n',
          '  test-agent:\n    autostart: true\n    group: Testers\n',
        ),
      );
      storeOf(api).inspectNow();
      await vscode.commands.executeCommand('nativeOrchestrator.generateAll');
      await run('startAll');
      await soon('one', () => claude.starts.length === 3);
      assert.equal(claude.starts[2], test);
      claude.lists([[test, { status: 'idle' }]]);
      await run('stopAll');
      await run('startGroup', { folder: folder(), group: 'Testers' });
      await soon('the group', () => claude.starts.length === 4);
      assert.equal(claude.starts[3], test);
    });

    it('what is refused among several is told of once, with the way out', async () => {
      await claude.use('tmux');
      fs.rmSync(fileOf('agents/code-agent/.claude/settings.json'));
      await run('startAll');
      await soon('the other', () => claude.starts.length === 1);
      assert.deepEqual(claude.starts, [test]);
      await messages.accept(/^1 of 2 agents not started\. code-agent /, 'Regenerate and Start');
      await soon('both', () => claude.starts.length === 2);
      assert.ok(fs.existsSync(fileOf('agents/code-agent/.claude/settings.json')));
    });

    it('a cancel begins no more, and those that run stay', async () => {
      await claude.use('tmux');
      const settings = vscode.workspace.getConfiguration('nativeOrchestrator');
      await settings.update('startsAtOnce', 1, vscode.ConfigurationTarget.Workspace);
      claude.isSlow();
      const original = vscode.window.withProgress;
      const cancel = new vscode.CancellationTokenSource();
      Object.assign(vscode.window, {
        withProgress: (_: unknown, task: (...given: unknown[]) => unknown) =>
          task({ report: () => cancel.cancel() }, cancel.token),
      });
      try {
        const all = run('startAll');
        const { pid } = await claude.started(code);
        // What it waits for before the next one.
        await soon('its record', () => record(code).phase === 'running');
        fs.writeFileSync(path.join(host().stateDirectory, 'spool', `${record(code).launch}.jsonl`), '');
        await all;
        assert.deepEqual(claude.starts, [code]);
        assert.ok(isAlive(pid));
      } finally {
        Object.assign(vscode.window, { withProgress: original });
        await settings.update('startsAtOnce', undefined, vscode.ConfigurationTarget.Workspace);
      }
    });
  });

  it('nothing is done for what is no agent or group', async () => {
    await claude.use('terminal');
    for (const agent of ['../../x', '__proto__', '$(x)', '', randomUUID()])
      for (const command of ['stopAgent', 'restartAgent', 'attachAgent', 'detachAgent', 'sendPrompt'])
        await run(command, of(agent));
    for (const group of ['__proto__', '$(x)', ''])
      for (const argument of [{ folder: folder(), group }, { folder: 'file:///etc', group }, { group }])
        await run('startGroup', argument);
    assert.deepEqual(claude.starts, []);
    assert.deepEqual(names(), []);
  });
});

/** While something runs, claude has the conversation of a launch. */
async function withConversation({ sessionId, cwd }: SessionRecord, work: () => Promise<void>): Promise<void> {
  const config = outsideFolder('config');
  const own = path.join(config, 'projects', cwd.replace(/[^A-Za-z0-9]/g, '-'));
  fs.mkdirSync(own, { recursive: true });
  fs.writeFileSync(path.join(own, `${sessionId}.jsonl`), '{}\n');
  const before = process.env.CLAUDE_CONFIG_DIR;
  process.env.CLAUDE_CONFIG_DIR = config;
  try {
    await work();
  } finally {
    if (before === undefined) delete process.env.CLAUDE_CONFIG_DIR;
    else process.env.CLAUDE_CONFIG_DIR = before;
  }
}

/** Answers input boxes with a text while something runs. */
async function withInput(text: string, work: () => Thenable<unknown>): Promise<void> {
  const original = vscode.window.showInputBox;
  Object.assign(vscode.window, { showInputBox: async () => text });
  try {
    await work();
  } finally {
    Object.assign(vscode.window, { showInputBox: original });
  }
}

/** Picks by label while something runs; gives what was asked. */
async function withPick(
  label: string | undefined,
  work: () => Thenable<unknown>,
): Promise<readonly string[]> {
  const original = vscode.window.showQuickPick;
  const asked: string[] = [];
  const pick = async (items: readonly vscode.QuickPickItem[], options?: vscode.QuickPickOptions) => {
    asked.push(options?.placeHolder ?? '');
    return items.find((item) => item.label === label);
  };
  Object.assign(vscode.window, { showQuickPick: pick });
  try {
    await work();
    return asked;
  } finally {
    Object.assign(vscode.window, { showQuickPick: original });
  }
}
