// Proofs that lie in the state directory show up in tree, lens, status item and report, and follow what they stand on.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, beforeEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { EditorApi } from '../../src/editor/extension.ts';
import { stateDirectoryOf, userState } from '../../src/editor/folderState.ts';
import { packagedHooks } from '../../src/editor/hookSources.ts';
import { nodeFiles } from '../../src/files/nodeFiles.ts';
import { type Attempt, type ProofRecord, proofPath, writeProof } from '../../src/proof/proofRecord.ts';
import { provenFiles } from '../../src/proof/provenFiles.ts';
import { soon } from './standIn.ts';
import {
  allRows,
  diagnosticsOf,
  models,
  outsideFolder,
  read,
  restore,
  root,
  until,
  uriOf,
  write,
} from './workbench.ts';

const agent = 'code-agent';
const settings = `agents/${agent}/.claude/settings.json`;
const refused: Attempt = {
  kind: 'edit',
  tool: 'Edit',
  target: 'tests/answer.test.js',
  expected: 'blocked',
  got: 'blocked',
  by: 'rule',
  enforceable: true,
  form: 'launch',
  carrier: 'all',
  rule: 'tests/**',
};
const done: Attempt = { ...refused, target: 'src/answer.js', expected: 'allowed', got: 'allowed' };
const through: Attempt = { ...refused, got: 'allowed' };

/** The document of that path, when it is opened; at once when it is open, since it then opens no second time. */
function opened(name: string): Promise<vscode.TextDocument> {
  const isIt = (document: vscode.TextDocument) => document.uri.path === name && !document.isClosed;
  const open = vscode.workspace.textDocuments.find(isIt);
  if (open) return Promise.resolve(open);
  return new Promise((resolve) => {
    const listening = vscode.workspace.onDidOpenTextDocument((document) => {
      if (document.uri.path !== name) return;
      listening.dispose();
      resolve(document);
    });
  });
}

