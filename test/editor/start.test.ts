// Start opens one terminal with the launch line as its own process; a second start focuses it; refusals say what mends them.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, beforeEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { EditorApi } from '../../src/editor/extension.ts';
import { Messages } from './messages.ts';
import { fileOf, models, outsideFolder, restore, storeOf, until, write } from './workbench.ts';

const start = (agent: string) =>
  vscode.commands.executeCommand('nativeOrchestrator.startAgent', {
    folder: vscode.workspace.workspaceFolders?.[0]?.uri.toString(),
    agent,
  });

describe('start', () => {
  let api: EditorApi;
  const folder = outsideFolder('claude');
  const claude = path.join(folder, 'claude');
  const said = path.join(folder, 'said.json');
  const setting = () => vscode.workspace.getConfiguration('nativeOrchestrator');
  before(async () => {
    api = await models();
    // Stands in for the CLI: tells how it was started, then waits until its terminal is closed. Which version it is may be
    // asked at any time.
    const script = `#!${process.execPath}
if (process.argv[2] === '--version') {
  console.log('2.1.329 (Claude Code)');
  process.exit();
}
const fs = require('node:fs');
const tell = { args: process.argv.slice(2), cwd: process.cwd(), agent: process.env.NATIVE_ORCHESTRATOR_AGENT };
fs.writeFileSync(${JSON.stringify(`${said}.part`)}, JSON.stringify(tell));
fs.renameSync(${JSON.stringify(`${said}.part`)}, ${JSON.stringify(said)});
setInterval(() => {}, 1000);
`;
    fs.writeFileSync(claude, script, { mode: 0o755 });
    await setting().update('claudePath', claude, vscode.ConfigurationTarget.Workspace);
    await setting().update('runner', 'terminal', vscode.ConfigurationTarget.Workspace);
  });
  after(async () => {
    await setting().update('claudePath', undefined, vscode.ConfigurationTarget.Workspace);
    await setting().update('runner', undefined, vscode.ConfigurationTarget.Workspace);
    await restore(api);
  });
  beforeEach(async () => {
    await restore(api);
    fs.rmSync(said, { force: true });
  });

  /** What the stand-in was started with. */
  async function told(): Promise<{ args: string[]; cwd: string; agent: string }> {
    if (!fs.existsSync(said))
      await new Promise<void>((resolve) => {
        const watcher = fs.watch(folder, () => {
          if (!fs.existsSync(said)) return;
          watcher.close();
          resolve();
        });
        if (fs.existsSync(said)) {
          watcher.close();
          resolve();
        }
      });
    return JSON.parse(fs.readFileSync(said, 'utf8'));
  }

  it('opens one terminal, and a second start focuses it', async () => {
    await start('code-agent');
    const names = () => vscode.window.terminals.map(({ name }) => name).join();
    await until(api, 'its terminal', () => names() === 'code-agent');
    const { args, cwd, agent } = await told();
    assert.equal(agent, 'code-agent');
    assert.equal(fs.realpathSync(cwd), fs.realpathSync(fileOf('.')));
    assert.equal(args[args.indexOf('--model') + 1], 'opus');
    assert.ok(args.some((arg) => arg.startsWith('--tools=')));

    await start('test-agent');
    await until(api, 'a second terminal', () => vscode.window.terminals.length === 2);
    await start('code-agent');
    await until(api, 'the first one in front', () => vscode.window.activeTerminal?.name === 'code-agent');
    assert.equal(vscode.window.terminals.length, 2);
    assert.equal(api.tree.rows().find((row) => row.label === 'code-agent')?.icon?.id, 'terminal');
  });

  it('forgets a terminal that ended', async () => {
    await start('code-agent');
    await until(api, 'a terminal', () => vscode.window.terminals.length === 1);
    vscode.window.terminals[0]?.dispose();
    await until(
      api,
      'a row without a terminal',
      () => api.tree.rows().find((row) => row.label === 'code-agent')?.icon?.id === 'circle-outline',
    );
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
      assert.equal((await told()).agent, 'code-agent');
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
