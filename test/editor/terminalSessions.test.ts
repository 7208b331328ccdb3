// Sessions in terminals of the real extension host: recorded, shown, found again, sent to and ended.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import { adoptTabs } from '../../src/editor/adoptTabs.ts';
import { Terminals } from '../../src/editor/terminals.ts';
import { writeRecord } from '../../src/sessions/sessionRecord.ts';
import { terminalArguments } from '../../src/sessions/starterScript.ts';
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
import { fileOf, until } from './workbench.ts';

describe('sessions', () => {
  const stage = new SessionStage();
  const { claude, host, record, records, startedIn } = stage;

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
      await until(stage.api, 'it in front', () => vscode.window.activeTerminal?.name === code);
      assert.deepEqual(names(), [code, test]);
      assert.deepEqual([...claude.starts].sort(), [code, test]);
    });

    it('its end is recorded with its exit code', async () => {
      await startedIn('terminal', code);
      vscode.window.terminals[0]?.sendText('exit 3', false);
      await soon('its end', () => record(code).phase === 'ended');
      assert.equal(record(code).endReason, 'exit 3');
      assert.ok(!stage.api.terminals.has(of(code)));
    });

    it('a closed tab is a stop that was meant, and the next start waits for its end', async () => {
      const { pid } = await startedIn('terminal', code);
      vscode.window.terminals[0]?.dispose();
      await until(stage.api, 'no terminal', () => vscode.window.terminals.length === 0);
      await run('startAgent', of(code));
      await soon('another one', () => claude.starts.length === 2);
      assert.ok(!isAlive(pid));
      assert.equal(records(code)[1]?.endReason, 'stopped');
      assert.equal(stage.messages.shown.length, 0);
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
      await until(stage.api, 'its end', () => again.exitStatus !== undefined);
      assert.equal(again.exitStatus?.code, 0);
      assert.deepEqual(claude.starts, [code]);
      assert.ok(stage.api.terminals.has(of(code)));
    });

    it('is found again by its process, and no other terminal is taken for it', async () => {
      await startedIn('terminal', code);
      const [own] = vscode.window.terminals;
      const other = vscode.window.createTerminal({ name: code, shellPath: '/bin/cat' });
      await other.processId;
      const terminals = new Terminals(log);
      try {
        await adoptTabs({ fleets: stage.api.fleets, terminals, log });
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
        await soon('gone', () => !isAlive(pid) && !stage.api.terminals.has(of(code)));
        await stage.api.terminals.ended(of(code));
        await writeRecord(host(), {
          ...record(code),
          phase: 'running',
          endReason: undefined,
          endedAt: undefined,
        } as never);
        void run('startAgent', of(code));
        await stage.messages.accept(/^code-agent runs in a terminal outside of this window \(pid \d+\)/);
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
      await until(stage.api, 'no terminal', () => vscode.window.terminals.length === 0);
      assert.deepEqual(stage.messages.shown, []);
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
