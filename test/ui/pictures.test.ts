// The pictures of the README, taken of the sample fleet in a real window. They go to docs/images with UPDATE_PICTURES=1,
// else to test/ui/shots; a picture can't be taken unless what it shows is there, and that is the test.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import { claudeBinary, claudeEnvironment, prepareHome } from '../contract/realClaude.ts';
import { ScriptedModel, say, turns } from '../contract/scriptedModel.ts';
import { hostScript, packageExtension, root, sampleScript } from './host.ts';
import { Workbench } from './workbench.ts';

const folder = process.env.UPDATE_PICTURES ? path.join(root, 'docs/images') : undefined;
/** Bytes; what a reader should have to load for one picture. */
const largest = 300_000;
/** Milliseconds. */
const longestProof = 120_000;
const themes = { dark: 'Default Dark Modern', light: 'Default Light Modern' } as const;
type Theme = keyof typeof themes;

describe('pictures', () => {
  let model: ScriptedModel;
  let workbench: Workbench;
  const registry = 'agents/registry.yaml';
  const settings = 'agents/debug-agent/.claude/settings.json';
  const textOf = (file: string) => readFileSync(path.join(workbench.workspace, file), 'utf8');
  const lineOf = (file: string, text: string) =>
    textOf(file)
      .split('\n')
      .findIndex((line) => line.includes(text)) + 1;

  before(async () => {
    const base = hostScript.temporaryFolder('pictures');
    const workspace = path.join(base, 'host/home/web-shop');
    mkdirSync(path.dirname(workspace), { recursive: true });
    model = await ScriptedModel.start();
    workbench = await Workbench.open({
      // In HOME, so that the CLI shows it as ~/web-shop.
      workspace: await sampleScript.makeSampleFleet(workspace),
      dataFolder: path.join(base, 'host'),
      vsix: await packageExtension(base),
      env: {
        ...claudeEnvironment(model.url),
        CLAUDE_CODE_IDE_SKIP_AUTO_INSTALL: '1',
        NATIVE_ORCHESTRATOR_STATE: path.join(base, 'state'),
      },
      settings: {
        'nativeOrchestrator.claudePath': claudeBinary ?? '',
        'nativeOrchestrator.runner': 'terminal',
        'terminal.integrated.gpuAcceleration': 'off',
        'editor.minimap.enabled': false,
        'editor.stickyScroll.enabled': false,
        'editor.occurrencesHighlight': 'off',
        'git.blame.statusBarItem.enabled': false,
        // Whole lines rather than two halves of each.
        'diffEditor.renderSideBySide': false,
        // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of VS Code
        'window.title': '${rootName}',
      },
    });
    await workbench.showContainer('Agents');
    await workbench.widenSideBar(380);
    await workbench.statusItem(/1 disarmed · 12 agents/).waitFor();
  });
  afterEach(function () {
    return workbench?.keepFailure(this.currentTest);
  });
  after(async () => {
    await model?.close();
    await workbench?.close();
  });

  /** Opens a file with a line in view and the cursor on it. */
  async function show(file: string, text: string, column = 1): Promise<void> {
    await workbench.openFile(file);
    await workbench.goToLine(lineOf(file, text), column);
  }

  async function wear(theme: Theme): Promise<void> {
    workbench.changeSettings({ 'workbench.colorTheme': themes[theme] });
    const kind = theme === 'dark' ? '.vs-dark' : '.vs';
    await workbench.page.locator(`.monaco-workbench${kind}`).waitFor();
  }

  async function keep(name: string): Promise<void> {
    const file = await workbench.screenshot(name, folder);
    assert.ok(statSync(file).size < largest, `${name}.png is larger than ${largest} bytes`);
  }

  it('of the fleet: tree, registry, settings and what is wrong', async () => {
    await show(registry, '  debug-agent:');
    await workbench.page.locator('.codelens-decoration').getByText('Disarmed').waitFor();
    await workbench.runCommand('View: Split Editor Right');
    await show(settings, 'guard.js', 16);
    await workbench.squiggles('error').first().waitFor();
    await workbench.problems();
    for (const theme of ['light', 'dark'] as const) {
      await wear(theme);
      await workbench.page.locator('.codelens-decoration').getByText('Disarmed').waitFor();
      await keep(`fleet-${theme}`);
    }
  });

  it('of a quick fix, and of the difference that it shows first', async () => {
    await workbench.runCommand('View: Hide Panel');
    await workbench.runCommand('View: Close All Editors');
    await show(settings, '"PreToolUse"', 7);
    await workbench.squiggles('error').first().waitFor();
    const fixes = await workbench.quickFixes('Regenerate');
    await fixes.first().waitFor();
    await keep('quick-fix-dark');
    await fixes.filter({ hasText: 'shows the difference first' }).click();
    await workbench.page.locator('.monaco-diff-editor .line-insert').first().waitFor();
    await workbench.page.locator('.monaco-diff-editor').getByText('guard.js"').first().waitFor();
    await workbench.notifications().filter({ hasText: 'debug-agent' }).waitFor();
    await keep('difference-dark');
    await workbench.runCommand('Notifications: Clear All Notifications');
  });

  it('of a hover on a boundary, below the lenses of an agent', async () => {
    await workbench.runCommand('View: Close All Editors');
    await wear('light');
    await show(registry, '  backend-agent:');
    const line = textOf(registry)
      .split('\n')
      .findIndex((each, at) => at > lineOf(registry, '  backend-agent:') && each.includes('tests/**'));
    await workbench.goToLine(line + 1, 12);
    await workbench.page.locator('.codelens-decoration').getByText('2 keys differ').waitFor();
    await workbench.runCommand('Show or Focus Hover');
    await workbench.page
      .locator('.monaco-hover')
      .getByText(/Matches \d+ file/)
      .waitFor();
    await keep('boundary-light');
    await workbench.page.keyboard.press('Escape');
  });

  it('of the status item and its list', async () => {
    await wear('dark');
    await workbench.statusItem(/disarmed/).hover();
    await workbench.page.locator('.monaco-hover, .workbench-hover').getByText('debug-agent').waitFor();
    await keep('status-dark');
  });

  it('of proven agents: tree, lens, and the report on one', async function () {
    if (claudeBinary === undefined) this.skip();
    // Proving takes some seconds for each; with several lanes at work, more.
    this.timeout(2 * longestProof);
    await wear('dark');
    for (const id of ['review-agent', 'docs-agent']) {
      await workbench.rowAction(workbench.treeRow(id), 'Prove');
      await workbench.treeRow(id).filter({ hasText: '✓ proven' }).waitFor({ timeout: longestProof });
    }
    await workbench.runCommand('View: Close All Editors');
    await show(registry, '  docs-agent:');
    // Of both: VS Code shows the lenses that it remembers of the file, until it has the present ones.
    await workbench.waitForCount(workbench.page.locator('.codelens-decoration').getByText('proven on'), 2);
    await workbench.runCommand('View: Split Editor Right');
    await workbench.runCommand('Agents: Show Proof');
    const choice = workbench.page.locator('.quick-input-list .monaco-list-row');
    await choice.filter({ hasText: 'docs-agent' }).first().click();
    const report = workbench.page.frameLocator('iframe.webview').frameLocator('#active-frame');
    await report.getByRole('heading', { name: 'Proof of docs-agent' }).waitFor();
    await keep('proof');
    await workbench.runCommand('View: Close All Editors');
    await workbench.runCommand('View: Single Column Editor Layout');
  });

  it('of agents at work', async function () {
    if (claudeBinary === undefined) this.skip();
    prepareHome(workbench.host.home, [workbench.workspace]);
    const todo = 'docs/basket.md has no word on rounding. I will add it, with an example.';
    model.play(turns([say(`The basket rounds once, at the end: see src/api/basket.ts.\n\n${todo}`)]));
    await workbench.runCommand('View: Close All Editors');
    await show(registry, '  docs-agent:');
    for (const id of ['review-agent', 'docs-agent']) {
      await workbench.rowAction(workbench.treeRow(id), 'Start');
      await workbench.terminalText(`${id} ─`).first().waitFor();
      await workbench.page.keyboard.type('What do the docs lack about the basket?');
      await workbench.terminalText('What do the docs lack').first().waitFor();
      await workbench.page.keyboard.press('Enter');
      await workbench.terminalText('with an example').first().waitFor();
    }
    await workbench.page.mouse.move(700, 300);
    await keep('terminal-dark');
  });
});
