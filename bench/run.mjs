#!/usr/bin/env node
// `npm run bench [-- section…]`: measures the budgets of DESIGN.md section 13, each beside its physical limit in the
// same run, and prints a table. Sections: generate check keystroke guard-removed checkout activation size guard start; prove,
// when it is named, with `--registry=file` for another registry than the made-up one.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import esbuild from 'esbuild';
import { buildBundles, generateSources } from '../scripts/build.mjs';
import { ensureClaude } from '../scripts/claudeCli.mjs';
import { writeFleet } from './makeFleet.mjs';
import { difference, interleaved, median, quantile, ratio, timeProcess } from './measure.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.dirname(here);
const limits = path.join(here, 'limits');
const scratch = mkdtempSync(path.join(tmpdir(), 'native-orchestrator-bench-'));
const cli = path.join(scratch, 'program/dist/cli.mjs');
/** Milliseconds of the shell generator that came before, 26 agents, median (DESIGN.md section 13). */
const oldGenerator = 3850;
/** Where the programs that are measured keep what is the machine's: theirs alone. */
const state = path.join(scratch, 'state');
const env = { NATIVE_ORCHESTRATOR_STATE: state };

const ms = (value) => `${value.toFixed(value < 10 ? 1 : 0)} ms`;
const times = (value) => `${value.toFixed(value < 10 ? 2 : 1)}×`;
function report(what, limit, measured, isMet, beside) {
  const row = `| ${what} | ${limit} | ${measured} | ${isMet === undefined ? 'for comparison' : isMet ? 'met' : '**not met**'} | ${beside} |`;
  console.log(row);
}

/** The files of a folder with their texts, relative. */
function filesOf(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
}

const fleets = new Map();
/** A generated fleet of that size, made once. */
function fleetOf(count) {
  const known = fleets.get(count);
  if (known !== undefined) return known;
  const folder = path.join(scratch, `fleet-${count}`);
  writeFleet(folder, count);
  timeProcess({ args: [cli, 'generate', '--all', '-w', folder], env });
  fleets.set(count, folder);
  return folder;
}

async function benchGenerate() {
  const folder = fleetOf(26);
  const outputs = filesOf(folder).filter((name) => name !== 'agents/registry.yaml');
  const list = path.join(scratch, 'outputs.json');
  writeFileSync(
    list,
    JSON.stringify(outputs.map((name) => [name, readFileSync(path.join(folder, name), 'utf8')])),
  );
  const registry = path.join(scratch, 'registry.json');
  const { parse } = await import('yaml');
  writeFileSync(
    registry,
    JSON.stringify(parse(readFileSync(path.join(folder, 'agents/registry.yaml'), 'utf8'))),
  );
  const target = path.join(scratch, 'generated');
  const fresh = () => {
    rmSync(target, { recursive: true, force: true });
    mkdirSync(path.join(target, 'agents'), { recursive: true });
    cpSync(path.join(folder, 'agents/registry.yaml'), path.join(target, 'agents/registry.yaml'));
  };
  const generate = {
    before: fresh,
    run: () => timeProcess({ args: [cli, 'generate', '--all', '-w', target], env }),
  };
  const bare = {
    before: fresh,
    run: () => timeProcess({ args: [path.join(limits, 'writeFiles.mjs'), list, target] }),
  };
  const near = await interleaved({ generate, bare }, 25);
  const over = ratio(near.generate, near.bare);
  report(
    'generate --all, 26 agents',
    '≤ 2× writing, flushing and renaming the same bytes',
    times(over),
    over <= 2,
    `${ms(median(near.generate))} / ${ms(median(near.bare))}`,
  );
  const old = {
    before: fresh,
    run: () =>
      timeProcess({ command: 'bash', args: [path.join(here, 'old-generator.sh'), registry, target] }),
  };
  const far = await interleaved({ old, generate }, 3);
  const faster = ratio(far.old, far.generate);
  const ours = median(far.generate);
  report(
    'the same',
    '≥ 25× faster than a shell generator',
    `${times(faster)} our imitation, ${times(oldGenerator / ours)} the original’s figure`,
    Math.min(faster, oldGenerator / ours) >= 25,
    `${ms(ours)} / ${ms(median(far.old))}; the original took ${oldGenerator} ms`,
  );
}

