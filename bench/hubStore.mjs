// What the hub's store costs: from a hook's append to the listeners, events a second, memory; 100 agents beside 250.
// `node bench/hubStore.mjs` after `npx tsc -p .`. Prints JSON; bench/RESULTS.md says what was measured.
import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import v8 from 'node:v8';

const out = path.join(path.dirname(path.dirname(fileURLToPath(import.meta.url))), 'out/src');
const load = (name) => import(path.join(out, name));
const self = fileURLToPath(import.meta.url);
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const monotonic = () => Number(process.hrtime.bigint() / 1000n) / 1000;
const quantile = (sorted, part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
const round = (value) => Math.round(value * 1000) / 1000;

const lineAt = (spoolLine, launch, agent, n) =>
  spoolLine({
    t: new Date().toISOString(),
    id: randomUUID(),
    n,
    launch,
    agent,
    session: launch,
    src: n % 2 === 0 ? 'report' : 'guard',
    event: n % 2 === 0 ? 'PostToolUse' : 'PreToolUse',
    tool: 'Edit',
    toolUseId: String(monotonic()),
    file: '/home/somebody/workspace/src/part/file.ts',
    ms: 31.4,
    ...(n % 2 === 0 ? {} : { verdict: 'allow' }),
  });

/** Appends for some agents as hooks do: open, one write, close. */
async function writer({ folder, launches, perSecond, seconds }) {
  const { spoolLine } = await load('protocol/spoolLine.js');
  const end = monotonic() + seconds * 1000;
  const gap = 1000 / (perSecond * launches.length);
  let next = monotonic();
  for (let n = 0; monotonic() < end; n++) {
    const [launch, agent] = launches[n % launches.length];
    const file = fs.openSync(path.join(folder, `${launch}.jsonl`), 'a', 0o600);
    fs.writeSync(file, lineAt(spoolLine, launch, agent, Math.floor(n / launches.length) + 1));
    fs.closeSync(file);
    next += gap;
    const left = next - monotonic();
    if (left > 1) await wait(left);
  }
  process.exit(0);
}

/** The hub of one measurement, in a process of its own. */
async function hub({ root, stateDirectory, agents, subscribers, perSecond, seconds, isBare }) {
  if (isBare) {
    global.gc?.();
    process.send({ rss: process.memoryUsage().rss });
    return;
  }
  // As the headless hub does: its memory stays near what it needs.
  v8.setFlagsFromString('--semi-space-growth-factor=1');
  const { openHubCore } = await load('hub/openHubCore.js');
  const { nodeFiles } = await load('files/nodeFiles.js');
  const { nodeAppendedFiles } = await load('files/appendedFiles.js');
  const { processStarted } = await load('sessions/processTable.js');
  const { writeRecord } = await load('sessions/sessionRecord.js');
  const store = { files: nodeFiles, stateRoot: root, stateDirectory };
  const machine = {
    files: nodeFiles,
    platform: process.platform,
    env: {},
    home: root,
    run: async () => undefined,
  };
  const pidStarted = await processStarted(machine, process.pid);
  const launches = Array.from({ length: agents }, (_, index) => [randomUUID(), `agent-${index}`]);
  const sha = '0'.repeat(64);
  for (const [launch, agent] of launches)
    await writeRecord(store, {
      format: 1,
      launch,
      agent,
      sessionId: launch,
      sessionIds: [launch],
      runner: 'tmux',
      pid: process.pid,
      pidStarted,
      cwd: root,
      argv: ['claude'],
      settingsSha: sha,
      memorySha: sha,
      contextSha: sha,
      startedAt: new Date().toISOString(),
      phase: 'running',
    });
  const core = await openHubCore({
    store,
    disk: nodeAppendedFiles,
    machine,
    now: Date.now,
    onBug: console.error,
  });
  const late = [];
  let count = 0;
  core.onEvents((events) => {
    const now = monotonic();
    for (const { data } of events) {
      if (data.toolUseId === undefined) continue;
      count++;
      late.push(now - Number(data.toolUseId));
    }
  });
  // Each keeps what it has yet to send, as a connection does, and lets go of it soon.
  for (let index = 1; index < subscribers; index++) {
    let queue = [];
    core.onEvents((events) => queue.push(...events));
    setInterval(() => {
      queue = [];
    }, 100).unref();
  }
  await wait(500);
  const folder = path.join(stateDirectory, 'spool');
  const half = Math.ceil(agents / 2);
  const writers = [0, 1].map((part) =>
    fork(self, [
      'writer',
      JSON.stringify({
        folder,
        launches: launches.slice(part * half, (part + 1) * half),
        perSecond,
        seconds,
      }),
    ]),
  );
  const before = process.cpuUsage();
  const began = performance.now();
  let most = 0;
  const sampler = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss);
  }, 100);
  await Promise.all(writers.map((child) => new Promise((resolve) => child.once('exit', resolve))));
  await wait(200);
  clearInterval(sampler);
  const cpu = process.cpuUsage(before);
  const took = performance.now() - began;
  const steady = late.slice(Math.floor(late.length / 10)).sort((a, b) => a - b);
  global.gc?.();
  process.send({
    count,
    perSecond: Math.round(count / (took / 1000)),
    p50: quantile(steady, 0.5),
    p95: quantile(steady, 0.95),
    p99: quantile(steady, 0.99),
    max: steady.at(-1),
    cpu: (cpu.user + cpu.system) / 1000 / took,
    rss: process.memoryUsage().rss,
    most,
    lost: core.figures().lost,
  });
  await core.close();
}

