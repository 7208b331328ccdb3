// Lenses, hovers and the commands around the registry's text.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { before, beforeEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { EditorApi } from '../../src/editor/extension.ts';
import { fileOf, models, read, restore, until, uriOf, write } from './workbench.ts';

const registry = 'agents/registry.yaml';

/** The Markdown of the hovers at the first place of a text in the registry. */
async function hoverAt(text: string): Promise<string> {
  const offset = read(registry).indexOf(text);
  assert.ok(offset >= 0, text);
  const document = await vscode.workspace.openTextDocument(uriOf(registry));
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
    'vscode.executeHoverProvider',
    document.uri,
    document.positionAt(offset + 1),
  );
  return hovers
    .flatMap((hover) => hover.contents)
    .map((content) => (typeof content === 'string' ? content : content.value))
    .join('\n');
}

async function lenses(): Promise<readonly string[]> {
  await vscode.workspace.openTextDocument(uriOf(registry));
  const found = await vscode.commands.executeCommand<vscode.CodeLens[]>(
    'vscode.executeCodeLensProvider',
    uriOf(registry),
    100,
  );
  return found.map((lens) => `${lens.range.start.line}: ${lens.command?.title}`);
}

describe('language', () => {
  let api: EditorApi;
  before(async () => {
    api = await models();
  });
  beforeEach(() => restore(api));

  it('hovers on a glob: what it matches now, and who may touch it', async () => {
    const words = await hoverAt('tests/**');
    assert.match(words, /Matches 1 file now/);
    assert.match(words, /`tests\/answer\.test\.js`/);
    assert.match(words, /Owned by `test-agent`/);
  });

  it('hovers on a tool: what it does, and who has it', async () => {
    const words = await hoverAt('Bash, Task');
    assert.match(words, /1 agent has it: `code-agent`/);
  });

  it('hovers on a delegate and on an agent: its card', async () => {
    assert.match(await hoverAt('test-agent]'), /\*\*Test Agent\*\*/);
    assert.match(await hoverAt('code-agent:'), /\*\*Code Agent\*\*/);
  });

  it('has lenses above each agent, at most four', async () => {
    const lineOf = (text: string) => read(registry).split('\n').indexOf(text);
    assert.deepEqual(await lenses(), [
      `${lineOf('  code-agent:')}: $(play) Start`,
      `${lineOf('  code-agent:')}: $(verified) Prove`,
      `${lineOf('  test-agent:')}: $(play) Start`,
      `${lineOf('  test-agent:')}: $(verified) Prove`,
    ]);
    fs.rmSync(fileOf('agents/test-agent'), { recursive: true });
    await until(api, 'the loss', () => api.fleets.stores[0]?.fleet?.agents[1]?.health === 'missing');
    assert.deepEqual(
      (await lenses()).slice(2).map((lens) => lens.split(': ')[1]),
      ['$(play) Start', '$(diff) Not generated yet', '$(sync) Regenerate'],
    );
  });

  it('never writes a registry over one that is there', async () => {
    const before = read(registry);
    await vscode.commands.executeCommand('nativeOrchestrator.createRegistry');
    assert.equal(read(registry), before);
  });

  it('creates a registry that is in order, where there is none', async () => {
    fs.rmSync(fileOf(registry));
    await until(api, 'no registry', () => api.fleets.withRegistry.length === 0);
    await vscode.commands.executeCommand('nativeOrchestrator.createRegistry');
    await until(api, 'a registry', () => api.fleets.stores[0]?.fleet?.registry !== undefined);
    const found = api.fleets.stores[0]?.fleet?.parsed?.findings ?? [];
    assert.deepEqual(
      found.filter((each) => each.severity !== 'information'),
      [],
    );
  });

  it('refuses to generate from a registry with an error, and writes nothing', async () => {
    const settings = 'agents/code-agent/.claude/settings.json';
    write(settings, '{}\n');
    write(registry, read(registry).replace('model: opus', 'model: [opus]'));
    await until(api, 'the error', () => api.fleets.stores[0]?.fleet?.isLastGood === true);
    await vscode.commands.executeCommand('nativeOrchestrator.generateAll');
    assert.equal(read(settings), '{}\n');
  });

  it('reports on this machine', async () => {
    await vscode.commands.executeCommand('nativeOrchestrator.runDoctor');
    const report = await vscode.workspace.openTextDocument(
      vscode.Uri.from({ scheme: 'native-orchestrator-report', path: '/Agents doctor.md' }),
    );
    assert.match(report.getText(), /\| ✓ \| node \| \d+/);
    assert.match(report.getText(), /\| ✓ \| registry \| 2 agents/);
  });
});