async function benchCheck() {
  for (const [count, runs] of [
    [26, 25],
    [1000, 7],
    [10_000, 3],
  ]) {
    const folder = fleetOf(count);
    const list = path.join(scratch, `files-${count}.json`);
    writeFileSync(list, JSON.stringify(filesOf(folder)));
    const bare = (...more) => ({
      run: () => timeProcess({ args: [path.join(limits, 'hashFiles.mjs'), list, folder, ...more] }),
    });
    const check = () => timeProcess({ args: [cli, 'check', '-w', folder], env });
    const forget = () => rmSync(state, { recursive: true, force: true });
    const samples = await interleaved(
      // In this order, so that the warm run finds what the cold one has left.
      { cold: { before: forget, run: check }, warm: { run: check }, bare: bare(), parse: bare('--parse') },
      runs,
    );
    const { cold, warm } = samples;
    const warmRatio = ratio(warm, samples.bare);
    const coldRatio = ratio(cold, samples.parse);
    const beside = (own, limit) => `${ms(median(own))} / ${ms(median(limit))}`;
    report(
      `check, ${count} agents, warm`,
      '≤ 2× reading and hashing the same files',
      times(warmRatio),
      warmRatio <= 2,
      beside(warm, samples.bare),
    );
    report(
      `check, ${count} agents, cold`,
      '≤ 2× that and one YAML parse',
      times(coldRatio),
      coldRatio <= 2,
      beside(cold, samples.parse),
    );
  }
}

/** Runs a part of inProcess.mjs in a process of its own. */
async function inProcess(what, count, runs) {
  const bundle = path.join(scratch, 'inProcess.mjs');
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: ['bench/inProcess.mjs'],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'esm',
    mainFields: ['module', 'main'],
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    logLevel: 'warning',
  });
  const { run } = await import('../scripts/run.mjs');
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const hooks = path.join(scratch, 'program/dist/hooks');
  const { code, stdout, output } = await run(process.execPath, [
    bundle,
    what,
    fleetOf(count),
    hooks,
    version,
    String(runs),
  ]);
  if (code !== 0) throw new Error(output);
  return JSON.parse(stdout);
}

async function benchKeystroke() {
  for (const [count, runs] of [
    [26, 200],
    [1000, 200],
  ]) {
    const { total, parsing } = await inProcess('keystroke', count, count === 1000 ? keystrokes : runs);
    const p95 = quantile(total, 0.95);
    report(
      `keystroke → fresh fleet, ${count} agents`,
      'p95 ≤ 50 ms',
      `p95 ${ms(p95)}, median ${ms(median(total))}, worst ${ms(Math.max(...total))}`,
      p95 <= 50,
      `of which a parse with the block cache: p95 ${ms(quantile(parsing, 0.95))}, median ${ms(median(parsing))}`,
    );
  }
}

async function benchGuardRemoved() {
  const { total, books } = await inProcess('guard-removed', 1000, removals);
  const p95 = quantile(total, 0.95);
  report(
    'guard removed on disk → fresh fleet, 1 000 agents',
    'p95 ≤ 300 ms',
    `p95 ${ms(p95)}, median ${ms(median(total))}`,
    p95 <= 300,
    `the alarm’s books and history included (p95 ${ms(quantile(books, 0.95))}); without the watcher’s own delay`,
  );
}

async function benchCheckout() {
  const { total, books } = await inProcess('checkout', 1000, isQuick ? 4 : 10);
  report(
    'checkout of 3 000 files, every guard gone or back → fresh fleet, 1 000 agents',
    '',
    `worst ${ms(Math.max(...total))}, median ${ms(median(total))}, one refresh`,
    undefined,
    `the alarm’s books and history: median ${ms(median(books))}; without the watcher’s own delay`,
  );
}

