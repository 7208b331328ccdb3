// A protection that goes missing on disk: diagnostics, status item, and one message, which brings it back.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, beforeEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { EditorApi } from '../../src/editor/extension.ts';
import { sessionHostOf } from '../../src/editor/sessionHost.ts';
import { historyFolder } from '../../src/outputs/historyFolder.ts';
import { Messages } from './messages.ts';
import { soon } from './standIn.ts';
import { diagnosticsOf, models, read, restore, storeOf, until, uriOf, write } from './workbench.ts';

const settingsOf = (agent: string): string => `agents/${agent}/.claude/settings.json`;
const settings = settingsOf('code-agent');
/** From the write to all that is shown. Far above what it takes, for machines that do much else. Milliseconds. */
const longest = 5_000;
/** Longer than a loss must last to be told of: that nothing is said can't be seen any sooner. Milliseconds. */
const settled = 700;

const alarmsOf = ({ shown }: Messages): readonly string[] =>
  shown.filter((text) => / is disarmed/.test(text));

function without(agent: string, change: (value: { hooks: object; permissions: { deny: string[] } }) => void) {
  const value = JSON.parse(read(settingsOf(agent)));
  change(value);
  write(settingsOf(agent), `${JSON.stringify(value, undefined, 2)}\n`);
}
const withoutGuard = (agent: string) =>
  without(agent, ({ hooks }) => {
    Reflect.deleteProperty(hooks, 'PreToolUse');
  });
