// A difference is mended from its squiggle: shown first, then written by an edit that can be undone; refused when late.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { EditorApi } from '../../src/editor/extension.ts';
import { Messages } from './messages.ts';
import {
  diagnosticsOf,
  fixesOn,
  models,
  read,
  reloaded,
  restore,
  storeOf,
  until,
  uriOf,
  write,
} from './workbench.ts';

const settings = 'agents/code-agent/.claude/settings.json';

/** The preview of a difference, once it is shown. */
async function previewShown(api: EditorApi): Promise<vscode.TabInputTextDiff> {
  const shown = () => {
    const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
    return input instanceof vscode.TabInputTextDiff && input.modified.scheme.endsWith('-preview')
      ? input
      : undefined;
  };
  await until(api, 'the difference', () => shown() !== undefined);
  return shown() ?? assert.fail();
}

describe('mend a difference', () => {
  let api: EditorApi;
  let messages: Messages;
  before(async () => {
    api = await models();
    messages = new Messages();
  });
  after(() => messages.dispose());
  beforeEach(async () => {
    messages.clear();
    await restore(api);
  });

  /** Clicks a fix on the squiggle of the model. Not awaited: it waits for an answer. */
  async function click(title: string): Promise<void> {
    const fixes = await fixesOn(settings, () =>
      diagnosticsOf(settings).find(({ message }) => message.startsWith('/model')),
    );
    const fix = fixes.find((each) => each.title === title);
    assert.ok(fix?.command, fixes.map((each) => each.title).join(', '));
    void vscode.commands.executeCommand(fix.command.command, ...(fix.command.arguments ?? []));
  }

  it('restores one key, every other byte kept, and undo takes it back', async () => {
    const good = read(settings);
    const spoilt = good
      .replace('"model": "opus"', '"model":   "haiku"')
      .replace(/\n\}\n$/, ',\n  "x" : 1\n}\n');
    write(settings, spoilt);
    await click('Restore this key from the registry');
    const { original, modified } = await previewShown(api);
    assert.equal(original.fsPath, uriOf(settings).fsPath);
    const after = spoilt.replace('"haiku"', '"opus"');
    assert.equal((await vscode.workspace.openTextDocument(modified)).getText(), after);
    assert.equal(read(settings), spoilt, 'nothing is written before it is agreed to');
    await messages.accept(/^Restore \/model of code-agent/, 'Restore');
    await until(api, 'the file restored', () => read(settings) === after);
    await until(api, 'no squiggle', () => diagnosticsOf(settings).length === 0);
    assert.equal(read(settings), after);
    const document = await vscode.workspace.openTextDocument(uriOf(settings));
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), spoilt);
    await until(api, 'the squiggle', () => diagnosticsOf(settings).length > 0);
  });

  it('does nothing when the file has changed since it was shown', async () => {
    write(settings, read(settings).replace('"model": "opus"', '"model": "haiku"'));
    await click('Restore this key from the registry');
    await previewShown(api);
    const other = read(settings).replace('"haiku"', '"sonnet"');
    write(settings, other);
    const document = await reloaded(api, settings);
    await messages.accept(/^Restore \/model of code-agent/, 'Restore');
    await messages.accept(/settings\.json has changed since the difference was shown/);
    assert.equal(read(settings), other);
    assert.equal(document.getText(), other);
  });

  it('adopts a change into the registry: comments and order kept, undo takes it back', async () => {
    const registry = 'agents/registry.yaml';
    const before = read(registry);
    write(settings, read(settings).replace('"model": "opus"', '"model": "haiku"'));
    await click('Adopt this change into the registry');
    const { original, modified } = await previewShown(api);
    assert.equal(original.fsPath, uriOf(registry).fsPath);
    const after = before.replace('model: opus', 'model: haiku');
    assert.equal((await vscode.workspace.openTextDocument(modified)).getText(), after);
    assert.equal(read(registry), before);
    await messages.accept(/^Adopt /, 'Adopt');
    await until(api, 'the registry saved', () => read(registry) === after);
    await until(api, 'no squiggle', () => diagnosticsOf(settings).length === 0);
    const document = await vscode.workspace.openTextDocument(uriOf(registry));
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), before);
    await document.save();
    await until(api, 'the squiggle', () => diagnosticsOf(settings).length > 0);
  });

  it('ignores a difference for a reason: no squiggle, no mark in tree and status item', async () => {
    const registry = 'agents/registry.yaml';
    const before = read(registry);
    write(settings, read(settings).replace('"model": "opus"', '"model": "haiku"'));
    await until(api, 'a squiggle', () => diagnosticsOf(settings).length > 0);
    const argument = { folder: storeOf(api).folder.uri.toString(), agent: 'code-agent', path: settings };
    void vscode.commands.executeCommand('nativeOrchestrator.ignoreDifference', {
      ...argument,
      key: '/model',
      reason: 'a trial',
      until: '2999-12-31',
    });
    await previewShown(api);
    await messages.accept(/^Ignore the difference at /, 'Ignore');
    await until(api, 'the registry saved', () => !['', before].includes(read(registry)));
    const lines = `    ignore:\n      - file: ${settings}\n        key: /model\n        reason: a trial\n        until: "2999-12-31"\n`;
    assert.equal(
      read(registry),
      before.replace('    forbidden: [Tests]\n', `    forbidden: [Tests]\n${lines}`),
    );
    await until(api, 'no squiggle', () => diagnosticsOf(settings).length === 0);
    assert.equal(api.statusItem.text, '$(shield) 2 agents');
    const told = vscode.languages.getDiagnostics(uriOf(settings)).filter(({ source }) => source === 'agents');
    assert.match(
      told.map(({ message }) => message).join(),
      /One difference .* is ignored: \/model \(a trial/,
    );
  });

  it('offers neither to adopt nor to ignore a guard that is gone', async () => {
    const value = JSON.parse(read(settings));
    delete value.hooks.PreToolUse;
    write(settings, `${JSON.stringify(value, null, 2)}\n`);
    const fixes = await fixesOn(settings, () => diagnosticsOf(settings)[0]);
    const titles = fixes.map(({ title }) => title);
    assert.ok(titles.includes('Restore this key from the registry'), titles.join());
    assert.ok(!titles.some((title) => /^(Adopt|Ignore)/.test(title)), titles.join());
  });
});
