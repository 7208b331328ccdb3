// What the whole hub costs: from the start of a hook's process to a subscriber, memory with many agents and subscribers and one
// that never reads, and how fast it gives out a burst, beside a bare broadcast of the same library.
// `node bench/hubServer.mjs [--seconds 60] [--only latency,burst] [--agents 100,250]` after `npm run build`. Prints JSON;
// bench/RESULTS.md has what was measured. Times are of the system's one clock (`process.hrtime`), which all processes of a
// machine share.
import { fork, spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { WebSocket, WebSocketServer } from 'ws';
import { writeFleet } from './makeFleet.mjs';
import { quantile } from './measure.mjs';

const self = fileURLToPath(import.meta.url);
const root = path.dirname(path.dirname(self));
const cli = path.join(root, 'dist/cli.mjs');
const report = path.join(root, 'dist/hooks/report.cjs');
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const clock = () => Number(process.hrtime.bigint() / 1000n) / 1000;
const round = (value) => Math.round(value * 10) / 10;
const route = '/api/dashboard/ws/dashboard';

/** Many subscribers in one process: tells when the last of them had a probe, and when all had as many as they should. */
async function subscribers({ count, port, token, expected }) {
  const probes = new Map();
  let complete = 0;
  await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise((resolve) => {
          let got = 0;
          const socket = new WebSocket(`ws://127.0.0.1:${port}${route}`, {
            headers: { authorization: `Bearer ${token}` },
            perMessageDeflate: false,
          });
          socket.on('open', resolve);
          socket.on('close', (code) => process.send({ closed: code }));
          socket.on('message', (data) => {
            const at = clock();
            if (expected !== undefined) {
              // Only what the burst has counts; to read every frame would measure this process.
              if (data.includes('"launch":"burst"') && ++got === expected && ++complete === count)
                process.send({ complete: at });
              return;
            }
            if (!data.includes('"launch":"probe-')) return;
            const { launch } = JSON.parse(data).data;
            const seen = probes.get(launch) ?? { first: at, count: 0 };
            seen.count++;
            probes.set(launch, seen);
            if (seen.count === count) process.send({ probe: launch, first: seen.first, last: at });
          });
        }),
    ),
  );
  process.send({ ready: true });
}

/** Appends what hooks would, for many agents, at a rate for all of them. */
async function agents({ folder, count, perSecond, seconds }) {
  const end = clock() + seconds * 1000;
  const gap = 1000 / perSecond;
  let next = clock();
  for (let n = 0; clock() < end; n++) {
    fs.appendFileSync(path.join(folder, `agent-${n % count}.jsonl`), line(`agent-${n % count}`, n), {
      mode: 0o600,
    });
    next += gap;
    const left = next - clock();
    if (left > 1) await wait(left);
  }
  process.exit(0);
}

const line = (launch, n) =>
  `${JSON.stringify({ v: 1, t: new Date().toISOString(), id: randomUUID(), n, launch, agent: launch, session: launch, src: 'report', event: 'PostToolUse', tool: 'Edit', toolUseId: randomUUID(), file: '/home/somebody/workspace/src/part/file.ts' })}\n`;

/** The library alone: one server, the same frames, no credential, no queue, no journal. */
async function bare({ frames }) {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
  server.on('listening', () => process.send({ port: server.address().port }));
  process.on('message', async () => {
    const text = Buffer.from(
      JSON.stringify({
        type: 'agent_event',
        subscription: 'agents',
        seq: 1,
        data: JSON.parse(line('burst', 1)),
      }),
    );
    process.send({ began: clock() });
    for (let n = 0; n < frames; n++) {
      for (const client of server.clients) client.send(text, { binary: false });
      if (n % 256 === 255) await new Promise(setImmediate);
    }
  });
}

