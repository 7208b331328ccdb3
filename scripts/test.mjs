#!/usr/bin/env node
// `npm test`: sets up what is missing, builds, runs every lane and sums up. `--fast`: without VS Code, browser and CLI.
// `--only lane[,lane]`: some of them. The last line is `N passed, N failed` (and `, N skipped`).
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { claudeVariables, ensureClaude, oldVersion } from './claudeCli.mjs';
import { installDependencies } from './npm.mjs';
import { run } from './run.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const fastLanes = ['lint', 'types', 'unit', 'process'];
const allLanes = [...fastLanes, 'contract', 'editor', 'ui'];
/** A lane that takes longer hangs, and counts as failed. */
const longestLane = 600_000;

function chosenLanes(args) {
  const at = args.findIndex((each) => each === '--only' || each.startsWith('--only='));
  if (at < 0) return args.includes('--fast') ? fastLanes : allLanes;
  const names = (args[at].split('=')[1] ?? args[at + 1] ?? '').split(',');
  const unknown = names.filter((each) => !allLanes.includes(each));
  if (unknown.length > 0)
    throw new Error(`There is no lane "${unknown.join(', ')}"; there are ${allLanes.join(', ')}.`);
  return names;
}

const lanes = chosenLanes(process.argv.slice(2));
const has = (...names) => names.some((each) => lanes.includes(each));
const scratch = mkdtempSync(path.join(tmpdir(), 'native-orchestrator-test-'));
process.once('exit', () => rmSync(scratch, { recursive: true, force: true, maxRetries: 5 }));
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));
const total = { passed: 0, failed: 0, skipped: 0 };

/** Runs one lane, prints its line, and adds it to the total. What it throws is a failure of the lane. */
async function lane(name, work) {
  const started = performance.now();
  let result;
  try {
    result = await work();
  } catch (error) {
    result = { passed: 0, failed: 1, skipped: 0, report: error.message };
  }
  for (const key of Object.keys(total)) total[key] += result[key];
  const seconds = `${((performance.now() - started) / 1000).toFixed(1)} s`;
  const counts = [`${result.passed} passed`, `${result.failed} failed`];
  if (result.skipped > 0) counts.push(`${result.skipped} skipped`);
  console.log(
    `${result.failed > 0 ? '✗' : '✓'} ${name.padEnd(9)} ${counts.join(', ').padEnd(34)} ${seconds}`,
  );
  if (result.report) console.log(result.report);
  return result.failed === 0;
}

/** One check that passes or fails as a whole, such as the linter. */
async function check(command, args) {
  const { code, output } = await run(command, args, { cwd: root, timeout: longestLane });
  return code === 0
    ? { passed: 1, failed: 0, skipped: 0 }
    : { passed: 0, failed: 1, skipped: 0, report: output.trim() };
}

/** Runs a program whose tests use the counting reporter. A program that ends without a result has crashed. */
async function counted(name, args, env = {}) {
  const file = path.join(scratch, `${name}.json`);
  const { code, output } = await run(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...env, NATIVE_ORCHESTRATOR_TEST_RESULT: file },
    timeout: longestLane,
  });
  if (!existsSync(file)) throw new Error(`ended with exit code ${code} before it gave a result:\n${output}`);
  const result = JSON.parse(readFileSync(file, 'utf8'));
  if (code !== 0 && result.failed === 0) {
    return {
      ...result,
      failed: 1,
      report: `${result.report}\nexit code ${code} although no test failed:\n${output}`,
    };
  }
  return result;
}

function testFiles(...folders) {
  return folders
    .map((each) => path.join('out/test', each))
    .filter((folder) => existsSync(path.join(root, folder)))
    .flatMap((folder) =>
      readdirSync(path.join(root, folder), { recursive: true }).map((each) => path.join(folder, each)),
    )
    .filter((each) => each.endsWith('.test.js'))
    .sort();
}

