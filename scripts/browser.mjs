// Finds a Chromium for the tests, or installs one from the system's packages or through Playwright.
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { run } from './run.mjs';

const wellKnown = {
  linux: [
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/usr/bin/google-chrome-stable',
    '/usr/bin/microsoft-edge',
    '/snap/bin/chromium',
  ],
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
    path.join(homedir(), 'Applications/Google Chrome.app/Contents/MacOS/Google Chrome'),
  ],
  win32: ['ProgramFiles', 'ProgramFiles(x86)', 'LocalAppData'].flatMap((name) => {
    const folder = process.env[name];
    return folder
      ? [
          path.join(folder, 'Google/Chrome/Application/chrome.exe'),
          path.join(folder, 'Microsoft/Edge/Application/msedge.exe'),
        ]
      : [];
  }),
};

/** The browser's path: `CHROMIUM`, then the system's, then the one Playwright installed; undefined when none is there. */
async function find() {
  const { chromium } = await import('playwright-core');
  return [process.env.CHROMIUM, ...(wellKnown[process.platform] ?? []), chromium.executablePath()].find(
    (each) => each && existsSync(each),
  );
}

/** The path of a Chromium, installed if there is none. Throws with what to do when that fails. */
export async function ensureBrowser() {
  if (process.env.CHROMIUM && !existsSync(process.env.CHROMIUM)) {
    throw new Error(`CHROMIUM names ${process.env.CHROMIUM}, which does not exist`);
  }
  const found = await find();
  if (found) return found;
  console.log('installing Chromium …');
  const tried = [];
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await run('apt-get', ['update', '-qq'], { env });
    const { code, output } = await run('apt-get', ['install', '-y', '-qq', 'chromium'], { env });
    const installed = await find();
    if (code === 0 && installed) return installed;
    tried.push(`apt-get install chromium:\n${output}`);
  }
  const installer = path.resolve(import.meta.dirname, '../node_modules/playwright-core/cli.js');
  const { output } = await run(process.execPath, [installer, 'install', 'chromium']);
  const installed = await find();
  if (installed) return installed;
  tried.push(`npx playwright-core install chromium:\n${output}`);
  throw new Error(
    `No Chromium was found, and none could be installed. Install Chromium, Chrome or Edge, or set CHROMIUM to its path.\n${tried.join('\n')}`,
  );
}

/** Starts it without a window, and without the traffic of a fresh profile. */
export async function launchBrowser({ headless = true } = {}) {
  const executablePath = await ensureBrowser();
  const { chromium } = await import('playwright-core');
  return chromium.launch({
    executablePath,
    headless,
    handleSIGINT: false,
    args: [
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