const children = new Set();
function child(role, options) {
  const made = fork(self, ['--role', role, '--options', JSON.stringify(options)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  children.add(made);
  return made;
}
const says = (process, key) =>
  new Promise((resolve) => process.on('message', (message) => key in message && resolve(message)));

/** A hub in a state directory of its own, of a generated fleet where `agentCount` is given. */
async function startHub(limits, agentCount = 0) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'no-bench-hub-'));
  const env = { PATH: '/usr/bin:/bin', HOME: folder, NATIVE_ORCHESTRATOR_STATE: path.join(folder, 'state') };
  fs.mkdirSync(path.join(folder, 'w/agents'), { recursive: true });
  fs.writeFileSync(path.join(folder, 'w/agents/registry.yaml'), 'agents: {}\n');
  if (agentCount > 0) {
    writeFleet(path.join(folder, 'w'), agentCount);
    spawnSync(process.execPath, [cli, 'generate', '--all'], { cwd: path.join(folder, 'w'), env });
  }
  const words = [
    cli,
    'hub',
    '--format',
    'json',
    '--log-level',
    'warn',
    ...(limits ? ['--limits', limits] : []),
  ];
  const hub = spawn(globalThis.process.execPath, words, {
    cwd: path.join(folder, 'w'),
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.add(hub);
  await new Promise((resolve) => hub.stdout.once('data', resolve));
  const state = path.join(folder, 'state', fs.readdirSync(path.join(folder, 'state'))[0]);
  const { port } = JSON.parse(fs.readFileSync(path.join(state, 'hub/hub.json'), 'utf8'));
  const token = fs.readFileSync(path.join(state, 'hub/viewer.token'), 'utf8').trim();
  const end = async () => {
    hub.kill('SIGTERM');
    await new Promise((resolve) => hub.once('exit', resolve));
    children.delete(hub);
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  return { process: hub, port, token, spool: path.join(state, 'spool'), end };
}

const rssOf = (pid) =>
  Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024;

function bareNodeRss() {
  const { stdout } = spawnSync(process.execPath, ['-e', 'console.log(process.memoryUsage().rss)'], {
    encoding: 'utf8',
  });
  return Number(stdout);
}

/** A reader that is through the upgrade and reads nothing. */
function stall({ port, token }) {
  const socket = net.connect(port, '127.0.0.1');
  socket.write(
    `GET ${route} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${token}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
  );
  socket.pause();
  socket.on('error', () => {});
  return socket;
}

/** One hook's process, from before its start until it is gone. */
function runHook(folder, launch) {
  const from = clock();
  const event = { hook_event_name: 'PostToolUse', session_id: launch, tool_name: 'Edit', tool_use_id: 'x' };
  const process = spawn(globalThis.process.execPath, [report, 'probe'], {
    env: {
      PATH: '/usr/bin:/bin',
      NATIVE_ORCHESTRATOR_LAUNCH: launch,
      NATIVE_ORCHESTRATOR_AGENT: 'probe',
      NATIVE_ORCHESTRATOR_SPOOL: path.join(folder, `${launch}.jsonl`),
    },
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  process.stdin.end(JSON.stringify(event));
  return new Promise((resolve) => process.once('exit', () => resolve({ from, took: clock() - from })));
}

function runBare() {
  const from = clock();
  const process = spawn(globalThis.process.execPath, ['-e', ''], {
    env: { PATH: '/usr/bin:/bin' },
    stdio: 'ignore',
  });
  return new Promise((resolve) => process.once('exit', () => resolve(clock() - from)));
}

/** Asks for the metrics as a scraper does, every 15 s; gives how long each answer took. */
function scrape({ port, token }) {
  const took = [];
  const timer = setInterval(async () => {
    const from = clock();
    const headers = { authorization: `Bearer ${token}` };
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`, { headers })).text();
    if (text.includes('native_orchestrator_agents_by_sync')) took.push(clock() - from);
  }, 15_000);
  return { took, end: () => clearInterval(timer) };
}

