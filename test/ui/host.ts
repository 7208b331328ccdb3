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
  /** Kept by whoever gives it; a temporary one otherwise. HOME lies in it as `home`. */
  readonly dataFolder?: string;
  /** A package to install and test instead of the checkout. */
  readonly vsix?: string;
}

export interface Host {
  /** The HOME of everything that runs in it; a temporary folder. */
  readonly home: string;
  /** Where the server keeps its machine settings. */
  readonly dataFolder: string;
  readonly url: (workspace: string, query?: Readonly<Record<string, string>>) => string;
  readonly close: () => Promise<void>;
}

interface HostScript {
  startHost(options: HostOptions): Promise<Host>;
  developmentQuery(host: Host, extension: string): Record<string, string>;
  copyWorkspace(from: string): string;
  temporaryFolder(name: string): string;
}

interface RunScript {
  run(command: string, args: readonly string[]): Promise<{ code: number; output: string }>;
}

interface SampleScript {
  makeSampleFleet(folder: string): Promise<string>;
}

interface BrowserScript {
  ensureBrowser(): Promise<string>;
  launchBrowser(): Promise<Browser>;
}

/** The checkout: tests are started in its root. */
export const root = process.cwd();

const script = (name: string) => import(pathToFileURL(path.join(root, 'scripts', name)).href);

export const hostScript: HostScript = await script('vscodeHost.mjs');
export const browserScript: BrowserScript = await script('browser.mjs');
export const sampleScript: SampleScript = await script('sampleFleet.mjs');
const runScript: RunScript = await script('run.mjs');

/** Packs what is built as a person would install it; the file lies in `folder`. */
export async function packageExtension(folder: string): Promise<string> {
  const file = path.join(folder, 'native-orchestrator.vsix');
  const args = [path.join(root, 'scripts/package.mjs'), '--no-build', '--out', file];
  const { code, output } = await runScript.run(process.execPath, args);
  if (code !== 0) throw new Error(`the extension could not be packed:\n${output}`);
  return file;
}