async function benchActivation() {
  const { run } = await import('../scripts/run.mjs');
  const load = [];
  const activate = [];
  for (let turn = 0; turn < 15; turn++) {
    const { code, stdout, output } = await run(process.execPath, [
      path.join(here, 'activation.cjs'),
      path.join(root, 'dist/extension.cjs'),
      root,
    ]);
    if (code !== 0) throw new Error(output);
    const sample = JSON.parse(stdout);
    load.push(sample.load);
    activate.push(sample.activate);
  }
  const both = median(load.map((value, turn) => value + activate[turn]));
  report(
    'activation, against an empty `vscode`',
    '≤ 50 ms (in the real host)',
    ms(both),
    both <= 50,
    `bundle ${ms(median(load))}, activate() ${ms(median(activate))}; an approximation`,
  );
}

function benchSize() {
  for (const [file, limit] of [
    ['dist/extension.cjs', 400],
    ['dist/cli.mjs', undefined],
    ['dist/hooks/guard.mjs', undefined],
    ['dist/hooks/bash.mjs', undefined],
    ['dist/hooks/report.mjs', undefined],
  ]) {
    const size = statSync(path.join(root, file)).size / 1024;
    report(
      file,
      limit === undefined ? '' : `≤ ${limit} KB`,
      `${size.toFixed(1)} KB`,
      limit === undefined ? undefined : size <= limit,
      '',
    );
  }
}

async function benchGuard() {
  for (const count of [26, 1000]) {
    const folder = fleetOf(count);
    const id = readdirSync(path.join(folder, 'agents')).find((name) => /^web-builder-1$/.test(name));
    const settings = JSON.parse(
      readFileSync(path.join(folder, 'agents', id, '.claude/settings.json'), 'utf8'),
    );
    const [, , sha256] = settings.hooks.PreToolUse[0].hooks[0].args;
    const input = JSON.stringify({
      session_id: 's',
      cwd: folder,
      hook_event_name: 'PreToolUse',
      tool_name: 'Read',
      tool_input: { file_path: path.join(folder, 'src/basket/price.ts') },
      tool_use_id: 't',
    });
    const policyFile = path.join(folder, 'agents', id, '.claude/policy.json');
    const node = (...args) => ({ run: () => timeProcess({ args, input }) });
    const samples = await interleaved(
      {
        bare: node('-e', '0'),
        cjs: node(path.join(limits, 'empty.cjs')),
        mjs: node(path.join(limits, 'empty.mjs')),
        // What a session runs is its launch copy's, as CommonJS; the committed one is an ES module.
        guard: node(path.join(root, 'dist/hooks/guard.cjs'), id, sha256, policyFile, folder),
        committed: node(path.join(folder, 'agents/.orchestrator/guard.mjs'), id, sha256),
      },
      40,
    );
    const over = difference(samples.guard, samples.bare);
    const overCommitted = difference(samples.committed, samples.bare);
    const policy = statSync(policyFile).size;
    report(
      `guard, a file tool, ${count} agents`,
      '≤ bare node + 5 ms',
      `+${ms(over)}`,
      over <= 5,
      `${ms(median(samples.guard))} / ${ms(median(samples.bare))} (\`node -e 0\`); policy ${policy} bytes`,
    );
    report(
      'the committed one, an ES module',
      '',
      `+${ms(overCommitted)}`,
      undefined,
      `${ms(median(samples.committed))}; empty .mjs ${ms(median(samples.mjs))}, empty .cjs ${ms(median(samples.cjs))}`,
    );
  }
}

