// A hook in the old form: marked, and rewritten by its quick fix, in a settings file that is not ours too.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { EditorApi } from '../../src/editor/extension.ts';
import { Messages } from './messages.ts';
import {
  diagnosticsOf,
  fileOf,
  fixesOn,
  models,
  read,
  restore,
  storeOf,
  until,
  uriOf,
  write,
} from './workbench.ts';

describe('migrate a hook entry', () => {
  const settings = '.claude/settings.json';
  const legacy = '{\n  "hooks": {\n    "PreToolUse": [{ "command": "node --version" }]\n  },\n  "x": 1\n}\n';
  let api: EditorApi;
  before(async () => {
    api = await models();
    await restore(api);
    fs.mkdirSync(fileOf('.claude'), { recursive: true });
  });
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    fs.rmSync(fileOf('.claude'), { recursive: true, force: true });
    await restore(api);
  });

  it('is offered on the entry, edits the open document, and clears the error', async () => {
    write(settings, legacy);
    const squiggle = () =>
      diagnosticsOf(settings).find(
        ({ code }) => typeof code === 'object' && code.value === 'claude/legacy-hook',
      );
    await until(api, 'the old form is marked', () => squiggle() !== undefined);
    assert.equal(squiggle()?.severity, vscode.DiagnosticSeverity.Error);
    const fixes = await fixesOn(settings, squiggle);
    const fix = fixes.find(({ title }) => title === 'Rewrite this hook in the present form');
    assert.ok(fix?.edit, fixes.map(({ title }) => title).join(', '));
    assert.equal(await vscode.workspace.applyEdit(fix.edit), true);
    const document = await vscode.workspace.openTextDocument(uriOf(settings));
    const [entry] = JSON.parse(document.getText()).hooks.PreToolUse;
    assert.deepEqual(entry, { matcher: '*', hooks: [{ type: 'command', command: 'node --version' }] });
    assert.ok(document.getText().endsWith(',\n  "x": 1\n}\n'), 'the rest is as it was');
    // Unsaved, and seen all the same.
    await until(api, 'the error is gone', () => squiggle() === undefined);
    assert.equal(await document.save(), true);
  });
});

const codeOf = ({ code }: vscode.Diagnostic): unknown => (typeof code === 'object' ? code.value : code);

describe('migrate a file, and a template', () => {
  const settings = 'agents/code-agent/.claude/settings.json';
  const template = 'scripts/native-orchestrator/templates/settings.json.template';
  let api: EditorApi;
  let messages: Messages;
  before(async () => {
    api = await models();
    messages = new Messages();
  });
  after(async () => {
    messages.dispose();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    fs.rmSync(fileOf('scripts'), { recursive: true, force: true });
    await restore(api);
  });

  /** Clicks a fix of a squiggle. Not awaited: it waits for an answer. */
  async function click(file: string, code: string, title: string): Promise<void> {
    const squiggle = () => diagnosticsOf(file).find((each) => codeOf(each) === code);
    await until(api, `${code} in ${file}`, () => squiggle() !== undefined);
    const fixes = await fixesOn(file, squiggle);
    const fix = fixes.find((each) => each.title === title);
    assert.ok(fix?.command, fixes.map((each) => each.title).join(', '));
    void vscode.commands.executeCommand(fix.command.command, ...(fix.command.arguments ?? []));
  }
  const health = () => storeOf(api).fleet?.agents.find(({ agent }) => agent.id === 'code-agent')?.health;
  const differencesShown = () =>
    vscode.window.tabGroups.all.some(({ tabs }) => tabs.some(({ label }) => label.startsWith('Migrate:')));

  it('shows what becomes of a legacy file, writes it, and keeps what people added', async () => {
    await restore(api);
    const legacy =
      '{"hooks": {"PreToolUse": [{"command": "node --version"}]}, "projectInfo": {}, "language": "german"}\n';
    write(settings, legacy);
    await click(settings, 'claude/legacy-hook', 'Migrate this file…');
    await until(api, 'the difference', differencesShown);
    assert.equal(read(settings), legacy, 'nothing is written before it is agreed to');
    await messages.accept(/will be written in the real form/, 'Migrate');
    await messages.accept(/written in the real form/);
    assert.notEqual(read(settings), legacy);
    const value = JSON.parse(read(settings));
    assert.deepEqual(
      [value.language, value.projectInfo, value.hooks.PreToolUse.length],
      ['german', undefined, 2],
    );
    await until(api, 'a healthy agent', () => health() === 'healthy');
  });

  it('goes over from a template without a guard to the built-in settings', async () => {
    await restore(api);
    fs.mkdirSync(fileOf('scripts/native-orchestrator/templates'), { recursive: true });
    write(template, '{"model": "haiku"}\n');
    await click(template, 'outputs/template-unguarded', 'Use the built-in settings…');
    await until(api, 'the difference', differencesShown);
    assert.ok(fs.existsSync(fileOf(template)));
    await messages.accept(/will be written in the real form/, 'Migrate');
    await messages.accept(/written in the real form/);
    assert.ok(!fs.existsSync(fileOf(template)));
    await until(api, 'a healthy agent', () => health() === 'healthy');
  });
});
