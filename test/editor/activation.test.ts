// The extension starts by itself in a workspace that has a registry.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';

describe('activation', () => {
  it('happens where there is a registry', async () => {
    const extension = vscode.extensions.getExtension('native-orchestrator.native-orchestrator');
    await extension?.activate();
    assert.equal(extension?.isActive, true);
  });

  it('finds the workspace it was opened in', async () => {
    assert.equal(vscode.workspace.workspaceFolders?.length, 1);
    assert.equal((await vscode.workspace.findFiles('agents/registry.yaml')).length, 1);
  });
});