/** A command of plain words, and one that needs the parser, each by a session's guard. */
async function benchGuardBash() {
  const folder = fleetOf(26);
  const agents = readdirSync(path.join(folder, 'agents'), { withFileTypes: true });
  const policyOf = (id) => path.join(folder, 'agents', id, '.claude/policy.json');
  const id = agents
    .filter((entry) => entry.isDirectory() && existsSync(policyOf(entry.name)))
    .map(({ name }) => name)
    .find((name) => JSON.parse(readFileSync(policyOf(name), 'utf8')).tools.includes('Bash'));
  const settings = JSON.parse(readFileSync(path.join(folder, 'agents', id, '.claude/settings.json'), 'utf8'));
  const [, , sha256] = settings.hooks.PreToolUse[0].hooks[0].args;
  const guard = [path.join(root, 'dist/hooks/guard.cjs'), id, sha256, policyOf(id), folder];
  const of = (command) => {
    const input = JSON.stringify({
      session_id: 's',
      cwd: folder,
      hook_event_name: 'PreToolUse',
      tool_name: 'Bash',
      tool_input: { command },
      tool_use_id: 't',
    });
    return { run: () => timeProcess({ args: guard, input }) };
  };
  const parsed =
    'cd web && for f in *.ts; do wc -l "$f" | tee -a ../sizes.txt; done && git commit -m "sizes"';
  const samples = await interleaved(
    {
      bare: { run: () => timeProcess({ args: ['-e', '0'] }) },
      plain: of('npm run build'),
      parsed: of(parsed),
    },
    40,
  );
  for (const [name, words] of [
    ['plain', 'a command of plain words'],
    ['parsed', 'a command for the parser'],
  ]) {
    const over = difference(samples[name], samples.bare);
    report(
      `guard, ${words}`,
      '≤ bare node + 40 ms',
      `+${ms(over)}`,
      over <= 40,
      `${ms(median(samples[name]))} / ${ms(median(samples.bare))} (\`node -e 0\`)`,
    );
  }
}

/** Seconds of processor time of the processes that have ended below this one. Undefined where the system does not tell. */
function childrenSeconds() {
  if (process.platform !== 'linux') return undefined;
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ').at(-1).split(' ');
  return (Number(fields[13]) + Number(fields[14])) / 100;
}

/** A whole proof with the real CLI. It takes a minute, so it is run once, and only when it is asked for. */
async function benchProve() {
  const claude = await ensureClaude();
  if (claude.path === undefined) throw new Error(claude.reason);
  const given = process.argv.find((each) => each.startsWith('--registry='))?.slice('--registry='.length);
  let folder = fleetOf(26);
  if (given !== undefined) {
    folder = path.join(scratch, 'given');
    mkdirSync(path.join(folder, 'agents'), { recursive: true });
    cpSync(given, path.join(folder, 'agents/registry.yaml'));
    timeProcess({ args: [cli, 'generate', '--all', '-w', folder], env });
  }
  const [load] = loadavg();
  const before = childrenSeconds();
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [cli, 'prove', '--format', 'json', '-w', folder],
    {
      env: { ...env, PATH: process.env.PATH, HOME: scratch, NATIVE_ORCHESTRATOR_CLAUDE: claude.path },
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    },
  );
  if (status !== 0) throw new Error(`prove ended with ${status}: ${stderr}${stdout.slice(0, 2000)}`);
  const after = childrenSeconds();
  const { summary, proofs } = JSON.parse(stdout);
  const attempts = proofs.reduce((sum, proof) => sum + proof.attempts.length, 0);
  const processor = before === undefined ? 'unknown' : `${(after - before).toFixed(0)} s`;
  report(
    `prove, ${summary.agents} agents, claude ${summary.cli}`,
    '≤ 60 s on two cores',
    `${summary.seconds.toFixed(0)} s`,
    summary.seconds <= 60,
    `processor time ${processor}, ${availableParallelism()} cores, load before ${load.toFixed(1)}; ${attempts} attempts`,
  );
}

