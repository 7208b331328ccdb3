// Making a hook executable: a regular file inside the workspace, and nothing else.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { before, beforeEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { fileOf, models, outsideFolder, restore, write } from './workbench.ts';

const makeExecutable = (file: unknown) =>
  vscode.commands.executeCommand('nativeOrchestrator.makeHookExecutable', {
    folder: vscode.workspace.workspaceFolders?.[0]?.uri.toString(),
    path: file,
  });
const isExecutable = (file: string): boolean => (fs.statSync(file).mode & 0o111) !== 0;

describe('make the hook executable', () => {
  const outside = outsideFolder('hooks');
  const stranger = path.join(outside, 'stranger.sh');
  before(async function () {
    if (process.platform === 'win32') this.skip();
    await restore(await models());
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
