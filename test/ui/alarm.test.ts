// An agent loses its guard while a window is open: one red message with the way back, and a page that tells of it.
import { after, afterEach, before, describe, it } from 'mocha';
import { FleetFolder } from '../contract/fleetFolder.ts';
import { hostScript, packageExtension } from './host.ts';
import { Workbench } from './workbench.ts';

describe('alarm in a window', () => {
  let fleet: FleetFolder;
  let workbench: Workbench;

  before(async () => {
    const folder = hostScript.temporaryFolder('alarm-window');
    fleet = new FleetFolder('sample');
    workbench = await Workbench.open({
      workspace: fleet.root,
      vsix: await packageExtension(folder),
      env: { NATIVE_ORCHESTRATOR_STATE: fleet.state },
      settings: { 'git.enabled': false },
    });
    await workbench.showContainer('Agents');
    await workbench.widenSideBar(380);
    await workbench.statusItem(/agents/).waitFor();
  });
  afterEach(function () {
    return workbench?.keepFailure(this.currentTest);
  });
  after(async () => {
    await workbench?.close();
    fleet?.dispose();
  });

  /** Writes an agent's settings without the guard, as a tool would that does not know of it. */
  function removeGuard(id: string): void {
    const value = JSON.parse(fleet.read(fleet.settingsOf(id)) ?? '');
    delete value.hooks.PreToolUse;
    fleet.write(fleet.settingsOf(id), JSON.stringify(value, undefined, 2));
  }

  it('shows one message, the tree and the status item in red, and why in the tooltip', async () => {
    removeGuard('docs-agent');
    const toast = workbench.notifications().filter({ hasText: 'docs-agent is disarmed since' });
    await toast.waitFor();
    await workbench.treeRow('docs-agent').filter({ hasText: 'disarmed: guard hook missing' }).waitFor();
    await workbench.statusItem(/disarmed/).waitFor();
    await workbench.treeRow('docs-agent').hover();
    await workbench.page.locator('.monaco-hover').getByText('was there').waitFor();
    await workbench.waitForCount(workbench.notifications(), 1);
    await workbench.screenshot('alarm');
  });

  it('restores by its button, and is gone', async () => {
    await workbench.answer('docs-agent is disarmed since', 'Restore');
    await workbench.treeRow('docs-agent').filter({ hasNotText: 'disarmed' }).waitFor();
    await workbench.waitForCount(workbench.notifications().filter({ hasText: 'is disarmed' }), 0);
  });

  it('is told of on a page', async () => {
    await workbench.runCommand('Agents: Show History');
    const page = workbench.page.frameLocator('iframe.webview').frameLocator('#active-frame');
    await page.getByRole('heading', { name: 'History of settings' }).waitFor();
    await page.getByText('guard hook missing').first().waitFor();
    await page.getByText('restored').first().waitFor();
    await workbench.screenshot('alarm history');
  });
});
