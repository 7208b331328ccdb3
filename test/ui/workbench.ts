// A VS Code window that a test drives as a person would: by keyboard, by mouse, and by what is on the screen.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { browserScript, type Host, type HostOptions, hostScript, root } from './host.ts';

const shots = path.join(root, 'test/ui/shots');
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

  private constructor(workspace: string, host: Host, browser: Browser, page: Page) {
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
      page.setDefaultTimeout(20_000);
      const query = options.vsix === undefined ? hostScript.developmentQuery(host, root) : {};
      await page.goto(host.url(options.workspace, query));
      const workbench = new Workbench(options.workspace, host, browser, page);
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

  /** The rows of the tree in the side bar; `treeRow('qa-agent')` is the one that says so. */
  treeRows(): Locator {
    return this.page.locator('.part.sidebar .monaco-list-row[role="treeitem"]');
  }

  treeRow(text: string | RegExp): Locator {
    return this.treeRows().filter({ hasText: text });
  }

  statusItem(text: string | RegExp): Locator {
    return this.page.locator('.part.statusbar .statusbar-item').filter({ hasText: text });
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

  /** Keeps a picture as test/ui/shots/<name>.png. */
  async screenshot(name: string): Promise<string> {
    mkdirSync(shots, { recursive: true });
    const file = path.join(shots, `${name}.png`);
    await this.page.screenshot({ path: file, animations: 'disabled', caret: 'hide' });
    return file;
  }
}