describe('proof', () => {
  let api: EditorApi;
  const folder = outsideFolder('claude');
  const state = stateDirectoryOf(root);
  const argument = { folder: vscode.workspace.workspaceFolders?.[0]?.uri.toString() ?? '', agent };
  const setting = () => vscode.workspace.getConfiguration('nativeOrchestrator');
  /** A program that says it is this version of claude. */
  const claudeOf = (version: string): string => {
    const file = path.join(folder, `claude-${version}`);
    fs.writeFileSync(file, `#!/bin/sh\necho "${version} (Claude Code)"\n`, { mode: 0o755 });
    return file;
  };
  const useClaude = (version: string) =>
    setting().update('claudePath', claudeOf(version), vscode.ConfigurationTarget.Workspace);
  const row = () => {
    const found = allRows(api.tree.rows()).find((each) => each.label === agent);
    if (!found) throw new Error(`there is no row of ${agent}`);
    return found;
  };
  /** Waits until the row of the agent says that; a failure says what it says instead. */
  const shows = (words: string): Promise<void> =>
    until(api, `a row that says "${words}"`, () => row().description === words).catch((error: Error) => {
      throw new Error(`${error.message}, but "${row().description}"`);
    });
  const proofRow = () => allRows([row()]).find((each) => each.label === 'Proof')?.description;
  const lenses = async (): Promise<readonly string[]> => {
    await vscode.workspace.openTextDocument(uriOf('agents/registry.yaml'));
    const found = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      uriOf('agents/registry.yaml'),
    );
    return found
      .filter((each) => (each.command?.arguments?.[0] as { agent?: string } | undefined)?.agent === agent)
      .map((each) => each.command?.title ?? '');
  };

  before(async () => {
    api = await models();
    await useClaude('2.1.329');
  });
  beforeEach(async () => {
    fs.rmSync(path.join(state, 'proofs'), { recursive: true, force: true });
    await restore(api);
    await shows('');
  });
  after(async () => {
    fs.rmSync(path.join(state, 'proofs'), { recursive: true, force: true });
    await setting().update('claudePath', undefined, vscode.ConfigurationTarget.Workspace);
    await restore(api);
  });

  /** Keeps a proof of what is on the disk now, as `prove` does. */
  async function keep(attempts: readonly Attempt[], changed: Partial<ProofRecord> = {}): Promise<void> {
    const extension = vscode.extensions.getExtension('native-orchestrator.native-orchestrator');
    const hooks = packagedHooks(extension?.extensionPath ?? '', 'cjs')();
    const record: ProofRecord = {
      format: 1,
      agent,
      at: new Date().toISOString(),
      cli: '2.1.329',
      platform: `${process.platform}-${process.arch}`,
      sandbox: false,
      outputs: provenFiles(nodeFiles, root, agent, hooks),
      attempts,
      notCovered: [],
      ...changed,
    };
    await writeProof(nodeFiles, { root: userState(), workspace: state }, record);
  }

  it('that was made elsewhere shows at once in tree and lens', async () => {
    await soon('a lens that proves it', async () => (await lenses()).includes('$(verified) Prove'));
    await keep([refused, done]);
    await shows('✓ proven');
    assert.equal(row().icon?.id, 'circle-outline');
    assert.equal(proofRow(), 'proven on 2.1.329, just now');
    assert.ok((await lenses()).includes('$(check) proven on 2.1.329, just now'), String(await lenses()));
    assert.equal(api.statusItem.text, '$(shield) 2 agents');
    assert.match(row().tooltip, /Proof: proven on 2\\\.1\\\.329, just now/);
    fs.rmSync(proofPath(state, agent));
    await shows('');
  });

  it('turns unproven when an output changes, says since when, and holds again when it is back', async () => {
    await keep([refused, done]);
    await shows('✓ proven');
    const before = read(settings);
    write(settings, before.replace(/\n}\n$/, ',\n  "theme": "dark"\n}\n'));
    await shows('unproven: settings.json changed');
    assert.match(row().tooltip, /Proof: unproven since \d\d\\:\d\d\\: settings\\\.json changed/);
    assert.ok((await lenses()).includes('$(verified) Prove (unproven: settings.json changed)'));
    write(settings, before);
    await shows('✓ proven');
  });

  it('turns unproven when claude is another one', async () => {
    await keep([refused, done]);
    await shows('✓ proven');
    await lenses();
    await useClaude('2.1.331');
    await until(api, 'an old proof', () => row().description.startsWith('unproven: claude is 2.1.331 now'));
    await useClaude('2.1.329');
    await shows('✓ proven');
  });

  it('that failed degrades the agent, and a click opens the report', async () => {
    await keep([refused, through, { ...through, kind: 'write', tool: 'Write' }, done]);
    await shows('proof failed: 2 got through');
    // The words come from the record, the icon from the inspection that it asks for.
    await until(api, 'a warning', () => row().icon?.id === 'warning');
    assert.equal(row().icon?.color, 'list.warningForeground');
    await until(api, 'the status item', () => api.statusItem.text === '$(warning) 1 needs repair · 2 agents');
    assert.equal(api.fleets.find(argument)?.status.health, 'degraded');
    const marked = () => diagnosticsOf('agents/registry.yaml').map((each) => each.message);
    await until(api, 'a squiggle', () => marked().some((each) => each.includes('Edit tests/answer')));
    assert.ok((await lenses()).some((title) => /^\$\(warning\) proof failed on 2\.1\.329/.test(title)));
    const { click } = row();
    assert.ok(click);
    const report = opened(`/Proof of ${agent}.md`);
    await vscode.commands.executeCommand(click.command, ...click.arguments);
    const page = await report;
    assert.match(page.getText(), /## ✗ Forbidden, and got through\n\n- `Edit` on `tests\/answer/);
    // The page follows the proof.
    await keep([refused, done]);
    await until(api, 'the new report', () => /\*\*✓ Proven\*\*/.test(page.getText()));
    await until(api, 'the status item', () => api.statusItem.text === '$(shield) 2 agents');
    await until(api, 'no squiggle', () => marked().length === 0);
  });

  it('is reported for all agents on one page, beside the page of the doctor', async function () {
    this.timeout(60_000); // The doctor starts every program of the machine that it looks for.
    await keep([refused, done]);
    await shows('✓ proven');
    const uri = vscode.Uri.from({ scheme: 'native-orchestrator-report', path: '/Proofs.md' });
    const page = await vscode.workspace.openTextDocument(uri);
    assert.match(page.getText(), /\| ✓ \| `code-agent` \| ✓\u00a01 \| ○\u00a01 \| `2\.1\.329` \|/);
    assert.match(page.getText(), /Never proven: `test-agent`/);
    const doctor = opened('/Agents doctor.md');
    await vscode.commands.executeCommand('nativeOrchestrator.runDoctor');
    assert.match((await doctor).getText(), /^# Agents: how this machine stands/);
  });

  const hostile: readonly (readonly [string, (file: string) => void])[] = [
    ['empty', (file) => fs.writeFileSync(file, '')],
    ['half written', (file) => fs.writeFileSync(file, '{"format": 1, "agent": "code-agent", "at": "2026')],
    ['of another agent', (file) => fs.writeFileSync(file, '{"format": 1, "agent": "test-agent"}')],
    ['deep', (file) => fs.writeFileSync(file, '['.repeat(100_000))],
    ['with a prototype', (file) => fs.writeFileSync(file, '{"__proto__": {"format": 1}, "attempts": {}}')],
    ['a folder', (file) => fs.mkdirSync(file)],
    ['a link to a good one', (file) => fs.symlinkSync(path.join(folder, 'good.json'), file)],
  ];
  for (const [name, make] of hostile)
    it(`of a record that is ${name} is unknown`, async () => {
      await keep([refused, done]);
      await shows('✓ proven');
      const file = proofPath(state, agent);
      fs.copyFileSync(file, path.join(folder, 'good.json'));
      fs.rmSync(file);
      make(file);
      await shows('proof unknown');
      assert.equal(proofRow(), 'unknown: the record of its proof cannot be read');
      assert.equal(api.fleets.find(argument)?.status.health, 'healthy');
    });

  it('of a hostile record is shown as text', async () => {
    const evil = '[x](command:evil) $(trash) <img src=x>';
    await keep([{ ...refused, target: evil, note: evil, got: 'not-run' }, done], { cli: evil });
    await until(api, 'a proof', () => row().description.startsWith('unproven: claude is'));
    assert.match(row().tooltip, /\\\[x\\\]\\\(command\\:evil/);
    const titles = await lenses();
    assert.ok(
      titles.some((title) => title.includes('\\$(trash)')),
      String(titles),
    );
    assert.ok(!titles.some((title) => /[^\\]\$\(trash/.test(title)), String(titles));
  });

  for (const given of ['../../x', 'nobody', '__proto__', ''])
    it(`shows nothing for ${JSON.stringify(given)}`, async () => {
      const tabs = () => vscode.window.tabGroups.all.flatMap((group) => group.tabs).length;
      const before = tabs();
      await vscode.commands.executeCommand('nativeOrchestrator.showProof', { ...argument, agent: given });
      assert.equal(tabs(), before);
    });
});
