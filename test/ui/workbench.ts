// A VS Code window that a test drives as a person would: by keyboard, by mouse, and by what is on the screen.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { browserScript, type Host, type HostOptions, hostScript, root } from './host.ts';

const shots = path.join(root, 'test/ui/shots');
/** How long anything may take on a machine that has much else to do. Milliseconds. */
const longestWait = 45_000;
const modifier = process.platform === 'darwin' ? 'Meta' : 'Control';

export interface WorkbenchOptions extends HostOptions {
  /** Opened as it is; see `copyWorkspace` of the host script for a fresh one. */
  readonly workspace: string;
  readonly size?: { readonly width: number; readonly height: number };
}

/** Owns a server, a browser and one page. `close` ends all three. */
export class Workbench {
  readonly workspace: string;
  /** For what is not here: every locator of Playwright works. */
  readonly page: Page;
  readonly host: Host;
  readonly #browser: Browser;
  readonly #query: Readonly<Record<string, string>>;

  private constructor(
    workspace: string,
    host: Host,
    browser: Browser,
    page: Page,
    query: Readonly<Record<string, string>>,
  ) {
    this.#query = query;
    this.workspace = workspace;
    this.host = host;
    this.page = page;
    this.#browser = browser;
  }

  /** Opens the workspace with the extension of the checkout, or with `vsix` installed; resolves when the window is drawn. */
  static async open(options: WorkbenchOptions): Promise<Workbench> {
    const host = await hostScript.startHost(options);
    try {
      const browser = await browserScript.launchBrowser();
      const page = await browser.newPage({ viewport: options.size ?? { width: 1400, height: 900 } });
      page.setDefaultTimeout(longestWait);
      const query = options.vsix === undefined ? hostScript.developmentQuery(host, root) : {};
      await page.goto(host.url(options.workspace, query));
      const workbench = new Workbench(options.workspace, host, browser, page, query);
      await workbench.#drawn();
      return workbench;
    } catch (error) {
      await host.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await this.host.close();
  }

  /** One more window on the same workspace, with an extension host of its own. It ends with this one. */
  async secondWindow(): Promise<Workbench> {
    const page = await this.#browser.newPage({ viewport: { width: 1400, height: 900 } });
    page.setDefaultTimeout(longestWait);
    await page.goto(this.host.url(this.workspace, this.#query));
    const second = new Workbench(this.workspace, this.host, this.#browser, page, this.#query);
    await second.#drawn();
    return second;
  }

  /** Opens another folder in the window. */
  async openFolder(folder: string): Promise<void> {
    await this.page.goto(this.host.url(folder));
    await this.#drawn();
  }

  /** Changes machine settings of the running server, over those that it has. */
  changeSettings(settings: Readonly<Record<string, unknown>>): void {
    const file = path.join(this.host.dataFolder, 'data/Machine/settings.json');
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), ...settings }));
  }

  /** Resolves when exactly so many elements are there. */
  async waitForCount(elements: Locator, count: number): Promise<void> {
    const seen = async () => (await elements.count()) === count;
    for (const end = Date.now() + longestWait; Date.now() < end; ) {
      if (await seen()) return;
      // The next picture is the next thing that can differ.
      await this.page.evaluate('new Promise(requestAnimationFrame)');
    }
    throw new Error(
      `there are ${await elements.count()} and not ${count}: ${(await elements.allInnerTexts()).map((text) => text.slice(0, 100)).join(' | ')}`,
    );
  }

  /** Reloads the window: the extension host ends and starts again. */
  async reload(): Promise<void> {
    await this.page.reload();
    await this.#drawn();
  }

