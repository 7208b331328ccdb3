// Clean up in a window: the 32 folders that no agent owns, the choice with its evidence, where one is mentioned, and undo.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import { expectCli, put, removeScratch, type Scratch } from '../process/cliProcess.ts';
import { commit, firstRegistry, legacyFleet, wholeTree } from '../process/legacyFleet.ts';
import { hostScript, packageExtension } from './host.ts';
import { Workbench } from './workbench.ts';

describe('clean up in a window', () => {
  let at: Scratch;
  let workbench: Workbench;
  const choice = () => workbench.page.locator('.quick-input-widget');
  const entry = (name: string) =>
    choice()
      .locator('.monaco-list-row')
      .filter({ hasText: `${name}/` });
  const folders = () => fs.readdirSync(path.join(at.root, 'agents'));

  before(async () => {
    at = legacyFleet(firstRegistry);
    put(at, 'docs/setup.md', 'Start in agents/backend/ and read on.\n');
    await expectCli(at, ['generate', '--all'], 0);
    commit(at, 'Everything');
    put(at, 'agents/planning/plan.md', 'Not committed yet.\n');
    workbench = await Workbench.open({
      workspace: at.root,
      vsix: await packageExtension(hostScript.temporaryFolder('clean-window')),
      env: { NATIVE_ORCHESTRATOR_STATE: at.state },
    });
    await workbench.showContainer('Agents');
    await workbench.statusItem('26 agents').waitFor();
  });
  afterEach(function () {
    return workbench?.keepFailure(this.currentTest);
  });
  after(async () => {
    await workbench?.close();
    removeScratch();
  });

  it('shows each with why it is old, and has the old ones ticked', async () => {
    await workbench.treeRow('Not in the registry').hover();
    await workbench.screenshot('clean-tree');
    await workbench.rowAction(workbench.treeRow('Not in the registry'), 'Clean Up…');
    await entry('backend').waitFor();
    assert.match(await entry('backend').innerText(), /→ backend-agent: the same name with -agent/);
    assert.match(await entry('backend').innerText(), /last commit .* mentioned in docs\/setup\.md:1/);
    const filter = choice().locator('input[type="text"]').first();
    await filter.fill('planning');
    await entry('planning').filter({ hasText: '1 change in it is not committed' }).waitFor();
    await filter.fill('');
    // All 24 but the one with work in it.
    await choice().getByText('23 Selected').waitFor();
    await workbench.screenshot('clean-choice');
  });

  it('shows where one is mentioned, and the choice stays', async () => {
    await entry('backend').hover();
    await entry('backend').getByRole('button', { name: 'Show Mentions' }).click();
    await workbench.page.locator('.peekview-widget').waitFor();
    await workbench.screenshot('clean-mentions');
    await entry('backend').waitFor();
  });

  it('asks where something is mentioned, archives, and brings it back', async () => {
    const before = wholeTree(at.root);
    await choice().getByRole('button', { name: 'OK' }).click();
    const question = workbench.page.locator('.monaco-dialog-box');
    await question.getByText('Archive 23 folders?').waitFor();
    await workbench.screenshot('clean-question');
    await question.getByRole('button', { name: 'Archive' }).click();
    const said = workbench.notifications().filter({ hasText: '23 folders moved to agents/archive/' });
    await said.waitFor();
    assert.ok(!folders().includes('backend') && folders().includes('planning'));
    await workbench.screenshot('clean-done');
    await workbench.answer('23 folders moved to', 'Undo');
    await workbench.page.getByText('Agents: 23 folders moved back').waitFor();
    assert.deepEqual(wholeTree(at.root), before);
  });
});
