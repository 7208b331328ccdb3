// The tree and the status item follow the registry and the disk, without a reload.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { before, beforeEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { EditorApi } from '../../src/editor/extension.ts';
import { allRows, fileOf, models, read, restore, until, uriOf, write } from './workbench.ts';

const third = `  third-agent:
    name: third-agent
    display_name: Third Agent
    description: Came later
    model: haiku
    tools: [Read]
`;

describe('tree', () => {
  let api: EditorApi;
  const agents = () =>
    allRows(api.tree.rows())
      .filter((row) => row.kind.startsWith('agent'))
      .map((row) => `${row.label}: ${row.description}`);
  before(async () => {
    api = await models();
  });
  beforeEach(() => restore(api));

  it('has a row for each agent, in the order of the registry', () => {
    assert.deepEqual(agents(), ['code-agent: ', 'test-agent: ']);
    assert.equal(api.statusItem.text, '$(shield) 2 agents');
  });

  it('shows an agent that another program adds to the registry', async () => {
    write('agents/registry.yaml', read('agents/registry.yaml') + third);
    await until(api, 'a third row', () => agents().length === 3);
    assert.match(agents()[2] ?? '', /^third-agent: no .*settings.* yet$/);
    assert.match(api.statusItem.text, /^\$\(warning\) 1 .* · 3 agents$/);
  });

  it('shows an agent that is typed, before it is saved', async () => {
    const document = await vscode.workspace.openTextDocument(uriOf('agents/registry.yaml'));
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, document.lineAt(document.lineCount - 1).range.end, third);
    assert.ok(await vscode.workspace.applyEdit(edit));
    await until(api, 'a third row', () => agents().length === 3);
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await until(api, 'two rows again', () => agents().length === 2);
  });

  it('keeps the last good agents while the registry is broken', async () => {
    write('agents/registry.yaml', `${read('agents/registry.yaml')}  broken: [`);
    await until(api, 'a broken registry', () => api.fleets.stores[0]?.fleet?.isLastGood === true);
    assert.equal(agents().length, 2);
    assert.equal(api.statusItem.text, '$(warning) 2 agents');
  });

  it('names a folder that no agent owns', async () => {
    fs.mkdirSync(fileOf('agents/code/.claude'), { recursive: true });
    write('agents/code/.claude/settings.json', '{}');
    const strangers = () =>
      allRows(api.tree.rows())
        .filter((row) => row.label === 'code/')
        .map((row) => row.description);
    await until(api, 'a stranger', () => strangers().length === 1);
    assert.deepEqual(strangers(), ['looks like code-agent']);
  });

  it('sees that the whole folder goes, and comes back', async () => {
    fs.renameSync(fileOf('agents'), fileOf('elsewhere'));
    await until(api, 'no registry', () => api.fleets.withRegistry.length === 0);
    assert.deepEqual(agents(), []);
    fs.renameSync(fileOf('elsewhere'), fileOf('agents'));
    await until(api, 'the agents again', () => agents().length === 2);
  });

  it('sees that a context file goes, and comes back', async () => {
    fs.mkdirSync(fileOf('docs'), { recursive: true });
    write('docs/style.md', 'Short words.');
    write(
      'agents/registry.yaml',
      read('agents/registry.yaml').replace(
        'model: sonnet',
        'model: sonnet\n    context_files: [docs/style.md]',
      ),
    );
    const isMissing = () =>
      api.fleets.stores[0]?.fleet?.findings.some(
        (finding) => finding.code === 'registry/missing-context-file',
      ) ?? false;
    await until(
      api,
      'the context file',
      () => api.fleets.stores[0]?.fleet?.agents[1]?.agent.contextFiles.length === 1,
    );
    assert.equal(isMissing(), false);
    fs.renameSync(fileOf('docs/style.md'), fileOf('docs/gone.md'));
    await until(api, 'a missing file', isMissing);
    fs.renameSync(fileOf('docs/gone.md'), fileOf('docs/style.md'));
    await until(api, 'no missing file', () => !isMissing());
  });

  it('goes with one inspection through hundreds of events', async () => {
    let inspections = 0;
    const counting = api.fleets.onDidChange(() => inspections++);
    const [store] = api.fleets.stores;
    for (let i = 0; i < 500; i++) store?.requestRefresh();
    await until(api, 'an inspection', () => inspections > 0);
    counting.dispose();
    assert.equal(inspections, 1);
  });

  it('shows hostile texts as text', async () => {
    const hostile = '"[x](command:workbench.action.quit) <img src=x> $(trash)\\n\\u202e"';
    write(
      'agents/registry.yaml',
      read('agents/registry.yaml').replace('description: Writes the program', `description: ${hostile}`),
    );
    const tooltip = () => allRows(api.tree.rows()).find((each) => each.label === 'code-agent')?.tooltip ?? '';
    await until(api, 'the new description', () => tooltip().includes('workbench'));
    assert.match(tooltip(), /\\\[x\\\]\\\(command\\:workbench/);
    assert.match(tooltip(), /\\<img/);
    assert.doesNotMatch(tooltip(), /\u202e/);
    const row = api.tree.rows().find((each) => each.label === 'code-agent');
    assert.ok(row);
    const item = api.tree.resolveTreeItem(api.tree.getTreeItem(row), row);
    assert.ok(item.tooltip instanceof vscode.MarkdownString);
    assert.ok(!item.tooltip.isTrusted && !item.tooltip.supportHtml && !item.tooltip.supportThemeIcons);
  });

  it('opens the registry at an agent and changes nothing', async () => {
    const row = api.tree.rows().find((each) => each.label === 'test-agent');
    assert.ok(row?.click);
    await vscode.commands.executeCommand(row.click.command, ...row.click.arguments);
    const editor = vscode.window.activeTextEditor;
    assert.equal(editor?.document.uri.fsPath, fileOf('agents/registry.yaml'));
    assert.match(editor?.document.lineAt(editor.selection.active.line).text ?? '', /^ {2}test-agent:/);
    assert.equal(editor?.document.isDirty, false);
  });
});
