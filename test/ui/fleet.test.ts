// The main job in a window with the packaged extension: 26 agents from a registry, a change of it, a rule that goes
// missing on disk and comes back, and what is shown when there is nothing right to show.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import { FleetFolder } from '../contract/fleetFolder.ts';
import { registryOf26 } from '../contract/registryOf26.ts';
import { hostScript, packageExtension } from './host.ts';
import { Workbench } from './workbench.ts';

const registryFile = 'agents/registry.yaml';

const entryOf = (id: string) => `
  ${id}:
    name: ${id}
    display_name: Newcomer
    description: Came while the window was open.
    model: haiku
    tools: [Read]
`;

/** An agent with an `Edit(…)` deny rule that its own entry asks for, and that rule's line in its settings. */
function ruleOf(fleet: FleetFolder): { readonly id: string; readonly rule: string; readonly glob: string } {
  for (const id of fleet.ids) {
    const block = new RegExp(`\\n  ${id}:\\n[\\s\\S]*?\\n    cannot_access:([\\s\\S]*?)\\n    \\w`).exec(
      registryOf26(),
    );
    const glob = block?.[1] && /\w[\w-]*\/\*\*/.exec(block[1])?.[0];
    if (glob && fleet.read(fleet.settingsOf(id))?.includes(`"Edit(${glob})"`))
      return { id, rule: `Edit(${glob})`, glob };
  }
  throw new Error('no agent of the registry has a deny rule of its own');
}

describe('fleet in a window', () => {
  let fleet: FleetFolder;
  let workbench: Workbench;
  const untouched = () => fleet.contents();

  before(async () => {
    const folder = hostScript.temporaryFolder('fleet-window');
    const vsix = await packageExtension(folder);
    fleet = new FleetFolder({ registry: registryOf26() });
    workbench = await Workbench.open({
      workspace: fleet.root,
      vsix,
      env: { NATIVE_ORCHESTRATOR_STATE: fleet.state },
      settings: { 'nativeOrchestrator.claudePath': path.join(folder, 'no-such-claude') },
    });
    await workbench.showContainer('Agents');
  });
  afterEach(function () {
    return workbench?.keepFailure(this.currentTest);
  });
  after(async () => {
    await workbench?.close();
    fleet?.dispose();
  });

  it('shows 26 agents, all in order', async () => {
    await workbench.waitForCount(workbench.treeRows(), 26);
    await workbench.statusItem('26 agents').waitFor();
  });

  it('shows a 27th as soon as the registry on disk has it, and none when it is gone again', async () => {
    fleet.write(registryFile, registryOf26().trimEnd() + entryOf('newcomer-agent'));
    await workbench.waitForCount(workbench.treeRows(), 27);
    await workbench
      .treeRow('newcomer-agent')
      .filter({ hasText: /no .*yet|not generated/ })
      .waitFor();
    fleet.write(registryFile, registryOf26());
    await workbench.waitForCount(workbench.treeRows(), 26);
    await workbench.statusItem('26 agents').waitFor();
  });

  it('marks a lost rule in four places, and Regenerate clears them after a look at the difference', async () => {
    const { id, rule, glob } = ruleOf(fleet);
    const settings = fleet.settingsOf(id);
    const before = fleet.read(settings) ?? '';
    await workbench.openFile(registryFile);
    const lines = registryOf26().split('\n');
    const start = lines.indexOf(`  ${id}:`);
    await workbench.goToLine(lines.findIndex((line, at) => at > start && line.includes(glob)) + 1);
    await workbench.runCommand('View: Split Editor Right');
    await workbench.openFile(settings);
    await workbench.goToLine(before.split('\n').findIndex((line) => line.includes('"deny"')) + 1);

    const began = performance.now();
    fleet.write(settings, before.replace(new RegExp(`\\n *"${rule.replace(/[()*/]/g, '\\$&')}",?`), ''));
    assert.notEqual(fleet.read(settings), before);
    await Promise.all([
      workbench.editor('settings.json').locator('.squiggly-error').first().waitFor(),
      workbench.editor('registry.yaml').locator('.squiggly-error').first().waitFor(),
      workbench.treeRow(id).filter({ hasText: 'disarmed' }).waitFor(),
      workbench.statusItem('1 disarmed · 26 agents').waitFor(),
    ]);
    console.log(
      `      a lost rule is marked in all four places after ${Math.round(performance.now() - began)} ms`,
    );

    assert.match((await workbench.squiggledLines('settings.json', 'error')).join(), /"deny"/);
    assert.ok((await workbench.squiggledLines('registry.yaml', 'error')).some((line) => line.includes(glob)));
    const background = await workbench
      .statusItem(/disarmed/)
      .evaluate((item) => item.ownerDocument.defaultView?.getComputedStyle(item).backgroundColor ?? '');
    assert.match(background, /^rgb\(\d+, \d+, \d+\)$/, 'the status item has no background of its own');

    await workbench.goToLine(before.split('\n').findIndex((line) => line.includes('"deny"')) + 1, 7);
    await workbench.quickFix('shows the difference first');
    await workbench.page.locator('.monaco-diff-editor').first().waitFor();
    assert.notEqual(fleet.read(settings), before);
    await workbench.answer(`${id}:`, 'Regenerate');
    await workbench.statusItem('26 agents').waitFor();
    await workbench.waitForCount(workbench.treeRow('disarmed'), 0);
    await workbench.runCommand('View: Close All Editors');
    await workbench.openFile(settings);
    await workbench.waitForCount(workbench.squiggles('error'), 0);
    await workbench.openFile(registryFile);
    await workbench.waitForCount(workbench.squiggles('error'), 0);
    assert.equal(fleet.read(settings), before);
  });

  it('keeps the agents on show while the registry is broken', async () => {
    await workbench.openFile(registryFile);
    await workbench.goToLine(1);
    await workbench.page.keyboard.type('{{');
    await workbench.page.getByText(/The registry has errors, showing \d/).waitFor();
    await workbench.waitForCount(workbench.treeRows(), 26);
    await workbench.page.keyboard.press('Backspace');
    await workbench.page.keyboard.press('Backspace');
    await workbench.page.getByText(/The registry has errors/).waitFor({ state: 'detached' });
    await workbench.runCommand('File: Revert File');
    await workbench.waitForCount(workbench.treeRows(), 26);
  });

  it('says where it looked for a claude that is not there', async () => {
    const before = untouched();
    await workbench.rowAction(workbench.treeRows().first(), 'Start');
    const message = workbench.notifications().filter({ hasText: 'claude was not found' });
    await message.filter({ hasText: /nativeOrchestrator\.claudePath \(.*no-such-claude\)/ }).waitFor();
    await message.getByRole('button', { name: 'Install…' }).waitFor();
    await workbench.runCommand('Notifications: Clear All Notifications');
    assert.deepEqual(untouched(), before);
  });

  it('offers a registry where there is none', async () => {
    const empty = path.join(hostScript.temporaryFolder('empty'), 'empty');
    mkdirSync(empty);
    await workbench.openFolder(empty);
    await workbench.showContainer('Agents');
    await workbench.page.getByText('No agents/registry.yaml in this workspace.').waitFor();
    await workbench.page.getByRole('button', { name: 'Create a Registry' }).waitFor();
    await workbench.waitForCount(workbench.treeRows(), 0);
  });
});
