// Work that a person hands from one agent to another, in the real extension host: asked for, recorded, typed in, or refused.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { EditorApi } from '../../src/editor/extension.ts';
import { sessionHostOf } from '../../src/editor/sessionHost.ts';
import { readHandoffs } from '../../src/sessions/handoffRecord.ts';
import { stopAgent } from '../../src/sessions/stopAgent.ts';
import { Messages } from './messages.ts';
import { StandIn, soon } from './standIn.ts';
import { fileOf, models, restore, storeOf, until } from './workbench.ts';

const of = (agent: string) => ({
  folder: vscode.workspace.workspaceFolders?.[0]?.uri.toString() ?? '',
  agent,
});
const run = (command: string, argument?: unknown) =>
  vscode.commands.executeCommand(`nativeOrchestrator.${command}`, argument);

describe('handoff', () => {
  let api: EditorApi;
  let messages: Messages;
  const claude = new StandIn();
  const host = () => sessionHostOf(storeOf(api));
  const handoffs = () => readHandoffs(host()).handoffs;
  const original = {
    showInputBox: vscode.window.showInputBox,
    showQuickPick: vscode.window.showQuickPick,
  };
  /** Who was offered, last. */
  let offered: readonly string[] = [];

  before(async () => {
    api = await models();
  });
  beforeEach(async () => {
    await restore(api);
    messages = new Messages();
    claude.clear();
    await claude.use('terminal');
  });
  afterEach(async () => {
    Object.assign(vscode.window, original);
    messages.dispose();
    await stopAgent(host(), fileOf('.'), 'test-agent', 0);
    for (const terminal of vscode.window.terminals) terminal.dispose();
    await until(api, 'no terminals', () => vscode.window.terminals.length === 0);
    for (const folder of ['sessions', 'handoffs'])
      fs.rmSync(path.join(host().stateDirectory, folder), { recursive: true, force: true });
  });
  after(async () => {
    await claude.dispose();
    await restore(api);
  });

  /** Takes the first agent that is offered, and says these words one after the other. */
  function answers(...words: readonly string[]): void {
    const left = [...words];
    Object.assign(vscode.window, {
      showQuickPick: async (items: readonly { readonly label: string }[]) => {
        offered = items.map(({ label }) => label);
        return items[0];
      },
      showInputBox: async () => left.shift(),
    });
  }

  it('is typed into the session of the other as quoted data, and recorded', async () => {
    await run('startAgent', of('test-agent'));
    await claude.started('test-agent');
    claude.lists([['test-agent', { status: 'idle' }]]);
    answers('Test the login', 'It is in src/login', 'All is green; nothing else changed');
    await run('handOff', of('code-agent'));
    assert.deepEqual(offered, ['test-agent']);
    await soon('typed', () => claude.typed('test-agent').includes('nothing else changed'));
    const typed = claude.typed('test-agent');
    for (const line of [
      '> Test the login',
      '> It is in src/login',
      '> - All is green',
      '> - nothing else changed',
    ])
      assert.ok(typed.includes(line), line);
    const [record] = handoffs();
    assert.deepEqual(
      [record?.from, record?.to, record?.state, record?.sentBy, record?.acceptance.length],
      ['code-agent', 'test-agent', 'delivered', 'person', 2],
    );
    assert.deepEqual(messages.shown, []);
    await run('showHandoffs');
    assert.match(offered[0] ?? '', /code-agent → test-agent/);
  });

  it('to an agent that does not run is refused, recorded, and offers to start it', async () => {
    answers('Test the login', '', '');
    const handing = run('handOff', of('code-agent'));
    await messages.accept(/^test-agent does not run\. Nothing was handed over, and that is recorded\.$/);
    await handing;
    assert.equal(handoffs()[0]?.state, 'refused');
  });

  it('of an agent that may delegate to nobody says so, and records nothing', async () => {
    await run('handOff', of('test-agent'));
    await messages.accept(/^test-agent may hand work to nobody/);
    assert.deepEqual(handoffs(), []);
  });
});
