// Prove, as a person does it: a click on the row, the real CLI behind it, and what is seen in tree, lens and report.
// A run that is cancelled leaves no process and no proof.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, it } from 'mocha';
import { FleetFolder } from '../contract/fleetFolder.ts';
import { claudeBinary, describeWithClaude } from '../contract/realClaude.ts';
import { hostScript, packageExtension } from './host.ts';
import { Workbench } from './workbench.ts';

/** Proving one agent takes some seconds; with several lanes at work, more. Milliseconds. */
const longestProof = 120_000;

describeWithClaude('proof in a window', function () {
  this.timeout(longestProof);
  let fleet: FleetFolder;
  let workbench: Workbench;
  let claude: string;

  before(async () => {
    fleet = new FleetFolder('sample');
    const base = hostScript.temporaryFolder('proof');
    // A name of its own, by which its processes can be told from those of everybody else.
    claude = path.join(base, 'claude');
    symlinkSync(claudeBinary ?? '', claude);
    workbench = await Workbench.open({
      workspace: fleet.root,
      vsix: await packageExtension(base),
      env: { NATIVE_ORCHESTRATOR_STATE: fleet.state },
      settings: { 'nativeOrchestrator.claudePath': claude },
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

  /** The command lines of this test's claude that run now. */
  const running = (): readonly string[] =>
    execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
      .split('\n')
      .filter((line) => line.startsWith(claude));

  /** Files of proofs, whole or not. */
  const kept = (): readonly string[] =>
    existsSync(fleet.state)
      ? readdirSync(fleet.state, { recursive: true, encoding: 'utf8' }).filter((each) =>
          each.includes(`proofs${path.sep}`),
        )
      : [];

  async function eventually(what: string, holds: () => boolean): Promise<void> {
    for (const end = Date.now() + 30_000; Date.now() < end; ) {
      if (holds()) return;
      await workbench.page.evaluate('new Promise(requestAnimationFrame)');
    }
    throw new Error(`there was not: ${what}`);
  }

  it('that is cancelled leaves no process and no proof', async () => {
    await workbench.rowAction(workbench.treeRow('docs-agent'), 'Prove');
    const progress = workbench.notifications().filter({ hasText: 'Proving docs-agent' });
    await progress.waitFor();
    await eventually('a running claude', () => running().length > 0);
    await progress.getByRole('button', { name: 'Cancel' }).click();
    await progress.waitFor({ state: 'hidden' });
    // The progress goes with the click; the process a moment later.
    await eventually('no running claude', () => running().length === 0);
    assert.deepEqual(kept(), []);
    await workbench.waitForCount(workbench.notifications(), 0);
  });

  it('of one agent shows in tree and lens', async () => {
    const row = workbench.treeRow('docs-agent');
    await workbench.rowAction(row, 'Prove');
    await row.filter({ hasText: '✓ proven' }).waitFor({ timeout: longestProof });
    assert.deepEqual(running(), []);
    assert.equal(kept().length, 1);
    await workbench.openFile('agents/registry.yaml');
    const lines = (fleet.read('agents/registry.yaml') ?? '').split('\n');
    await workbench.goToLine(lines.indexOf('  docs-agent:') + 1);
    await workbench.page.locator('.codelens-decoration').getByText('proven on 2.1.').waitFor();
    // Success says no more than that.
    await workbench.waitForCount(workbench.notifications(), 0);
  });

  it('is told in full on a page', async () => {
    await workbench.page.locator('.codelens-decoration').getByText('proven on 2.1.').click();
    const page = workbench.page.frameLocator('iframe.webview').frameLocator('#active-frame');
    await page.getByRole('heading', { name: 'Proof of docs-agent' }).waitFor();
    await page.getByRole('heading', { name: 'Not covered' }).waitFor();
    assert.ok((await page.locator('td').filter({ hasText: '✓ guard' }).count()) > 0);
  });
});