async function mocha(name, { folders = [name], timeout, jobs = 1, env }) {
  const files = testFiles(...folders);
  if (files.length === 0) throw new Error(`there is no test in test/${folders.join(', test/')}`);
  const parallel = jobs > 1 ? ['--parallel', '--jobs', String(jobs)] : [];
  return counted(
    name,
    // Whatever a failed clean-up left open must not keep the others waiting.
    ['node_modules/mocha/bin/mocha.js', '--exit', '--timeout', String(timeout), ...parallel, ...files],
    env,
  );
}

/** The environment of tests that start programs: nothing of the user's is read or written. */
function ownHome() {
  return {
    HOME: scratch,
    USERPROFILE: scratch,
    NATIVE_ORCHESTRATOR_STATE: path.join(scratch, 'state'),
    GIT_CONFIG_NOSYSTEM: '1',
  };
}

const work = {
  unit: () => mocha('unit', { folders: ['unit', 'golden'], timeout: 2_000 }),
  // Most of its time is spent waiting: for locks that grow stale, for input that never comes.
  process: () => mocha('process', { timeout: 30_000, jobs: 3, env: ownHome() }),
  contract: async () => {
    const cli = await claude;
    if (!cli.path) return { passed: 0, failed: 0, skipped: 1, report: `  skipped: ${cli.reason}` };
    // Where only the older one cannot be had, its tests are skipped, by name.
    const old = await oldClaude;
    const result = await mocha('contract', {
      timeout: 60_000,
      jobs: 2,
      env: { ...ownHome(), ...claudeVariables(cli, old) },
    });
    if (old.path) return result;
    const note = `  the tests with ${oldVersion} are skipped: ${old.reason}`;
    return { ...result, report: [result.report, note].filter(Boolean).join('\n') };
  },
  editor: () => counted('editor', ['scripts/editorTests.mjs']),
  ui: async () => {
    // Without the CLI the tests that start it are skipped, by name.
    const cli = await claude;
    return mocha('ui', {
      timeout: 180_000,
      env: cli.path ? { NATIVE_ORCHESTRATOR_TEST_CLAUDE: cli.path } : {},
    });
  },
};

/** Runs the chosen ones of these lanes one after the other. */
async function inOrder(...names) {
  for (const name of names.filter((each) => has(each))) await lane(name, work[name]);
}

try {
  await installDependencies(root);
} catch (error) {
  console.log(`${error.message}\n0 passed, 1 failed`);
  process.exit(1);
}
const build = await import('./build.mjs');

// Downloads wait for the network, not for the processor: they go on while the rest works. What could not be had is
// reported by the lane that needs it.
const browser = has('editor', 'ui') && (await import('./browser.mjs')).ensureBrowser();
const host = has('editor', 'ui') && (await import('./vscodeHost.mjs')).ensureHost();
const claude = has('contract', 'ui') && ensureClaude();
// One after the other: two package managers at once are no faster.
const oldClaude = has('contract') && Promise.resolve(claude).then(() => ensureClaude(oldVersion));
const downloads = Promise.allSettled([browser, host, claude]);

const isBuilt = await lane('build', async () => {
  await build.generateSources();
  await build.buildBundles();
  if (has('editor')) await build.buildEditorTests();
  return { passed: 0, failed: 0, skipped: 0 };
});

const emitsTests = has('unit', 'process', 'contract', 'ui');
await Promise.all([
  has('lint') &&
    lane('lint', () => check(process.execPath, ['node_modules/@biomejs/biome/bin/biome', 'check'])),
  (has('types') || emitsTests) &&
    lane('types', async () => {
      await build.removeStaleOutput();
      return check(process.execPath, ['node_modules/typescript/bin/tsc', '-p', '.']);
    }),
]);

await inOrder('unit');
if (isBuilt) {
  // One after the other: a window that is starved of a processor answers late, and two lanes at once take no less time.
  await inOrder('process');
  await downloads;
  await inOrder('editor', 'contract', 'ui');
}

const summary = [`${total.passed} passed`, `${total.failed} failed`];
if (total.skipped > 0) summary.push(`${total.skipped} skipped`);
console.log(summary.join(', '));
process.exit(total.failed > 0 ? 1 : 0);
