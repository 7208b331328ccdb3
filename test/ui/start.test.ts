// Start, as a person does it: a click on the row, the real CLI in the integrated terminal, a prompt typed into it. What
// the model is then asked and offered is what the registry says. The model is a script on loopback.
import assert from 'node:assert/strict';
import { after, afterEach, before, it } from 'mocha';
import { FleetFolder } from '../contract/fleetFolder.ts';
import { claudeBinary, claudeEnvironment, describeWithClaude, prepareHome } from '../contract/realClaude.ts';
import { offeredTools, ScriptedModel } from '../contract/scriptedModel.ts';
import { workshop } from '../contract/workshop.ts';
import { hostScript, packageExtension } from './host.ts';
import { Workbench } from './workbench.ts';

describeWithClaude('start in a window', () => {
  let model: ScriptedModel;
  let fleet: FleetFolder;
  let workbench: Workbench;

  before(async () => {
    model = await ScriptedModel.start();
    fleet = new FleetFolder('test/fixtures/workshop');
    workbench = await Workbench.open({
      workspace: fleet.root,
      vsix: await packageExtension(hostScript.temporaryFolder('start')),
      env: {
        ...claudeEnvironment(model.url),
        // In a terminal of VS Code the CLI would install an extension of its own.
        CLAUDE_CODE_IDE_SKIP_AUTO_INSTALL: '1',
        NATIVE_ORCHESTRATOR_STATE: fleet.state,
      },
      settings: {
        'nativeOrchestrator.claudePath': claudeBinary,
        'nativeOrchestrator.runner': 'terminal',
        // Rows of text, which can be read, and not a picture of them.
        'terminal.integrated.gpuAcceleration': 'off',
      },
    });
    prepareHome(workbench.host.home, [fleet.root]);
    await workbench.showContainer('Agents');
  });
  afterEach(function () {
    return workbench?.keepFailure(this.currentTest);
  });
  after(async () => {
    await model.close();
    await workbench?.close();
    fleet?.dispose();
  });

  const clickStart = (id: string): Promise<void> => workbench.rowAction(workbench.treeRow(id), 'Start');

  for (const [index, agent] of workshop.entries())
    it(`gives ${agent.id} its model, tools, boundaries and persona`, async () => {
      await clickStart(agent.id);
      await workbench.waitForCount(workbench.terminals(), index + 1);
      // The CLI shows the name on the frame of its prompt.
      await workbench.terminalText(`${agent.id} ─`).first().waitFor();
      const prompt = `This is for ${agent.id}.`;
      await workbench.page.keyboard.type(prompt);
      await workbench.terminalText(prompt).first().waitFor();
      await workbench.page.keyboard.press('Enter');
      const request = await model.request(({ messages }) => JSON.stringify(messages).includes(prompt));
      assert.match(request.model, agent.model);
      assert.deepEqual(offeredTools(request), agent.tools);
      for (const words of agent.told)
        assert.ok(request.system.includes(words), `${words} is not in the system prompt`);
      for (const words of agent.notTold)
        assert.ok(!request.system.includes(words), `${words} is in the system prompt`);
    });

  it('shows the terminal that an agent has, and starts no second session', async () => {
    const [first] = workshop;
    assert.ok(first);
    await clickStart(first.id);
    await workbench.terminalText(`This is for ${first.id}.`).first().waitFor();
    await workbench.waitForCount(workbench.terminals(), workshop.length);
  });

  it('offers to regenerate what is out of step, and then starts it', async () => {
    const [first] = workshop;
    assert.ok(first);
    await workbench.runCommand('Terminal: Kill the Active Terminal Instance');
    await workbench.waitForCount(workbench.terminals(), workshop.length - 1);
    const settings = fleet.settingsOf(first.id);
    const before = fleet.read(settings) ?? '';
    fleet.write(settings, before.replace('"model": "opus"', '"model": "haiku"'));
    await workbench.treeRow(first.id).filter({ hasText: 'settings edited (1 key)' }).waitFor();
    await clickStart(first.id);
    await workbench.answer(`${first.id} does not match the registry`, 'Regenerate and Start');
    await workbench.waitForCount(workbench.terminals(), workshop.length);
    await workbench.waitForCount(workbench.treeRow('settings edited'), 0);
    assert.equal(fleet.read(settings), before);
  });
});
