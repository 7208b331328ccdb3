// Start opens one terminal with the launch line as its own process; a second start focuses it; refusals say what mends them.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { EditorApi } from '../../src/editor/extension.ts';
import { Messages } from './messages.ts';
import { StandIn } from './standIn.ts';
import { fileOf, models, restore, storeOf, until, write } from './workbench.ts';

const start = (agent: string) =>
  vscode.commands.executeCommand('nativeOrchestrator.startAgent', {
    folder: vscode.workspace.workspaceFolders?.[0]?.uri.toString(),
    agent,
  });

describe('start', () => {
  let api: EditorApi;
  const claude = new StandIn();
  before(async () => {
    api = await models();
    await claude.use('terminal');
  });
  after(async () => {
    await claude.dispose();
    await restore(api);
  });
  beforeEach(async () => {
    await restore(api);
    claude.clear();
  });
  afterEach(async () => {
    for (const terminal of vscode.window.terminals) terminal.dispose();
    await until(api, 'no terminals', () => vscode.window.terminals.length === 0);
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri.toString() ?? '';
    for (const agent of ['code-agent', 'test-agent']) await api.terminals.ended({ folder, agent });
  });

  it('opens one terminal, and a second start focuses it', async () => {
    await start('code-agent');
    const names = () => vscode.window.terminals.map(({ name }) => name).join();
    await until(api, 'its terminal', () => names() === 'code-agent');
    const { args, cwd } = await claude.started('code-agent');
    assert.equal(fs.realpathSync(cwd), fs.realpathSync(fileOf('.')));
    assert.equal(args[args.indexOf('--model') + 1], 'opus');
    assert.ok(args.some((arg) => arg.startsWith('--tools=')));

    await start('test-agent');
    await until(api, 'a second terminal', () => vscode.window.terminals.length === 2);
    await claude.started('test-agent');
    await start('code-agent');
    await until(api, 'the first one in front', () => vscode.window.activeTerminal?.name === 'code-agent');
    assert.equal(vscode.window.terminals.length, 2);
    assert.deepEqual([...claude.starts].sort(), ['code-agent', 'test-agent']);
  });

  it('forgets a terminal that ended', async () => {
    await start('code-agent');
    const argument = { folder: storeOf(api).folder.uri.toString(), agent: 'code-agent' };
    await until(api, 'a terminal', () => api.terminals.has(argument));
    vscode.window.terminals[0]?.dispose();
    await until(api, 'no terminal of it', () => !api.terminals.has(argument));
  });

  it('does not start what is out of step; Regenerate and Start mends it', async () => {
    fs.rmSync(fileOf('agents/code-agent/.claude/settings.json'));
    // Not awaited: it waits for an answer to its message.
    void start('code-agent');
    const argument = { folder: vscode.workspace.workspaceFolders?.[0]?.uri.toString(), agent: 'code-agent' };
    await until(api, 'the loss to be seen', () => api.fleets.find(argument)?.status.health === 'missing');
    assert.equal(vscode.window.terminals.length, 0);
    await vscode.commands.executeCommand('nativeOrchestrator.regenerateAndStart', argument);
    await until(api, 'a terminal', () => vscode.window.terminals.length === 1);
    assert.ok(fs.existsSync(fileOf('agents/code-agent/.claude/settings.json')));
  });

  it('asks before it starts an agent whose template has no guard', async () => {
    const template = 'scripts/native-orchestrator/templates/settings.json.template';
    const messages = new Messages();
    try {
      fs.mkdirSync(path.dirname(fileOf(template)), { recursive: true });
      write(template, '{"model": "haiku"}\n');
      storeOf(api).inspectNow();
      await vscode.commands.executeCommand('nativeOrchestrator.generateAll');
      const unguarded = () => storeOf(api).fleet?.agents.find((each) => each.agent.id === 'code-agent');
      await until(api, 'an unguarded agent', () => unguarded()?.unguarded !== undefined);
      const first = start('code-agent');
      await messages.accept(/^code-agent would run unguarded/);
      await first;
      assert.equal(vscode.window.terminals.length, 0, 'nobody agreed');
      const second = start('code-agent');
      await messages.accept(/^code-agent would run unguarded/, 'Start Unguarded');
      await second;
      await claude.started('code-agent');
    } finally {
      messages.dispose();
      fs.rmSync(fileOf('scripts'), { recursive: true, force: true });
    }
  });

  for (const agent of ['../../x', 'nobody', '__proto__', '$(x)', ''])
    it(`starts nothing for ${JSON.stringify(agent)}`, async () => {
      // Not awaited: a refusal is a message that waits to be closed.
      await start(agent);
      assert.equal(vscode.window.terminals.length, 0);
    });
});
