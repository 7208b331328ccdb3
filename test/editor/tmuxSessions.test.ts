// Sessions in tmux, shown in the real extension host: found again, sent to, restarted, many started and ended.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { adoptTabs } from '../../src/editor/adoptTabs.ts';
import { Terminals } from '../../src/editor/terminals.ts';
import type { SessionRecord } from '../../src/sessions/sessionRecord.ts';
import {
  code,
  folder,
  log,
  names,
  of,
  optionsOf,
  run,
  SessionStage,
  test,
  withInput,
} from './sessionStage.ts';
import { isAlive, soon } from './standIn.ts';
import { fileOf, outsideFolder, read, storeOf, until, write } from './workbench.ts';

const hasTmux = spawnSync('tmux', ['-V']).status === 0;

describe('sessions', () => {
  const stage = new SessionStage();
  const { claude, clients, host, record, records, socket, startedIn, tmux } = stage;

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
      await until(stage.api, 'no terminal', () => vscode.window.terminals.length === 0);
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
        await adoptTabs({ fleets: stage.api.fleets, terminals, log });
        for (const agent of [code, test])
          assert.equal(terminals.tabOf(of(agent))?.terminal, stage.api.terminals.tabOf(of(agent))?.terminal);
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
      await until(stage.api, 'its end', () => again.exitStatus !== undefined);
      assert.equal(again.exitStatus?.code, 0);
      assert.deepEqual(claude.starts, [code]);
    });

    it('a tab that somebody else opens for it is known', async () => {
      await startedIn('tmux', code);
      await run('detachAgent', of(code));
      await until(stage.api, 'no terminal', () => vscode.window.terminals.length === 0);
      const made = vscode.window.createTerminal({
        shellPath: 'tmux',
        shellArgs: ['-S', socket, 'attach-session', '-t', '=iw-code-agent:'],
        env: { TMUX: null },
      });
      await until(stage.api, 'it known', () => stage.api.terminals.agentOf(made)?.agent === code);
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
        await stage.messages.accept(new RegExp(`^Nothing is typed into code-agent: .*${words.source}`));
      }
      assert.ok(!claude.typed(code).includes('and this'));
    });

    it('what may be at work is ended only when that is agreed to', async () => {
      const { pid } = await startedIn('tmux', code);
      claude.lists([[code, { status: 'busy' }]]);
      const first = run('stopAgent', of(code));
      await stage.messages.accept(/^code-agent may be at work/);
      await first;
      assert.ok(isAlive(pid));
      const second = run('stopAgent', of(code));
      await stage.messages.accept(/^code-agent may be at work/, 'Stop');
      await second;
      assert.ok(!isAlive(pid));
      assert.equal(record(code).endReason, 'stopped');
      await until(stage.api, 'no terminal', () => vscode.window.terminals.length === 0);
    });

    it('restarts; without a conversation to go on with it says so', async () => {
      const { pid, args } = await startedIn('tmux', code);
      await run('restartAgent', of(code));
      await soon('another one', () => claude.starts.length === 2 && claude.told(code)?.pid !== pid);
      assert.ok(!isAlive(pid));
      assert.match(stage.messages.shown.join(), /no conversation of code-agent to go on with; it began anew/);
      assert.notDeepEqual(claude.told(code)?.args, args);
      assert.deepEqual(
        records(code).map(({ phase, runner }) => [phase, runner]),
        [
          ['running', 'tmux'],
          ['ended', 'tmux'],
        ],
      );
      await until(stage.api, 'one terminal', () => vscode.window.terminals.length === 1);
    });

    it('restarts with its conversation where claude has it, and without a tab where it had none', async () => {
      const { pid } = await startedIn('tmux', code);
      await run('detachAgent', of(code));
      await until(stage.api, 'no terminal', () => vscode.window.terminals.length === 0);
      const { sessionId } = record(code);
      await withConversation(record(code), async () => {
        await run('restartAgent', of(code));
        await soon('another one', () => claude.starts.length === 2 && claude.told(code)?.pid !== pid);
        const { args } = await claude.started(code);
        assert.equal(args[args.indexOf('--resume') + 1], sessionId);
      });
      assert.deepEqual(names(), []);
      assert.deepEqual(stage.messages.shown, []);
    });

    it('one that left the registry is ended all the same', async () => {
      const { pid } = await startedIn('tmux', test);
      const registry = read('agents/registry.yaml');
      write(
        'agents/registry.yaml',
        registry.slice(0, registry.indexOf('  test-agent:')).replace('[test-agent]', '[]'),
      );
      storeOf(stage.api).inspectNow();
      assert.equal(stage.api.fleets.find(of(test)), undefined);
      await run('stopAgent', of(test));
      assert.ok(!isAlive(pid));
    });

    it('a restart that is refused ends nothing', async () => {
      const { pid } = await startedIn('tmux', code);
      fs.rmSync(fileOf('agents/code-agent/.claude/settings.json'));
      const restarted = run('restartAgent', of(code));
      await stage.messages.accept(/^code-agent /);
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
        await until(stage.api, 'no terminal', () => vscode.window.terminals.length === 0);
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
      assert.deepEqual(stage.messages.shown, []);
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
      storeOf(stage.api).inspectNow();
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
      await stage.messages.accept(/^1 of 2 agents not started\. code-agent /, 'Regenerate and Start');
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
