// The plan in a window: VS Code's editor of many differences, with the counts as its title, and files of it accepted.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'mocha';
import {
  expectCli,
  put,
  removeScratch,
  type Scratch,
  sampleRegistry,
  scratch,
  take,
} from '../process/cliProcess.ts';
import { hostScript, packageExtension } from './host.ts';
import { Workbench } from './workbench.ts';

const settings = 'agents/frontend-agent/.claude/settings.json';
const memory = 'agents/backend-agent/.claude/CLAUDE.md';

describe('the plan in a window', () => {
  let at: Scratch;
  let workbench: Workbench;

  before(async () => {
    at = scratch(sampleRegistry);
    for (const file of ['docs/architecture.md', 'agents/personas/docs-agent.md']) put(at, file, 'Words.\n');
    await expectCli(at, ['generate'], 0);
    put(
      at,
      'agents/registry.yaml',
      sampleRegistry.replace('display_name: Backend', 'display_name: The Backend'),
    );
    put(at, settings, take(at, settings).replace('"sonnet"', '"haiku"'));
    workbench = await Workbench.open({
      workspace: at.root,
      vsix: await packageExtension(hostScript.temporaryFolder('plan-window')),
      env: { NATIVE_ORCHESTRATOR_STATE: at.state },
    });
    await workbench.showContainer('Agents');
    await workbench.statusItem(/12 agents/).waitFor();
  });
  afterEach(function () {
    return workbench?.keepFailure(this.currentTest);
  });
  after(async () => {
    await workbench?.close();
    removeScratch();
  });

  const tab = () => workbench.page.locator('.tab').filter({ hasText: 'Plan: ' });

  it('shows every file beside what it would be, with the counts', async () => {
    await workbench.runCommand('Agents: Show Plan');
    await tab()
      .filter({ hasText: /Plan: \d+ to change, 1 edited since/ })
      .waitFor();
    await workbench.page.locator('.multiDiffEntry').nth(1).waitFor();
    await workbench.screenshot('plan');
  });

  it('accepts the files that are ticked, and shows what is left', async () => {
    await workbench.page.getByRole('button', { name: 'Write as Planned…' }).first().click();
    const choice = workbench.page.locator('.quick-input-widget');
    await choice.locator('.monaco-list-row').filter({ hasText: settings }).waitFor();
    await workbench.screenshot('plan-choice');
    await choice.getByRole('button', { name: 'OK' }).click();
    await tab()
      .filter({ hasText: /Plan: 1 edited since/ })
      .waitFor();
    assert.match(take(at, memory), /The Backend/);
    assert.match(take(at, settings), /"haiku"/);
    await workbench.screenshot('plan-left');
  });

  it('accepts one file from the menu of its difference', async () => {
    await workbench.page
      .locator('.multiDiffEntry .editor.modified .view-line')
      .first()
      .click({ button: 'right' });
    const entry = workbench.page.locator('.context-view').getByText('Write as Planned…').first();
    await entry.waitFor();
    await workbench.screenshot('plan-menu');
    await entry.click();
    await workbench.waitForCount(tab(), 0);
    assert.match(take(at, settings), /"sonnet"/);
  });
});