async function latency(agentCount, seconds) {
  const hub = await startHub(undefined, agentCount);
  const clients = child('subscribers', { count: 100, port: hub.port, token: hub.token });
  const arrived = new Map();
  let closed = 0;
  clients.on('message', (message) => {
    if (message.probe) arrived.set(message.probe, message);
    if (message.closed) closed++;
  });
  await says(clients, 'ready');
  const sleeper = stall(hub);
  const scraper = scrape(hub);
  const began = clock();
  const rss = [];
  const perSecond = agentCount * 1.5;
  const load = child('agents', { folder: hub.spool, count: agentCount, perSecond, seconds });
  const end = clock() + seconds * 1000;
  const nodes = [];
  const sent = [];
  let most = 0;
  for (let n = 0; clock() < end - 2000; n++) {
    nodes.push(await runBare());
    // A file that is there already: a session has many events, and one beginning.
    const launch = `probe-${n}`;
    fs.writeFileSync(path.join(hub.spool, `${launch}.jsonl`), '', { mode: 0o600 });
    await wait(150);
    sent.push({ launch, ...(await runHook(hub.spool, launch)) });
    const bytes = rssOf(hub.process.pid);
    most = Math.max(most, bytes);
    const minute = Math.floor((clock() - began) / 60_000);
    rss[minute] = Math.max(rss[minute] ?? 0, bytes);
    await wait(150);
  }
  await wait(1500);
  const first = sent.flatMap(({ launch, from }) =>
    arrived.has(launch) ? [arrived.get(launch).first - from] : [],
  );
  const last = sent.flatMap(({ launch, from }) =>
    arrived.has(launch) ? [arrived.get(launch).last - from] : [],
  );
  const result = {
    agents: agentCount,
    eventsPerSecond: perSecond,
    probes: sent.length,
    arrivedAtAll: last.length,
    closed,
    bareNode: { p50: round(quantile(nodes, 0.5)), p95: round(quantile(nodes, 0.95)) },
    hookProcess: {
      p50: round(
        quantile(
          sent.map(({ took }) => took),
          0.5,
        ),
      ),
      p95: round(
        quantile(
          sent.map(({ took }) => took),
          0.95,
        ),
      ),
    },
    toFirstSubscriber: { p50: round(quantile(first, 0.5)), p95: round(quantile(first, 0.95)) },
    toLastSubscriber: { p50: round(quantile(last, 0.5)), p95: round(quantile(last, 0.95)) },
    memoryBeyondNodeMB: {
      now: round((rssOf(hub.process.pid) - bareNodeRss()) / 2 ** 20),
      most: round((most - bareNodeRss()) / 2 ** 20),
      mostByMinute: rss.map((bytes) => round((bytes - bareNodeRss()) / 2 ** 20)),
    },
    scrapes: { count: scraper.took.length, p95: round(quantile(scraper.took, 0.95)) },
  };
  scraper.end();
  sleeper.destroy();
  load.kill();
  clients.kill();
  await hub.end();
  return result;
}

const burstFrames = 20_000;

async function burstOfHub(count) {
  const hub = await startHub('queueMessages=1000000,queueBytes=2000000000,connections=500');
  const clients = child('subscribers', { count, port: hub.port, token: hub.token, expected: burstFrames });
  await says(clients, 'ready');
  const text = Array.from({ length: burstFrames }, (_, n) => line('burst', n)).join('');
  const done = says(clients, 'complete');
  const began = clock();
  fs.writeFileSync(path.join(hub.spool, 'burst.jsonl'), text, { mode: 0o600 });
  const took = (await done).complete - began;
  clients.kill();
  await hub.end();
  return burstFrames / (took / 1000);
}

async function burstOfLibrary(count) {
  const server = child('bare', { frames: burstFrames });
  const { port } = await says(server, 'port');
  const clients = child('subscribers', { count, port, token: 'x', expected: burstFrames });
  await says(clients, 'ready');
  const began = says(server, 'began');
  const done = says(clients, 'complete');
  server.send({ go: true });
  const took = (await done).complete - (await began).began;
  clients.kill();
  server.kill();
  return burstFrames / (took / 1000);
}

const { values } = parseArgs({
  options: {
    role: { type: 'string' },
    options: { type: 'string', default: '{}' },
    seconds: { type: 'string', default: '60' },
    only: { type: 'string', default: 'latency,burst' },
    agents: { type: 'string', default: '100,250' },
  },
});
const roles = { subscribers, agents, bare };
if (values.role) await roles[values.role](JSON.parse(values.options));
else {
  process.once('exit', () => {
    for (const each of children) each.kill('SIGKILL');
  });
  const result = {};
  if (values.only.includes('latency')) {
    result.latency = [];
    for (const count of values.agents.split(',').map(Number))
      result.latency.push(await latency(count, Number(values.seconds)));
  }
  if (values.only.includes('burst')) {
    result.burst = [];
    for (const count of [1, 10, 100])
      result.burst.push({
        subscribers: count,
        hubEventsPerSecond: Math.round(await burstOfHub(count)),
        libraryEventsPerSecond: Math.round(await burstOfLibrary(count)),
      });
  }
  console.log(JSON.stringify(result, null, 2));
  process.exit(0);
}
