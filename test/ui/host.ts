// The part of scripts/ that UI tests use, with its types: scripts are plain JavaScript outside this program.
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';

export interface HostOptions {
  /** Machine settings, over the quiet ones that every test has. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly theme?: 'dark' | 'light';
  /** With workspace trust: the folder opens untrusted. Off by default. */
  readonly asksForTrust?: boolean;
  /** For the extension host and terminals; PATH, HOME, SHELL and LANG are there already. */
  readonly env?: Readonly<Record<string, string>>;
  /** A package to install and test instead of the checkout. */
  readonly vsix?: string;
}

export interface Host {
  /** The HOME of everything that runs in it; a temporary folder. */
  readonly home: string;
  readonly url: (workspace: string, query?: Readonly<Record<string, string>>) => string;
  readonly close: () => Promise<void>;
}

interface HostScript {
  startHost(options: HostOptions): Promise<Host>;
  developmentQuery(host: Host, extension: string): Record<string, string>;
  copyWorkspace(from: string): string;
  temporaryFolder(name: string): string;
}

interface BrowserScript {
  launchBrowser(): Promise<Browser>;
}

/** The checkout: tests are started in its root. */
export const root = process.cwd();

const script = (name: string) => import(pathToFileURL(path.join(root, 'scripts', name)).href);

export const hostScript: HostScript = await script('vscodeHost.mjs');
export const browserScript: BrowserScript = await script('browser.mjs');
