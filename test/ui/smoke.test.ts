// The window itself: it opens on a workspace, takes commands from the keyboard and shows a registry.
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, it } from 'mocha';
import { hostScript, root } from './host.ts';
import { Workbench } from './workbench.ts';

describe('window', () => {
  let workbench: Workbench;

  before(async () => {
    const workspace = hostScript.copyWorkspace(path.join(root, 'test/fixtures/twoAgents'));
    workbench = await Workbench.open({ workspace });
  });

  after(() => workbench?.close());

  it('opens a registry by keyboard', async () => {
    await workbench.openFile('agents/registry.yaml');
    await workbench.page.getByText('code-agent:').first().waitFor();
    await workbench.screenshot('window');
  });

  it('runs a command of the palette', async () => {
    await workbench.runCommand('View: Toggle Output');
    await workbench.page.locator('.part.panel').waitFor();
    assert.equal(await workbench.page.locator('.part.panel').isVisible(), true);
  });
});
