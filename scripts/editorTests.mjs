#!/usr/bin/env node
// Runs the bundled suite of test/editor inside a real VS Code: the npm host, or the desktop one when
// VSCODE_TEST_ELECTRON=1 or VSCODE_EXECUTABLE says so. Exit code 0 when the suite passed.
import { existsSync, readFileSync, unwatchFile, watchFile, writeFileSync } from 'node:fs';
import path from 'node:path';
import { launchBrowser } from './browser.mjs';
import { root } from './build.mjs';
import { copyWorkspace, developmentQuery, startHost, temporaryFolder } from './vscodeHost.mjs';

const suite = path.join(root, 'out/editor-tests/index.cjs');
const longestRun = 300_000;
const resultFile =
  process.env.NATIVE_ORCHESTRATOR_TEST_RESULT ?? path.join(temporaryFolder('result'), 'result.json');

async function inServerHost(workspace, env) {
  const host = await startHost({ env });
  let browser;
  try {
    browser = await launchBrowser();
    const page = await browser.newPage();
    let end;
    const ended = new Promise((resolve) => {
      end = resolve;
    });
    await page.exposeFunction('codeAutomationExit', (code) => end(code));
    // The console of the whole workbench, which is long; the suite's own words come through the result file.
    const consoleLines = [];
    await page.exposeFunction('codeAutomationLog', (_type, args) => {
      consoleLines.push(args.join(' '));
    });
    watchFile(failures, { interval: 100 }, () => {
      const titles = readFileSync(failures, 'utf8').trim().split('\n');
      const name = `failed ${titles.at(-1).replace(/[^\w]+/g, ' ')}.png`;
      void page.screenshot({ path: path.join(root, 'test/ui/shots', name) }).catch(() => {});
    });
    page.on('crash', () => end('the window crashed'));
    await page.goto(host.url(workspace, developmentQuery(host, root, suite)));
    const timer = setTimeout(() => end(`no answer in ${longestRun / 1000} s`), longestRun);
    const result = await ended;
    clearTimeout(timer);
    if (!existsSync(resultFile)) console.log(consoleLines.slice(-30).join('\n'));
    if (typeof result === 'string') throw new Error(result);
    return result;
  } finally {
    unwatchFile(failures);
    await browser?.close();
    await host.close();
  }
}

async function inDesktop(workspace, env) {
  const { runTests } = await import('@vscode/test-electron');
  return runTests({
    ...(process.env.VSCODE_EXECUTABLE && { vscodeExecutablePath: process.env.VSCODE_EXECUTABLE }),
    cachePath: path.join(root, '.vscode-test'),
    extensionDevelopmentPath: root,
    extensionTestsPath: suite,
    extensionTestsEnv: env,
    launchArgs: [workspace, '--disable-extensions', '--disable-workspace-trust', '--disable-telemetry'],
  });
}

const workspace = copyWorkspace(path.join(root, 'test/fixtures/twoAgents'));
const state = temporaryFolder('state');
const failures = path.join(state, 'failures');
writeFileSync(failures, '');
const env = {
  NATIVE_ORCHESTRATOR_STATE: path.join(state, 'state'),
  NATIVE_ORCHESTRATOR_TEST_FAILURES: failures,
  NATIVE_ORCHESTRATOR_TEST_RESULT: resultFile,
  ...(process.env.MOCHA_GREP && { MOCHA_GREP: process.env.MOCHA_GREP }),
};
const desktop = process.env.VSCODE_TEST_ELECTRON === '1' || process.env.VSCODE_EXECUTABLE;
const code = await (desktop ? inDesktop : inServerHost)(workspace, env);
if (existsSync(resultFile)) {
  const { passed, failed, skipped, report } = JSON.parse(readFileSync(resultFile, 'utf8'));
  if (report) console.log(report);
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
} else console.log('the suite ended without a result');
process.exit(code === 0 ? 0 : 1);
