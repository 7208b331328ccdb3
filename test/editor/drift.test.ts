// A rule that goes missing on disk is marked at both ends, in the tree and in the status item; Restore clears all four.
import assert from 'node:assert/strict';
import { before, beforeEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { EditorApi } from '../../src/editor/extension.ts';
import { allRows, diagnosticsOf, fixesOn, models, read, restore, until, write } from './workbench.ts';

const settings = 'agents/code-agent/.claude/settings.json';
const registry = 'agents/registry.yaml';

/** The settings without their deny rules for the tests. */
function withoutDeny(): string {
  const value = JSON.parse(read(settings));
  const rules: string[] = value.permissions.deny;
  value.permissions.deny = rules.filter((rule) => !rule.includes('tests/'));
  assert.notEqual(value.permissions.deny.length, rules.length);
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

describe('drift', () => {
  let api: EditorApi;
  const row = () => allRows(api.tree.rows()).find((each) => each.label === 'code-agent');
  const isQuiet = () => diagnosticsOf(settings).length === 0 && diagnosticsOf(registry).length === 0;
  before(async () => {
    api = await models();
  });
  beforeEach(() => restore(api));

  it('is marked at both ends, and Restore clears it', async () => {
    assert.ok(isQuiet(), JSON.stringify([...diagnosticsOf(settings), ...diagnosticsOf(registry)]));
    write(settings, withoutDeny());
    await until(api, 'a squiggle in the settings', () => diagnosticsOf(settings).length > 0);
    await until(api, 'a squiggle in the registry', () => diagnosticsOf(registry).length > 0);
    assert.match(row()?.description ?? '', /^disarmed/);
    assert.match(api.statusItem.text, /^\$\(error\) 1 disarmed · 2 agents$/);
    assert.ok(api.statusItem.backgroundColor);
    const [diagnostic] = diagnosticsOf(settings);
    assert.ok(diagnostic);
    assert.ok((diagnostic.relatedInformation?.length ?? 0) > 0);

    const fixes = await fixesOn(settings, () => diagnosticsOf(settings)[0]);
    const now = fixes.find((fix) => fix.title === 'Restore code-agent now');
    assert.ok(now?.command, fixes.map((fix) => fix.title).join(', '));
    await vscode.commands.executeCommand(now.command.command, ...(now.command.arguments ?? []));
    await until(api, 'nothing to complain of', isQuiet);
    assert.equal(row()?.description, '');
    assert.equal(api.statusItem.text, '$(shield) 2 agents');
    assert.equal(api.statusItem.backgroundColor, undefined);
  });

  it('of a file that is gone is marked in the registry', async () => {
    await vscode.workspace.fs.delete(
      vscode.Uri.joinPath(vscode.workspace.workspaceFolders?.[0]?.uri ?? assert.fail(), settings),
    );
    await until(api, 'a squiggle in the registry', () => diagnosticsOf(registry).length > 0);
    assert.equal(diagnosticsOf(settings).length, 0);
    const line = diagnosticsOf(registry)[0]?.range.start.line ?? 0;
    assert.match(read(registry).split('\n')[line] ?? '', /code-agent/);
  });

  it('is shown beside what the registry asks for', async () => {
    write(settings, withoutDeny());
    await until(api, 'drift', () => row()?.kind === 'agent-drifted');
    await vscode.commands.executeCommand('nativeOrchestrator.showDiff', row()?.argument);
    const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
    assert.ok(input instanceof vscode.TabInputTextDiff);
    assert.ok(input.original.path.endsWith(settings));
    const planned = await vscode.workspace.openTextDocument(input.modified);
    assert.match(planned.getText(), /Edit\(tests\/\*\*\)/);
  });

  it('is not made by the order of keys', async () => {
    const value = JSON.parse(read(settings));
    write(settings, JSON.stringify(Object.fromEntries(Object.entries(value).reverse())));
    await until(api, 'another look', () => true);
    api.fleets.stores[0]?.inspectNow();
    assert.ok(isQuiet(), JSON.stringify([...diagnosticsOf(settings), ...diagnosticsOf(registry)]));
    assert.equal(row()?.description, '');
  });
});