/** 27 sessions in tmux, of a claude that does nothing but tell that it is there; beside as many of tmux alone. */
async function benchStart() {
  if (spawnSync('tmux', ['-V']).status !== 0) throw new Error('tmux is not installed');
  const count = 27;
  const folder = fleetOf(count);
  const claude = path.join(scratch, 'claude');
  writeFileSync(claude, '#!/bin/sh\n: >> "$NATIVE_ORCHESTRATOR_SPOOL"\nexec sleep 1000\n', { mode: 0o755 });
  const socket = path.join(scratch, 'ours');
  const own = { ...env, NATIVE_ORCHESTRATOR_CLAUDE: claude, TMUX_SOCKET_OVERRIDE: socket };
  const ours = (...words) => timeProcess({ args: [cli, ...words, '-w', folder], env: own });
  // A server of its own each time: one that is told to end takes a moment.
  let turn = 0;
  const bareSocket = () => path.join(scratch, `bare${turn}`);
  const bare = (...words) =>
    timeProcess({ command: 'tmux', args: ['-S', bareSocket(), '-f', '/dev/null', ...words] });
  const stopBare = () => {
    spawnSync('tmux', ['-S', bareSocket(), 'kill-server'], { stdio: 'ignore' });
    turn++;
  };
  try {
    const samples = await interleaved(
      {
        ours: {
          before: () => void ours('stop', '--all', '--yes', '--grace', '0'),
          run: () => ours('start', '--all', '--runner', 'tmux', '--yes'),
        },
        bare: {
          before: stopBare,
          run: () =>
            Array.from({ length: count }, (_, index) =>
              bare('new-session', '-d', '-s', `s${index}`, 'sleep 1000'),
            ).reduce((sum, each) => sum + each, 0),
        },
      },
      isQuick ? 3 : 10,
    );
    const took = median(samples.ours);
    report(
      `start of ${count} sessions in tmux, without claude's own start`,
      '≤ 1.5 s',
      `${ms(took)}, worst ${ms(Math.max(...samples.ours))}`,
      took <= 1500,
      `${ms(median(samples.bare))} for ${count} × \`tmux new-session\` one after the other`,
    );
  } finally {
    ours('stop', '--all', '--yes', '--grace', '0');
    spawnSync('tmux', ['-S', socket, 'kill-server'], { stdio: 'ignore' });
    stopBare();
  }
}

const sections = {
  size: benchSize,
  generate: benchGenerate,
  guard: benchGuard,
  'guard-bash': benchGuardBash,
  activation: benchActivation,
  keystroke: benchKeystroke,
  'guard-removed': benchGuardRemoved,
  checkout: benchCheckout,
  check: benchCheck,
  start: benchStart,
  prove: benchProve,
};
/** Those that run only when they are named. */
const onlyNamed = ['prove'];
const chosen = process.argv.slice(2).filter((each) => !each.startsWith('--'));
const unknown = chosen.filter((each) => !Object.hasOwn(sections, each));
/** Fewer of what takes long, for a first look. */
const isQuick = process.argv.includes('--quick');
const keystrokes = isQuick ? 40 : 200;
const removals = isQuick ? 10 : 50;

try {
  if (unknown.length > 0)
    throw new Error(
      `There is no section ${unknown.join(', ')}; there are ${Object.keys(sections).join(', ')}.`,
    );
  await generateSources();
  await buildBundles();
  // What is measured must not change while it is measured.
  cpSync(path.join(root, 'dist'), path.join(scratch, 'program/dist'), { recursive: true });
  cpSync(path.join(root, 'package.json'), path.join(scratch, 'program/package.json'));
  console.log(
    `Node ${process.version}, ${availableParallelism()} cores, ${cpus()[0]?.model ?? 'unknown processor'}\n`,
  );
  console.log('| what | budget | measured | | beside (medians) |\n|---|---|---|---|---|');
  for (const [name, section] of Object.entries(sections))
    if (chosen.includes(name) || (chosen.length === 0 && !onlyNamed.includes(name))) await section();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