const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('alarm', () => {
  let api: EditorApi;
  let messages: Messages;
  const isRed = () =>
    diagnosticsOf(settings).some((each) => each.severity === vscode.DiagnosticSeverity.Error) &&
    api.statusItem.text.startsWith('$(error) ');
  const isWell = () => api.statusItem.text === '$(shield) 2 agents';
  before(async () => {
    api = await models();
    messages = new Messages();
  });
  after(() => messages.dispose());
  /** Waits for so many alarms, and then as long as one more would take. */
  const raised = async (count: number): Promise<void> => {
    await soon(`${count} alarms`, () => alarmsOf(messages).length >= count);
    await wait(settled);
    assert.equal(alarmsOf(messages).length, count, messages.shown.join('\n'));
  };
  beforeEach(async () => {
    messages.answer = () => undefined;
    await restore(api);
    await until(api, 'all well', isWell);
    await wait(settled);
    messages.shown.length = 0;
  });

  it('is raised once for a guard that goes on disk, and Restore clears it all', async () => {
    const asked = new Promise<readonly string[]>((resolve) => {
      messages.answer = (actions) => {
        resolve(actions);
        return 'Restore';
      };
    });
    withoutGuard('code-agent');
    await until(api, 'red in diagnostics and status item', isRed, longest);
    const actions = await asked;
    assert.deepEqual(actions, ['Restore', 'Show Difference', "Don't Show Again"]);
    assert.match(alarmsOf(messages)[0] ?? '', /^code-agent is disarmed since \d\d:\d\d: guard hook missing/);
    await until(api, 'all well again', isWell, longest);
    assert.equal(diagnosticsOf(settings).length, 0);
    await raised(1);
  });

  it('says since when in the tooltip', async () => {
    withoutGuard('code-agent');
    await until(api, 'red', isRed, longest);
    const row = api.tree.rows().find((each) => each.label === 'code-agent');
    assert.match(
      row?.tooltip ?? '',
      /\*\*Disarmed\*\* since \d\d:\d\d:\d\d: guard hook missing in `settings\.json` \(was there \d\d:\d\d\)\./,
    );
  });

  it('is raised once for several agents', async () => {
    withoutGuard('code-agent');
    without('test-agent', ({ permissions }) => {
      permissions.deny = [];
    });
    // In one look: two that come seconds apart, as they may on a busy machine, are rightly told of one by one.
    storeOf(api).inspectNow();
    await until(api, 'two disarmed', () => api.statusItem.text.startsWith('$(error) 2 disarmed'), longest);
    await raised(1);
    assert.match(alarmsOf(messages)[0] ?? '', /So is one more agent\.$/);
  });

  it('does not repeat itself for the same loss, and speaks of the next one', async () => {
    withoutGuard('code-agent');
    await until(api, 'red', isRed, longest);
    await raised(1);
    write(settings, `${read(settings)}\n`);
    storeOf(api).inspectNow();
    await raised(1);
    without('code-agent', ({ permissions }) => {
      permissions.deny = [];
    });
    await until(api, 'more gone', () =>
      /deny rules gone/.test(String(storeOf(api).fleet?.agents[0]?.summary)),
    );
    await raised(2);
  });

  it('is silent about a file that flaps, once it has spoken', async () => {
    const whole = read(settings);
    let inspections = 0;
    const counting = storeOf(api).onDidChange(() => inspections++);
    // The message stays on the screen: nobody answers it.
    let answer = () => {};
    messages.answer = () =>
      new Promise((resolve) => {
        answer = () => resolve(undefined);
      });
    for (let turn = 0; turn < 100; turn++) {
      write(settings, whole);
      withoutGuard('code-agent');
      await wait(10);
    }
    await until(api, 'red', isRed, longest);
    await wait(settled);
    counting.dispose();
    assert.ok(alarmsOf(messages).length <= 1, alarmsOf(messages).join('\n'));
    assert.ok(inspections < 50);
    await vscode.commands.executeCommand('nativeOrchestrator.restoreDisarmed');
    await until(api, 'all well', isWell, longest);
    answer();
  });

  it('tells of hooks that a live file switches off, and takes that out', async () => {
    const folder = uriOf('.claude');
    await vscode.workspace.fs.createDirectory(folder);
    write('.claude/settings.local.json', '{\n  "disableAllHooks": true,\n  "model": "opus"\n}\n');
    await until(api, 'two disarmed', () => api.statusItem.text.startsWith('$(error) 2 disarmed'), longest);
    await raised(1);
    await vscode.commands.executeCommand('nativeOrchestrator.restoreDisarmed');
    await until(api, 'all well', isWell, longest);
    assert.deepEqual(JSON.parse(read('.claude/settings.local.json')), { model: 'opus' });
  });

  it('waits while the file is being edited, and speaks when that is saved', async () => {
    const document = await vscode.workspace.openTextDocument(uriOf(settings));
    const edit = new vscode.WorkspaceEdit();
    const all = new vscode.Range(0, 0, document.lineCount, 0);
    edit.replace(document.uri, all, '{}\n');
    await vscode.workspace.applyEdit(edit);
    await until(api, 'red, unsaved as it is', isRed, longest);
    await wait(settled);
    assert.equal(alarmsOf(messages).length, 0);
    await document.save();
    await raised(1);
  });

  it('leaves a history, which is shown and compared', async () => {
    const file = path.join(historyFolder(sessionHostOf(storeOf(api)).stateDirectory), 'changes.jsonl');
    const noted = (kind: string): number =>
      (fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '')
        .split('\n')
        .filter((line) => line.includes(`"kind":"${kind}"`) && line.includes('"agent":"test-agent"')).length;
    const [lost, restored] = [noted('lost'), noted('restored')];
    // Of the other one's file there were few changes: what comes in a flood is told in one, and later.
    withoutGuard('test-agent');
    await until(api, 'red', () => api.statusItem.text.startsWith('$(error) '), longest);
    await soon('the loss is noted', () => noted('lost') > lost);
    await vscode.commands.executeCommand('nativeOrchestrator.restoreDisarmed');
    await until(api, 'all well', isWell, longest);
    await soon('so is its end', () => noted('restored') > restored);
    const uri = vscode.Uri.from({
      scheme: 'native-orchestrator-history',
      path: '/History of test-agent.md',
      query: JSON.stringify({ folder: storeOf(api).folder.uri.toString(), agent: 'test-agent' }),
    });
    const page = (await vscode.workspace.openTextDocument(uri)).getText();
    assert.match(page, /\*\*lost\*\*<br>guard hook missing.*`\/hooks\/PreToolUse`.*\| unknown \|/);
    assert.match(page, /\| restored \|/);
    assert.match(page, /```diff\n/);
  });

  it('is not raised again for a kind that was answered with "Don\'t Show Again"', async () => {
    messages.answer = () => "Don't Show Again";
    withoutGuard('code-agent');
    await until(api, 'red', isRed, longest);
    await raised(1);
    await vscode.commands.executeCommand('nativeOrchestrator.restoreDisarmed');
    await until(api, 'all well', isWell, longest);
    withoutGuard('code-agent');
    await until(api, 'red again', isRed, longest);
    await raised(1);
    await vscode.commands.executeCommand('nativeOrchestrator.showAllAlarms');
  });
});
