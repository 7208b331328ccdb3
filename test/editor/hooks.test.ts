// Making a hook executable: a regular file inside the workspace, and nothing else.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { before, beforeEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { EditorApi } from '../../src/editor/extension.ts';
import {
  diagnosticsOf,
  fileOf,
  fixesOn,
  models,
  outsideFolder,
  read,
  restore,
  until,
  write,
} from './workbench.ts';

const makeExecutable = (file: unknown) =>
  vscode.commands.executeCommand('nativeOrchestrator.makeHookExecutable', {
    folder: vscode.workspace.workspaceFolders?.[0]?.uri.toString(),
    path: file,
  });
const isExecutable = (file: string): boolean => (fs.statSync(file).mode & 0o111) !== 0;

describe('make the hook executable', () => {
  const outside = outsideFolder('hooks');
  const stranger = path.join(outside, 'stranger.sh');
  let api: EditorApi;
  before(async function () {
    if (process.platform === 'win32') this.skip();
    api = await models();
    await restore(api);
  });
  beforeEach(() => {
    fs.rmSync(fileOf('hooks'), { recursive: true, force: true });
    fs.mkdirSync(fileOf('hooks'));
    write('hooks/mine.sh', '#!/bin/sh\n');
    fs.chmodSync(fileOf('hooks/mine.sh'), 0o640);
    fs.writeFileSync(stranger, '#!/bin/sh\n', { mode: 0o644 });
  });

  it('lets those run it who may read it', async () => {
    await makeExecutable('hooks/mine.sh');
    assert.equal(fs.statSync(fileOf('hooks/mine.sh')).mode & 0o777, 0o750);
  });

  it('is offered where a hook cannot run, and clears the squiggle', async () => {
    const settings = 'agents/code-agent/.claude/settings.json';
    const value = JSON.parse(read(settings));
    const command = '"$CLAUDE_PROJECT_DIR"/hooks/mine.sh';
    value.hooks.PreToolUse.push({ matcher: 'Edit', hooks: [{ type: 'command', command }] });
    fs.chmodSync(fileOf('hooks/mine.sh'), 0o644);
    write(settings, `${JSON.stringify(value, undefined, 2)}\n`);
    const squiggle = () =>
      diagnosticsOf(settings).find(
        ({ code }) => typeof code === 'object' && code.value === 'claude/not-executable',
      );
    await until(api, 'a hook that cannot run', () => squiggle() !== undefined);
    const row = () => api.tree.rows().find((each) => each.label === 'code-agent');
    const hooks = () => row()?.children?.find((each) => each.label === 'Hooks')?.children ?? [];
    assert.ok(hooks().some((hook) => hook.description === 'not executable'));
    const fixes = await fixesOn(settings, squiggle);
    const fix = fixes.find((each) => each.title === 'Make hooks/mine.sh executable');
    assert.ok(fix?.command, fixes.map((each) => each.title).join(', '));
    await vscode.commands.executeCommand(fix.command.command, ...(fix.command.arguments ?? []));
    await until(api, 'a hook that can run', () => squiggle() === undefined);
    assert.ok(isExecutable(fileOf('hooks/mine.sh')));
    await restore(api);
  });

  const refused: readonly (readonly [string, () => unknown])[] = [
    ['a path that leads out', () => path.relative(fileOf('.'), stranger)],
    ['an absolute path outside', () => stranger],
    [
      'a link that leads out',
      () => {
        fs.symlinkSync(stranger, fileOf('hooks/link.sh'));
        return 'hooks/link.sh';
      },
    ],
    [
      'a folder that leads out',
      () => {
        fs.symlinkSync(outside, fileOf('hooks/folder'));
        return 'hooks/folder/stranger.sh';
      },
    ],
    ['nothing', () => undefined],
  ];
  for (const [name, place] of refused)
    it(`refuses ${name}`, async () => {
      await makeExecutable(place());
      assert.equal(isExecutable(stranger), false);
    });

  it('refuses a folder', async () => {
    const mode = fs.statSync(fileOf('hooks')).mode;
    await makeExecutable('hooks');
    assert.equal(fs.statSync(fileOf('hooks')).mode, mode);
  });
});
