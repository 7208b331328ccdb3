// What commands of the editor leave in the audit log: folders that come back, a first registry, a hook that is made to run.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, beforeEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { EditorApi } from '../../src/editor/extension.ts';
import { sessionHostOf } from '../../src/editor/sessionHost.ts';
import { auditFile } from '../../src/hub/auditLog.ts';
import { Messages } from './messages.ts';
import { fileOf, models, restore, storeOf, until, write } from './workbench.ts';

const folder = vscode.workspace.workspaceFolders?.[0]?.uri.toString() ?? '';
const run = (id: string, argument?: unknown) =>
  vscode.commands.executeCommand(`nativeOrchestrator.${id}`, argument);

describe('the audit log of a window', () => {
  let api: EditorApi;
  let messages: Messages;
  const log = () => auditFile(sessionHostOf(storeOf(api)).stateDirectory);
  /** What was noted since the test began. */
  const noted = (): readonly unknown[] =>
    (fs.existsSync(log()) ? fs.readFileSync(log(), 'utf8').trim().split('\n') : [])
      .map((line) => JSON.parse(line))
      .map(({ by, action, outcome, details }) => [by, action, outcome, details]);

  before(async () => {
    api = await models();
  });
  beforeEach(async () => {
    await restore(api);
    messages = new Messages();
    fs.rmSync(log(), { force: true });
  });
  after(() => restore(api));

  it('has folders that were archived, and that they came back', async () => {
    fs.mkdirSync(fileOf('agents/code/.claude'), { recursive: true });
    write('agents/code/.claude/CLAUDE.md', '# code\n');
    storeOf(api).inspectNow();
    await run('archiveDirectory', { folder, directory: 'code' });
    const [name] = fs.readdirSync(fileOf('agents/archive'));
    const manifest = `agents/archive/${name}/manifest.json`;
    await run('undoCleanUp', { folder, manifest });
    await run('undoCleanUp', { folder, manifest });
    messages.dispose();
    assert.deepEqual(noted(), [
      ['editor', 'clean', 'done', { folders: 'agents/code' }],
      ['editor', 'clean', 'done', { undo: manifest }],
      ['editor', 'clean', 'refused', { undo: manifest }],
    ]);
  });

  it('has a registry that was created, and not one that was only shown', async () => {
    await run('createRegistry');
    assert.deepEqual(noted(), []);
    fs.rmSync(fileOf('agents/registry.yaml'));
    storeOf(api).inspectNow();
    await run('createRegistry');
    await until(api, 'a registry', () => fs.existsSync(fileOf('agents/registry.yaml')));
    messages.dispose();
    assert.deepEqual(noted(), [['editor', 'create', 'done', { file: 'agents/registry.yaml' }]]);
  });

  it('has a hook that was made executable', async () => {
    write('agents/hook.sh', '#!/bin/sh\n');
    fs.chmodSync(fileOf('agents/hook.sh'), 0o644);
    await run('makeHookExecutable', { folder, path: 'agents/hook.sh' });
    await run('makeHookExecutable', { folder, path: '../outside.sh' });
    messages.dispose();
    assert.equal(fs.statSync(fileOf('agents/hook.sh')).mode & 0o111, 0o111);
    assert.deepEqual(noted(), [['editor', 'mend', 'done', { file: 'agents/hook.sh' }]]);
  });
});
