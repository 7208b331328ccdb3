// An untrusted workspace: everything is visible, and nothing writes or starts.
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import { FleetFolder } from '../contract/fleetFolder.ts';
import { hostScript, packageExtension } from './host.ts';
import { Workbench } from './workbench.ts';

describe('untrusted window', () => {
  let fleet: FleetFolder;
  let workbench: Workbench;

  before(async () => {
    fleet = new FleetFolder('sample');
    const settings = fleet.settingsOf('docs-agent');
    fleet.write(settings, (fleet.read(settings) ?? '').replace(/\n *"Edit\(src\/\*\*\)",/, ''));
    workbench = await Workbench.open({
      workspace: fleet.root,
      vsix: await packageExtension(hostScript.temporaryFolder('trust')),
      asksForTrust: true,
      env: { NATIVE_ORCHESTRATOR_STATE: fleet.state },
      settings: { 'security.workspace.trust.startupPrompt': 'never', 'nativeOrchestrator.hub': true },
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

  it('shows the agents, what is wrong with them, and why nothing can be done', async () => {
    await workbench.treeRow('docs-agent').filter({ hasText: 'disarmed' }).waitFor();
    await workbench.statusItem('1 disarmed · 12 agents').waitFor();
    await workbench.page.getByText('This workspace is not trusted: agents are shown').waitFor();
    await workbench.openFile(fleet.settingsOf('docs-agent'));
    await workbench.goToLine(
      (fleet.read(fleet.settingsOf('docs-agent')) ?? '')
        .split('\n')
        .findIndex((line) => /"deny"/.test(line)) + 1,
      7,
    );
    await workbench.squiggles('error').first().waitFor();
  });

  it('offers no action that writes or starts', async () => {
    const before = fleet.contents();
    const row = workbench.treeRow('docs-agent');
    await row.hover();
    await row.getByRole('button', { name: 'Show Difference' }).waitFor();
    for (const name of ['Start', 'Regenerate'])
      for (const button of await row.getByRole('button', { name }).all())
        assert.match((await button.getAttribute('class')) ?? '', /disabled/, name);
    for (const title of ['Agents: Generate All', 'Agents: Regenerate', 'Agents: Start', 'Agents: Start Hub'])
      assert.equal(await workbench.offersCommand(title), false, title);
    assert.equal(await workbench.offersCommand('Agents: Check'), true);
    assert.deepEqual(fleet.contents(), before);
    // The setting asks for one.
    const files = existsSync(fleet.state)
      ? readdirSync(fleet.state, { recursive: true, encoding: 'utf8' })
      : [];
    assert.deepEqual(
      files.filter((file) => path.basename(file) === 'hub'),
      [],
    );
  });
});
