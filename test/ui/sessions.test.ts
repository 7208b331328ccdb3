// Three agents in three states, as a person sees them: one asks, one works, one is done. Then the window is loaded anew, and
// all three are found again. The real CLI, a real tmux, a scripted model.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, it } from 'mocha';
import { FleetFolder } from '../contract/fleetFolder.ts';
import { claudeBinary, claudeEnvironment, describeWithClaude, prepareHome } from '../contract/realClaude.ts';
import { ScriptedModel, say, use } from '../contract/scriptedModel.ts';
import { hostScript, packageExtension, root } from './host.ts';
import { Workbench } from './workbench.ts';

/** What each agent runs in, and what the model does when it is asked something. */
const agents = [
  { id: 'lead-agent', runner: 'tmux' },
  { id: 'maker-agent', runner: 'terminal' },
  { id: 'shell-agent', runner: 'tmux' },
] as const;
const folder = process.env.UPDATE_PICTURES ? path.join(root, 'docs/images') : undefined;
const hasTmux = spawnSync('tmux', ['-V']).status === 0;

interface Recorded {
  readonly agent: string;
  readonly pid: number;
  readonly runner: string;
  readonly phase: string;
  readonly socket?: string;
}

describeWithClaude('sessions in a window', () => {
  let model: ScriptedModel;
  let fleet: FleetFolder;
  let workbench: Workbench;

  before(async function () {
    if (!hasTmux) this.skip();
    model = await ScriptedModel.start();
    model.play(({ system, turn }) => {
      if (system.includes('lighthouse keeper'))
        return turn % 2 === 0
          ? [use('Bash', { command: 'touch made-here', description: 'make a file' })]
          : [say('Done.')];
      return system.includes('carpenter') ? 'silent' : [say('The plan stands.')];
    });
    fleet = new FleetFolder('test/fixtures/workshop');
    workbench = await Workbench.open({
      workspace: fleet.root,
      vsix: await packageExtension(hostScript.temporaryFolder('sessions')),
      env: {
        ...claudeEnvironment(model.url),
        CLAUDE_CODE_IDE_SKIP_AUTO_INSTALL: '1',
        NATIVE_ORCHESTRATOR_STATE: fleet.state,
      },
      settings: {
        'nativeOrchestrator.claudePath': claudeBinary,
        'terminal.integrated.gpuAcceleration': 'off',
        // As everywhere but in these tests.
        'terminal.integrated.enablePersistentSessions': true,
        'nativeOrchestrator.runner': agents[0].runner,
      },
    });
    prepareHome(workbench.host.home, [fleet.root]);
    await workbench.showContainer('Agents');
    await workbench.widenSideBar(420);
  });
  afterEach(function () {
    return workbench?.keepFailure(this.currentTest);
  });
  after(async () => {
    // Whatever a failed test left: only sessions that this fleet's records tell of.
    for (const { socket } of records())
      if (socket !== undefined) spawnSync('tmux', ['-S', socket, 'kill-server'], { stdio: 'ignore' });
    await model?.close();
    await workbench?.close();
    fleet?.dispose();
  });

  /** Records of all launches of the fleet. */
  function records(): readonly Recorded[] {
    if (fleet === undefined) return [];
    return readdirSync(fleet.state, { recursive: true, encoding: 'utf8' })
      .filter((file) => /sessions[/\\][^/\\]+\.json$/.test(file))
      .map((file) => JSON.parse(readFileSync(path.join(fleet.state, file), 'utf8')));
  }
  const pids = (): readonly string[] =>
    records()
      .filter(({ phase }) => phase === 'running')
      .map(({ agent, runner, pid }) => `${agent} ${runner} ${pid}`)
      .sort();
  /** Takes an entry of the menu that has just opened, which heeds no button that is let go at once. */
  const menuItem = (name: string): Promise<void> =>
    workbench.page.getByRole('menuitem', { name }).click({ delay: 500 });
  /** The extension hosts of this window's server: the state directory in their environment is this fleet's alone. */
  const extensionHosts = (): readonly number[] =>
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .filter((pid) => {
        const of = (file: string): string => {
          try {
            return readFileSync(`/proc/${pid}/${file}`, 'utf8');
          } catch {
            return '';
          }
        };
        return of('cmdline').includes('--type=extensionHost') && of('environ').includes(fleet.state);
      })
      .map(Number);
  const row = (id: string, words: string | RegExp) => workbench.treeRow(id).filter({ hasText: words });

  it('starts each in what the setting says, and shows what it does', async () => {
    for (const [index, { id }] of agents.entries()) {
      await workbench.rowAction(workbench.treeRow(id), 'Start');
      await workbench.waitForCount(workbench.terminals(), index + 1);
      await workbench.terminalText(`${id} ─`).first().waitFor();
      // Long before the next one starts.
      workbench.changeSettings({ 'nativeOrchestrator.runner': agents[index + 1]?.runner ?? 'auto' });
      await row(id, 'idle').waitFor();
      const prompt = `Go on, ${id}.`;
      await workbench.page.keyboard.type(prompt);
      await workbench.terminalText(prompt).first().waitFor();
      await workbench.page.keyboard.press('Enter');
      await model.request(({ messages }) => JSON.stringify(messages).includes(prompt));
      // Told once, not with every start.
      if (index === 0) await workbench.answer('is billed to that key', "Don't Show Again");
    }
    await workbench.waitForCount(workbench.notifications(), 0);
    assert.deepEqual(
      records()
        .map(({ agent, runner, phase }) => `${agent} ${runner} ${phase}`)
        .sort(),
      agents.map(({ id, runner }) => `${id} ${runner} running`),
    );
    await row('shell-agent', 'needs you: permission to use Bash').waitFor();
    await row('maker-agent', 'working').waitFor();
    await row('lead-agent', 'idle').or(row('lead-agent', 'needs you: done')).first().waitFor();
    await workbench.statusItem(/need/).waitFor();
    await workbench.screenshot('sessions', folder);
  });

  it('finds all three again when the window is loaded anew, as the same processes', async () => {
    const before = pids();
    assert.equal(before.length, agents.length);
    await workbench.reload();
    await workbench.showContainer('Agents');
    await row('shell-agent', 'needs you: permission to use Bash').waitFor();
    await row('maker-agent', 'working').waitFor();
    await workbench.waitForCount(workbench.terminals(), agents.length);
    // Its lines are drawn a moment after its tab.
    await workbench.terminalText('Do you want to proceed?').first().waitFor();
    await workbench.screenshot('sessions-after-reload', folder);
    assert.deepEqual(pids(), before);
    // Start shows the tab that is there.
    await workbench.rowAction(workbench.treeRow('maker-agent'), 'Start');
    await workbench.terminalText('Go on, maker-agent.').first().waitFor();
    await workbench.waitForCount(workbench.terminals(), agents.length);
    assert.deepEqual(pids(), before);
  });

  it('goes to the agent that needs a person, by a key', async () => {
    await workbench.page.keyboard.press('Control+Alt+J');
    await workbench.terminalText('touch made-here').first().waitFor();
    await workbench.page.keyboard.press('Enter');
    await workbench.waitForCount(workbench.treeRow('needs you: permission'), 0);
    await row('shell-agent', 'idle').waitFor();
  });

  it('tells once of an agent that asks where nobody looks, and opens its terminal', async () => {
    await workbench.rowAction(workbench.treeRow('maker-agent'), 'Start');
    await workbench.terminalText('Go on, maker-agent.').first().waitFor();
    const told = workbench.notifications().filter({ hasText: 'shell-agent needs you: permission' });
    assert.equal(await told.count(), 0);
    await workbench.treeRow('shell-agent').click({ button: 'right' });
    await menuItem('Send Prompt…');
    await workbench.page.getByText('What shell-agent is to do.').waitFor();
    await workbench.page.keyboard.type('And once more.');
    await workbench.page.keyboard.press('Enter');
    await told.waitFor();
    await workbench.screenshot('sessions message');
    await workbench.answer('shell-agent needs you: permission to use Bash', 'Open Terminal');
    await workbench.terminalText('Do you want to proceed?').first().waitFor();
    await workbench.page.keyboard.press('Enter');
    await workbench.waitForCount(workbench.treeRow('needs you: permission'), 0);
    await workbench.waitForCount(told, 0);
  });

  it('hands work of one agent to another, into its session', async () => {
    await workbench.treeRow('lead-agent').click({ button: 'right' });
    await menuItem('Hand Off Work…');
    await workbench.page.getByPlaceholder('Hand work of lead-agent to which agent?').waitFor();
    await workbench.page.keyboard.press('Enter');
    for (const [question, words] of [
      ['What is to be done?', 'Mend the second arch'],
      ['What must one know for it?', ''],
      ['What must be so when it is done?', 'It bears a cart'],
    ] as const) {
      await workbench.page.getByText(question).waitFor();
      if (words !== '') await workbench.page.keyboard.type(words);
      await workbench.page.keyboard.press('Enter');
    }
    await workbench.rowAction(workbench.treeRow('maker-agent'), 'Start');
    // It works, so the CLI keeps the handoff for afterwards and shows how it begins.
    await workbench.terminalText('Handoff from the agent lead-agent').first().waitFor();
  });

  it('finds all three again after its extension host was killed', async () => {
    const before = pids();
    const killed = extensionHosts();
    assert.ok(killed.length > 0);
    for (const pid of killed) process.kill(pid, 'SIGKILL');
    for (const end = Date.now() + 45_000; extensionHosts().every((pid) => killed.includes(pid)); ) {
      assert.ok(Date.now() < end, 'no other extension host came');
      await workbench.page.evaluate('new Promise(requestAnimationFrame)');
    }
    await row('maker-agent', 'working').waitFor();
    await workbench.rowAction(workbench.treeRow('lead-agent'), 'Start');
    await workbench.terminalText('The plan stands.').first().waitFor();
    await workbench.waitForCount(workbench.terminals(), agents.length);
    assert.deepEqual(pids(), before);
  });

  it('closes a tab of tmux and leaves its session, then shows it again', async () => {
    const before = pids();
    await workbench.treeRow('lead-agent').click({ button: 'right' });
    await menuItem('Close Terminal and Leave It Running');
    await workbench.waitForCount(workbench.terminals(), agents.length - 1);
    await workbench.rowAction(workbench.treeRow('lead-agent'), 'Start');
    await workbench.terminalText('The plan stands.').first().waitFor();
    assert.deepEqual(pids(), before);
  });

  it('stops them all, and asks since one is at work', async () => {
    await workbench.runCommand('Agents: Stop All');
    await workbench.page.locator('.monaco-dialog-box').getByRole('button', { name: /Stop/ }).first().click();
    await workbench.waitForCount(workbench.treeRow(/idle|working|needs you/), 0);
    assert.deepEqual(pids(), []);
  });
});
