// Folders that no agent owns: archived from their row and from the choice, brought back, refused where something speaks against it.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { before, beforeEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { EditorApi } from '../../src/editor/extension.ts';
import type { Row } from '../../src/editor/tree/row.ts';
import { allRows, fileOf, models, read, restore, storeOf, until, uriOf, write } from './workbench.ts';

const folder = vscode.workspace.workspaceFolders?.[0]?.uri.toString() ?? '';

describe('clean up', () => {
  let api: EditorApi;
  const rowOf = (label: string): Row | undefined =>
    allRows(api.tree.rows()).find((row) => row.label === label);
  const exists = (relative: string): boolean => fs.existsSync(fileOf(relative));
  const run = (id: string, ...args: readonly unknown[]) =>
    vscode.commands.executeCommand(`nativeOrchestrator.${id}`, ...args);
  /** The manifests of the archives there are, relative to the workspace. */
  const manifests = (): string[] =>
    exists('agents/archive')
      ? fs.readdirSync(fileOf('agents/archive')).map((name) => `agents/archive/${name}/manifest.json`)
      : [];

  before(async () => {
    api = await models();
  });
  beforeEach(async () => {
    await restore(api);
    for (const name of ['code', 'test']) {
      fs.mkdirSync(fileOf(`agents/${name}/.claude`), { recursive: true });
      write(`agents/${name}/.claude/CLAUDE.md`, `# ${name}\n`);
    }
    storeOf(api).inspectNow();
    await until(api, 'two strangers', () => rowOf('code/') !== undefined && rowOf('test/') !== undefined);
  });

  it('offers its actions where they belong', () => {
    assert.deepEqual(rowOf('code/')?.argument, { folder, directory: 'code' });
    assert.deepEqual([rowOf('code/')?.kind, rowOf('Not in the registry')?.kind], ['stranger', 'strangers']);
  });

  it('archives the folder of a row, and brings it back', async () => {
    await run('archiveDirectory', rowOf('code/'));
    await until(api, 'one stranger less', () => rowOf('code/') === undefined);
    assert.deepEqual([exists('agents/code'), exists('agents/test')], [false, true]);
    const [manifest = ''] = manifests();
    assert.equal(JSON.parse(read(manifest)).directories[0].from, 'agents/code');
    await run('undoCleanUp', { folder, manifest });
    await until(api, 'the stranger again', () => rowOf('code/') !== undefined);
    assert.equal(read('agents/code/.claude/CLAUDE.md'), '# code\n');
    assert.ok(!exists('agents/archive'));
  });

  it('archives what is ticked, which the old ones are', async () => {
    const done = run('cleanUp');
    // Until the choice is on show there is nothing to accept.
    while (exists('agents/code') || exists('agents/test'))
      await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
    await done;
    await until(api, 'no stranger', () => rowOf('Not in the registry') === undefined);
    assert.equal(JSON.parse(read(manifests()[0] ?? '')).directories.length, 2);
  });

  /** The command changes nothing on the disk, for what was spoiled before. */
  const refuses = (title: string, argument: unknown, spoil: () => unknown = () => {}): unknown =>
    it(`refuses ${title}`, async () => {
      await spoil();
      await run('archiveDirectory', argument);
      assert.deepEqual([exists('agents/code'), exists('agents/code-agent')], [true, true]);
      assert.deepEqual(manifests(), []);
    });
  const code = { folder, directory: 'code' };
  refuses('a registered folder', { folder, directory: 'code-agent' });
  refuses('a folder that leads out', { folder, directory: '../agents/code' });
  refuses('a folder of another workspace', { folder: 'file:///elsewhere', directory: 'code' });
  refuses('no folder at all', undefined);
  refuses('while the registry has errors', code, () => {
    write('agents/registry.yaml', `${read('agents/registry.yaml')}  broken: [`);
  });
  refuses('while the registry is not saved', code, () => type('agents/registry.yaml'));
  refuses('while a text in it is not saved', code, () => type('agents/code/.claude/CLAUDE.md'));
  refuses('what the registry uses', code, () => {
    const persona = '    model: sonnet\n    persona: agents/code/.claude/CLAUDE.md\n';
    write('agents/registry.yaml', read('agents/registry.yaml').replace('    model: sonnet\n', persona));
  });

  /** Changes a text in the editor and leaves it unsaved. */
  async function type(relative: string): Promise<void> {
    const document = await vscode.workspace.openTextDocument(uriOf(relative));
    await vscode.window.showTextDocument(document);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(0, 0), '# typed\n');
    assert.ok(await vscode.workspace.applyEdit(edit));
    await until(api, 'an unsaved text', () => document.isDirty);
  }
});