/** As fast as it goes: lines that are there already, through tail, journal and listeners. */
async function flood({ root, stateDirectory, agents, total }) {
  // As the headless hub does: its memory stays near what it needs.
  v8.setFlagsFromString('--semi-space-growth-factor=1');
  const { openHubCore } = await load('hub/openHubCore.js');
  const { nodeFiles } = await load('files/nodeFiles.js');
  const { nodeAppendedFiles } = await load('files/appendedFiles.js');
  const { spoolLine } = await load('protocol/spoolLine.js');
  const folder = path.join(stateDirectory, 'spool');
  const rounds = 20;
  const core = await openHubCore({
    store: { files: nodeFiles, stateRoot: root, stateDirectory },
    disk: nodeAppendedFiles,
    machine: { files: nodeFiles, platform: process.platform, run: async () => undefined },
    now: Date.now,
    onBug: console.error,
  });
  let count = 0;
  core.onEvents((events) => {
    count += events.filter(({ data }) => data.toolUseId !== undefined).length;
  });
  let busy = 0;
  let most = 0;
  const perRound = total / rounds;
  for (let round = 1; round <= rounds; round++) {
    for (let agent = 0; agent < agents; agent++) {
      const launch = `launch-${agent}`;
      let text = '';
      for (let n = 0; n < perRound / agents; n++) text += lineAt(spoolLine, launch, `agent-${agent}`, n);
      fs.appendFileSync(path.join(folder, `${launch}.jsonl`), text, { mode: 0o600 });
    }
    const began = performance.now();
    while (count < round * perRound) {
      await new Promise((resolve) => setImmediate(resolve));
      most = Math.max(most, process.memoryUsage.rss());
    }
    busy += performance.now() - began;
  }
  process.send({ perSecond: Math.round((total / busy) * 1000), most });
  await core.close();
}

function measure(kind, options) {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'no-bench-hub-'));
  const stateDirectory = path.join(root, '0123456789abcdef');
  fs.mkdirSync(path.join(stateDirectory, 'spool'), { recursive: true, mode: 0o700 });
  return new Promise((resolve) => {
    const child = fork(self, [kind, JSON.stringify({ root, stateDirectory, ...options })], {
      execArgv: ['--expose-gc'],
    });
    child.once('message', (message) =>
      child.once('exit', () => {
        fs.rmSync(root, { recursive: true, force: true });
        resolve(message);
      }),
    );
  });
}

const [kind, given] = process.argv.slice(2);
if (kind === 'writer') await writer(JSON.parse(given));
else if (kind === 'hub') {
  await hub(JSON.parse(given));
  process.exit(0);
} else if (kind === 'flood') {
  await flood(JSON.parse(given));
  process.exit(0);
} else {
  const seconds = Number(kind ?? 15);
  const bare = await measure('hub', { isBare: true });
  const mb = (bytes) => round(bytes / 1024 / 1024);
  console.log(`bare node: ${mb(bare.rss)} MB`);
  for (const [agents, perSecond] of [
    [100, 4],
    [250, 1.6],
    [100, 4],
    [250, 1.6],
    [250, 4],
  ]) {
    const result = await measure('hub', { agents, subscribers: 100, perSecond, seconds });
    const { p50, p95, p99, max, rss, most, cpu } = result;
    console.log(
      `${agents} agents, ${result.perSecond}/s: p50 ${round(p50)} p95 ${round(p95)} p99 ${round(p99)} max ${round(max)} ms; ${mb(rss)} MB, at most ${mb(most)} MB; cpu ${round(cpu)}; lost ${JSON.stringify(result.lost)}`,
    );
  }
  const flooded = await measure('flood', { agents: 250, total: 500_000 });
  console.log(`flood: ${flooded.perSecond} events/s, at most ${mb(flooded.most)} MB`);
}