  async #drawn(): Promise<void> {
    await this.page.locator('.monaco-workbench .part.statusbar').waitFor();
    await this.page.locator('.part.sidebar .composite.viewlet, .part.sidebar .pane-header').first().waitFor();
  }

  /** Runs a command by its palette title, such as `Agents: Generate`. Fails when the palette does not offer it. */
  async runCommand(title: string): Promise<void> {
    await this.page.keyboard.press('F1');
    await this.#pick(`>${title}`, title);
  }

  /** Whether the palette offers a command. */
  async offersCommand(title: string): Promise<boolean> {
    await this.page.keyboard.press('F1');
    const widget = this.page.locator('.quick-input-widget');
    await widget.locator('input[type="text"]').first().fill(`>${title}`);
    const rows = widget.locator('.quick-input-list .monaco-list-row');
    await rows.filter({ hasText: /\S/ }).first().waitFor();
    const offered = await rows.filter({ has: this.page.getByText(title, { exact: true }) }).count();
    await this.page.keyboard.press('Escape');
    await widget.waitFor({ state: 'hidden' });
    return offered > 0;
  }

  /** Opens a file of the workspace through quick open; resolves when its editor is drawn. */
  async openFile(file: string): Promise<void> {
    await this.page.keyboard.press(`${modifier}+P`);
    await this.#pick(file, path.basename(file));
    await this.editor(path.basename(file)).waitFor();
  }

  /** Types into the quick input and accepts the entry whose label is that. */
  async #pick(text: string, label: string): Promise<void> {
    const widget = this.page.locator('.quick-input-widget');
    const input = widget.locator('input[type="text"]').first();
    await input.waitFor();
    await input.fill(text);
    const entry = widget
      .locator('.quick-input-list .monaco-list-row')
      .filter({ has: this.page.getByText(label, { exact: true }) })
      .first();
    await entry.waitFor();
    await entry.click();
  }

  /** The text editor that shows a file of that name. */
  editor(name: string): Locator {
    return this.page.locator(`.editor-instance .monaco-editor[data-uri$="/${name}"]`).first();
  }

  /** Puts the cursor at a 1-based line (and column) of the active editor. */
  async goToLine(line: number, column = 1): Promise<void> {
    await this.page.keyboard.press('Control+G');
    const input = this.page.locator('.quick-input-widget input[type="text"]').first();
    await input.waitFor();
    await input.fill(`:${line}:${column}`);
    await this.page.keyboard.press('Enter');
    await input.waitFor({ state: 'hidden' });
  }

  /** The icon of a container in the activity bar. */
  activityIcon(title: string): Locator {
    return this.page.locator('.part.activitybar').getByRole('tab', { name: title });
  }

  /** Shows a container of the activity bar. */
  async showContainer(title: string): Promise<void> {
    const icon = this.activityIcon(title);
    await icon.waitFor();
    if ((await icon.getAttribute('aria-selected')) !== 'true') await icon.click();
  }

  /** Drags the edge of the side bar, so that it is that wide. Pixels. */
  async widenSideBar(width: number): Promise<void> {
    const bar = this.page.locator('.part.sidebar');
    const box = await bar.boundingBox();
    if (!box) throw new Error('there is no side bar');
    await this.page.mouse.move(box.x + box.width, box.y + box.height / 2);
    await this.page.mouse.down();
    await this.page.mouse.move(box.x + width, box.y + box.height / 2, { steps: 5 });
    await this.page.mouse.up();
  }

  /** The rows of the tree in the side bar; `treeRow('qa-agent')` is the one that says so. */
  treeRows(): Locator {
    return this.page.locator('.part.sidebar .monaco-list-row[role="treeitem"]');
  }

  treeRow(text: string | RegExp): Locator {
    return this.treeRows().filter({ hasText: text });
  }

  /** The terminals, also when the list of them is hidden since there is only one. */
  terminals(): Locator {
    return this.page.locator('.terminal-groups-container .terminal-wrapper');
  }

  /** Rows of the terminal in front that hold a text; wants `terminal.integrated.gpuAcceleration` off. */
  terminalText(text: string): Locator {
    return this.page
      .locator('.terminal-wrapper.active .xterm-rows > div')
      .filter({ hasText: text, visible: true });
  }

  /** The item of the status bar that says exactly that, or what an expression matches. */
  statusItem(text: string | RegExp): Locator {
    const words = typeof text === 'string' ? new RegExp(`^\\s*${text}\\s*$`) : text;
    return this.page.locator('.part.statusbar .statusbar-item').filter({ hasText: words });
  }

  /** The trimmed texts of the lines of an editor that have a squiggle of that severity. */
  squiggledLines(name: string, severity: 'error' | 'warning' | 'info'): Promise<readonly string[]> {
    return this.editor(name).evaluate((editor, kind) => {
      const lines = [...editor.querySelectorAll('.view-line')];
      return [...editor.querySelectorAll(`.squiggly-${kind}`)].map((squiggle) => {
        const box = squiggle.getBoundingClientRect();
        const middle = box.top + box.height / 2;
        const line = lines.find((each) => {
          const { top, bottom } = each.getBoundingClientRect();
          return top <= middle && middle <= bottom;
        });
        return (line?.textContent ?? '').replaceAll('\u00a0', ' ').trim();
      });
    }, severity);
  }

  /** Asks for the quick fixes at the cursor and takes the one whose title holds that. */
  async quickFix(title: string): Promise<void> {
    await (await this.quickFixes(title)).first().click();
  }

  /**
   * The quick fixes at the cursor whose titles hold that, on show. Asked for again where the editor dropped the question, as
   * it does when something of the document, such as a lens, changes while the answer is on its way.
   */
  async quickFixes(title: string): Promise<Locator> {
    const fixes = this.page.locator('.action-widget .monaco-list-row').filter({ hasText: title });
    for (let asked = 1; ; asked++) {
      await this.page.keyboard.press(`${modifier}+.`);
      const isShown = await fixes
        .first()
        .waitFor({ timeout: longestWait / 5 })
        .then(
          () => true,
          () => false,
        );
      if (isShown || asked === 5) return fixes;
      await this.page.keyboard.press('Escape');
    }
  }

  /** Clicks an action of a row of the tree, such as `Start`. */
  async rowAction(row: Locator, title: string): Promise<void> {
    await row.hover();
    await row.getByRole('button', { name: title }).click();
  }

  /** Clicks a button of the message that says so. */
  async answer(message: string | RegExp, button: string): Promise<void> {
    const toast = this.notifications().filter({ hasText: message });
    await toast.getByRole('button', { name: button, exact: true }).click();
  }

  /** The squiggles of one severity in the visible editors. */
  squiggles(severity: 'error' | 'warning' | 'info'): Locator {
    return this.page.locator(`.monaco-editor .squiggly-${severity}`);
  }

  /** Opens the Problems panel; its rows are the diagnostics. */
  async problems(): Promise<Locator> {
    const rows = this.page.locator('.markers-panel .monaco-list-row');
    if (!(await this.page.locator('.markers-panel').isVisible())) {
      await this.page.keyboard.press(`${modifier}+Shift+M`);
      await this.page.locator('.markers-panel').waitFor();
    }
    return rows;
  }

  /** The messages in the corner. */
  notifications(): Locator {
    return this.page.locator('.notifications-toasts .notification-toast');
  }

  /** For `afterEach`: keeps a picture of what a failed test left. */
  async keepFailure(
    test: { readonly state?: string | undefined; fullTitle(): string } | undefined,
  ): Promise<void> {
    if (test?.state === 'failed') await this.screenshot(`failed ${test.fullTitle().replace(/[^\w]+/g, ' ')}`);
  }

  /** Keeps a picture as test/ui/shots/<name>.png, or in another folder. */
  async screenshot(name: string, folder = shots): Promise<string> {
    mkdirSync(folder, { recursive: true });
    const file = path.join(folder, `${name}.png`);
    await this.page.screenshot({ path: file, animations: 'disabled', caret: 'hide' });
    return file;
  }
}
