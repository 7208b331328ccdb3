// The plan in VS Code's own editor of differences: what it says, files of it accepted one by one, what is refused.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { before, beforeEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { EditorApi } from '../../src/editor/extension.ts';
import { allRows, fileOf, models, read, restore, storeOf, until, uriOf, write } from './workbench.ts';

const folder = vscode.workspace.workspaceFolders?.[0]?.uri.toString() ?? '';
const registry = 'agents/registry.yaml';
const ofCode = (name: string): string => `agents/code-agent/.claude/${name}`;
const ofTest = (name: string): string => `agents/test-agent/.claude/${name}`;

describe('the plan', () => {
  let api: EditorApi;
  const run = (id: string, ...args: readonly unknown[]) =>
    vscode.commands.executeCommand(`nativeOrchestrator.${id}`, ...args);
  const labels = (): readonly string[] =>
    vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).map(({ label }) => label);
  const plans = (): readonly string[] => labels().filter((label) => label.startsWith('Plan: '));
  /** VS Code puts the number of files behind the title. */
  const isOpen = (title: string) =>
    until(api, `a tab "${title}"`, () => plans().some((label) => label.startsWith(`${title} (`)));
  const plannedOf = (file: string): vscode.Uri =>
    vscode.Uri.from({
      scheme: 'native-orchestrator-plan',
      path: uriOf(file).path,
      query: JSON.stringify({ folder }),
    });

  before(async () => {
    api = await models();
  });
  beforeEach(async () => {
    await restore(api);
    write(
      registry,
      read(registry).replace('description: Writes the program', 'description: Now writes the program'),
    );
    fs.rmSync(fileOf(ofTest('policy.json')));
    write(ofTest('settings.json'), read(ofTest('settings.json')).replace('"sonnet"', '"haiku"'));
    storeOf(api).inspectNow();
  });

  it('opens with its counts, one difference for each file, and writes nothing', async () => {
    const before = fs.readdirSync(fileOf('agents'), { recursive: true });
    await run('showPlan');
    await isOpen('Plan: 1 to change, 1 to add, 1 edited since');
    assert.deepEqual(fs.readdirSync(fileOf('agents'), { recursive: true }), before);
    const document = await vscode.workspace.openTextDocument(plannedOf(ofCode('CLAUDE.md')));
    assert.match(document.getText(), /Now writes the program/);
  });

  it('counts what is typed and not saved', async () => {
    const document = await vscode.workspace.openTextDocument(uriOf(registry));
    await vscode.window.showTextDocument(document);
    await until(api, 'the registry as it is on disk', () => document.getText() === read(registry));
    const edit = new vscode.WorkspaceEdit();
    const at = document.positionAt(document.getText().indexOf('model: opus'));
    edit.replace(document.uri, new vscode.Range(at, at.translate(0, 'model: opus'.length)), 'model: haiku');
    assert.ok(await vscode.workspace.applyEdit(edit));
    await run('showPlan');
    await isOpen('Plan: 2 to change, 1 to add, 1 edited since');
    assert.doesNotMatch(read(registry), /model: haiku/);
    assert.ok(await document.save());
  });

  it('accepts the file of a difference alone, and shows what is left', async () => {
    await run('showPlan');
    await isOpen('Plan: 1 to change, 1 to add, 1 edited since');
    await run('acceptPlanned', plannedOf(ofCode('CLAUDE.md')));
    assert.match(read(ofCode('CLAUDE.md')), /Now writes the program/);
    assert.ok(!fs.existsSync(fileOf(ofTest('policy.json'))));
    assert.match(read(ofTest('settings.json')), /"haiku"/);
    await isOpen('Plan: 1 to add, 1 edited since');
    await until(api, 'no other plan', () => plans().length === 1);
  });

  it('accepts what is to be added, and what somebody edited, which is then kept as a backup', async () => {
    await run('acceptPlanned', { folder, path: ofTest('policy.json') });
    assert.ok(fs.existsSync(fileOf(ofTest('policy.json'))));
    const row = allRows(api.tree.rows()).find(
      ({ argument }) => (argument as { path?: string } | undefined)?.path === ofTest('settings.json'),
    );
    assert.equal(row?.kind, 'output-drifted');
    await run('acceptPlanned', row);
    assert.match(read(ofTest('settings.json')), /"sonnet"/);
    await run('undoRestore', { folder });
    assert.match(read(ofTest('settings.json')), /"haiku"/);
  });

  it('accepts what is ticked, which is all but what somebody edited', async () => {
    const done = run('acceptPlanned');
    // Until the choice is on show there is nothing to accept.
    while (!fs.existsSync(fileOf(ofTest('policy.json'))))
      await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
    await done;
    assert.match(read(ofCode('CLAUDE.md')), /Now writes the program/);
    assert.match(read(ofTest('settings.json')), /"haiku"/);
  });

  it('closes when nothing is left, and says so when there is nothing', async () => {
    await run('showPlan');
    await isOpen('Plan: 1 to change, 1 to add, 1 edited since');
    for (const file of [ofCode('CLAUDE.md'), ofTest('policy.json'), ofTest('settings.json')])
      await run('acceptPlanned', { folder, path: file });
    await until(api, 'no plan', () => plans().length === 0);
    await run('showPlan');
    assert.deepEqual(plans(), []);
    assert.equal(api.statusItem.text, '$(shield) 2 agents');
  });

  /** The command changes nothing on the disk. */
  const refuses = (title: string, argument: unknown): unknown =>
    it(`refuses ${title}`, async () => {
      const texts = () => [ofCode('CLAUDE.md'), ofCode('settings.json'), registry].map(read);
      const before = texts();
      await run('acceptPlanned', argument);
      assert.deepEqual(texts(), before);
      assert.ok(!fs.existsSync(fileOf(ofTest('policy.json'))));
    });
  refuses('a file that is as planned', { folder, path: ofCode('settings.json') });
  refuses('a file that is none of ours', { folder, path: 'src/main.js' });
  refuses('a file that leads out', { folder, path: '../../x' });
  refuses('the registry', uriOf(registry));
  refuses('the lock', { folder, path: 'agents/registry.lock.json' });
  refuses('a folder of another workspace', { folder: 'file:///elsewhere', path: ofCode('CLAUDE.md') });
  refuses('what is no file', { folder });
  refuses('a file of another disk', vscode.Uri.file('/etc/passwd'));
});
