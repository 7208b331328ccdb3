// The verb `hub`: the hub as somebody runs it, with real hooks, real signals and real sessions in tmux.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';
import { after, afterEach, describe, it } from 'mocha';
import { WebSocket } from 'ws';
import { cli, endOf, expectCli, put, removeScratch, type Scratch, scratch, startCli } from './cliProcess.ts';
import { isAlive, sessionStage, startedOf, stateOf, stopSessions, until } from './fakeSessions.ts';
import { runHook } from './hookProcess.ts';
import { TestClient } from './hubClient.ts';
import { filesWith, processesWith } from './shownSecrets.ts';

const hasTmux = spawnSync('tmux', ['-V']).status === 0;
const running: ChildProcess[] = [];
const clients: WebSocket[] = [];

afterEach(() => {
  for (const socket of clients.splice(0)) socket.terminate();
  for (const child of running.splice(0)) child.kill('SIGKILL');
  stopSessions();
});
after(removeScratch);

interface RunningHub {
  readonly child: ChildProcess;
  readonly ended: ReturnType<typeof endOf>;
  readonly address: string;
  readonly port: number;
  readonly log: () => string;
}

const hubFile = (at: Scratch, name: string): string => path.join(stateOf(at), 'hub', name);
const tokenOf = (at: Scratch, role: 'viewer' | 'operator'): string =>
  fs.readFileSync(hubFile(at, `${role}.token`), 'utf8').trim();

/** Runs `hub` until the test ends. `runs` resolves when it says where it is. */
function launchHub(at: Scratch, words: readonly string[]) {
  const child = startCli(at, ['hub', ...words]);
  running.push(child);
  let out = '';
  let log = '';
  child.stdout?.on('data', (text) => {
    out += text;
  });
  child.stderr?.on('data', (text) => {
    log += text;
  });
  const ended = endOf(child);
  const runs = async (): Promise<RunningHub> => {
    await until(`the hub says where it is: ${log}`, () => out.includes('\n') || child.exitCode !== null);
    const [, address = '', port = ''] = /(http:\/\/127\.0\.0\.1:(\d+))/.exec(out) ?? [];
    assert.notEqual(address, '', `${out}${log}`);
    return { child, ended, address, port: Number(port), log: () => log };
  };
  return { child, ended, log: () => log, runs };
}

const startHub = (at: Scratch, words: readonly string[] = []): Promise<RunningHub> =>
  launchHub(at, words).runs();

/** Runs another one, which waits for its turn, and resolves once it does. */
async function standby(at: Scratch) {
  const hub = launchHub(at, ['--standby']);
  await until('it stands by', () => hub.log().includes('"event":"standing by"'));
  return hub;
}

function get(
  url: string,
  token: string,
  headers = {},
): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    http
      .get(url, { agent: false, headers: { authorization: `Bearer ${token}`, ...headers } }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (piece) => {
          text += piece;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      })
      .on('error', reject);
  });
}

async function connect(at: Scratch, hub: RunningHub, role: 'viewer' | 'operator' = 'viewer', query = '') {
  const socket = new WebSocket(`ws://127.0.0.1:${hub.port}/api/dashboard/ws/dashboard${query}`, {
    headers: { authorization: `Bearer ${tokenOf(at, role)}` },
  });
  clients.push(socket);
  const client = new TestClient(socket);
  await client.next('connection_established');
  return client;
}

describe('hub: the verb', function () {
  this.timeout(30_000);

  it('runs until SIGTERM, tells where it is in private, and leaves nothing that is out of date', async () => {
    const at = scratch();
    const hub = await startHub(at);
    const { child, ended, address } = hub;
    for (const name of ['hub.json', 'viewer.token', 'operator.token'])
      assert.equal(fs.statSync(hubFile(at, name)).mode & 0o777, 0o600, name);
    assert.equal(fs.statSync(path.join(stateOf(at), 'hub')).mode & 0o777, 0o700);
    assert.equal(JSON.parse(fs.readFileSync(hubFile(at, 'hub.json'), 'utf8')).pid, child.pid);
    assert.notEqual(tokenOf(at, 'viewer'), tokenOf(at, 'operator'));
    assert.equal((await get(`${address}/health`, tokenOf(at, 'viewer'))).status, 200);
    const status = await expectCli(at, ['hub', 'status'], 0);
    assert.match(
      status.stdout,
      new RegExp(`^The hub runs at ${address} \\(pid ${child.pid}\\) since \\S+: ok\\. `),
    );
    const client = await connect(at, hub);
    child.kill('SIGTERM');
    const { code, stdout, stderr } = await ended;
    assert.equal(code, 0);
    await until('told', () => client.frames.at(-1)?.type === 'disconnect_notice');
    assert.equal(stdout.trim().split('\n').length, 1);
    for (const line of stderr.trim().split('\n')) assert.equal(JSON.parse(line).level, 'info');
    for (const name of ['hub.json', 'viewer.token', 'operator.token'])
      assert.ok(!fs.existsSync(hubFile(at, name)), name);
    assert.match(
      (await expectCli(at, ['hub', 'status'], 2)).stderr,
      /No hub runs for this workspace\. Start one/,
    );
  });

  it('shows no token: not in what it prints, in its log, in a file but its own, in any process, or to a session', async function () {
    if (!hasTmux) this.skip();
    const at = await sessionStage();
    const scraper = path.join(at.folder, 'scrape.token');
    const hub = await startHub(at, ['--log-level', 'debug', '--token-file', scraper]);
    const tokens = [tokenOf(at, 'viewer'), tokenOf(at, 'operator'), fs.readFileSync(scraper, 'utf8').trim()];
    const opened = await expectCli(at, ['hub', 'open', '--operator'], 0);
    const ticket = /#(\S+)/.exec(opened.stdout)?.[1] ?? '';
    assert.equal(ticket.length, 43);
    const login = await fetch(`${hub.address}/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: hub.address },
      body: JSON.stringify({ ticket }),
    });
    const cookie = /=([^;]+);/.exec(login.headers.get('set-cookie') ?? '')?.[1] ?? '';
    assert.ok(cookie.length >= 32);
    const yesterday = 'y'.repeat(43);
    assert.equal((await get(`${hub.address}/health?token=${tokens[1]}`, yesterday)).status, 401);
    assert.equal((await get(`${hub.address}/${tokens[0]}`, tokens[0] ?? '')).status, 404);
    const operator = await connect(at, hub, 'operator');
    operator.send({ type: 'control', action: 'start', agent: 'code-agent' });
    await until('written down', () => fs.existsSync(path.join(at.home, 'started-code-agent.json')));
    await until('done', () => operator.frames.some(({ type }) => type === 'control_result'));
    const secrets = [...tokens, ticket, cookie, yesterday];
    // Whether it would be found at all.
    const shows = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', `token=${secrets[0]}`], {
      env: { TOKEN: secrets[1] },
      stdio: 'ignore',
    });
    running.push(shows);
    await until('it shows', () => processesWith(secrets.slice(0, 1)).length === 1);
    for (const each of secrets.slice(0, 2)) assert.deepEqual(processesWith([each]), [shows.pid]);
    assert.deepEqual(processesWith(secrets.slice(2)), []);
    assert.ok(isAlive(startedOf(at, 'code-agent').pid), 'the session is one of those');
    for (const secret of secrets) assert.ok(!JSON.stringify(startedOf(at, 'code-agent')).includes(secret));
    hub.child.kill('SIGINT');
    const { text, code } = await hub.ended;
    assert.equal(code, 0);
    // With all that the hub kept: journal, audit log, records, launch copies. Its own token files went with it.
    assert.deepEqual(filesWith(secrets, at.folder), ['scrape.token']);
    for (const secret of secrets) assert.ok(!text.includes(secret));
    for (const event of ['"route":"POST /login/ticket"', '"event":"denied"', '"event":"control"'])
      assert.ok(text.includes(event), event);
  });

  it('opens an address that lets a browser in once', async () => {
    const at = scratch();
    const { address } = await startHub(at);
    const { stdout } = await expectCli(at, ['hub', 'open', '--format', 'json'], 0);
    const { url } = JSON.parse(stdout).summary;
    assert.ok(url.startsWith(`${address}/login#`));
    const ticket = url.split('#')[1];
    const login = () =>
      fetch(`${address}/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: address },
        body: JSON.stringify({ ticket }),
      });
    const first = await login();
    assert.deepEqual([first.status, await first.json()], [200, { ok: true, role: 'viewer' }]);
    assert.equal((await login()).status, 401);
    const operator = JSON.parse(
      (await expectCli(at, ['hub', 'open', '--operator', '--format', 'json'], 0)).stdout,
    ).summary.url;
    const as = await fetch(`${address}/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: address },
      body: JSON.stringify({ ticket: operator.split('#')[1] }),
    });
    assert.deepEqual(await as.json(), { ok: true, role: 'operator' });
  });

  it('runs once in a workspace; a second says where the first is, and one on standby takes over', async () => {
    const at = scratch();
    const first = await startHub(at);
    const second = await expectCli(at, ['hub'], 2);
    assert.match(
      second.stderr,
      new RegExp(`A hub of this workspace runs already \\(pid ${first.child.pid}\\)`),
    );
    const yesterday = tokenOf(at, 'viewer');
    const third = await standby(at);
    first.child.kill('SIGKILL');
    const at0 = performance.now();
    const hub = await third.runs();
    console.log(`      taken over after ${Math.round(performance.now() - at0)} ms`);
    assert.equal((await get(`${hub.address}/health`, yesterday)).status, 401, 'a token of the hub before');
    assert.equal((await get(`${hub.address}/health`, tokenOf(at, 'viewer'))).status, 200);
    const fourth = await standby(at);
    fourth.child.kill('SIGTERM');
    assert.equal((await fourth.ended).code, 0);
  });

  it('listens where it is told, and has a token for a scraper', async () => {
    const at = scratch();
    const file = path.join(at.folder, 'scrape.token');
    const first = await startHub(at, ['--token-file', file]);
    const token = fs.readFileSync(file, 'utf8').trim();
    assert.equal(fs.statSync(file).mode & 0o777, 0o600);
    assert.equal((await get(`${first.address}/metrics`, token)).status, 200);
    first.child.kill('SIGTERM');
    await first.ended;
    const second = await startHub(at, ['--token-file', file, '--port', String(first.port)]);
    assert.equal(second.port, first.port);
    const { status, text } = await get(`${second.address}/metrics`, token);
    assert.equal(status, 200);
    assert.match(text, /^native_orchestrator_agents_by_sync\{sync="\w+"\} \d+$/m);
    const other = scratch();
    const taken = await expectCli(other, ['hub', '--port', String(first.port)], 2);
    assert.match(taken.stderr, /Port \d+ is taken\. Give --port another/);
  });

  const wrong: readonly (readonly [words: readonly string[], says: RegExp])[] = [
    [['--port', 'x'], /--port is a number from 0 to 65535/],
    [['--port', '70000'], /--port is a number from 0 to 65535/],
    [['--limits', 'conections=4'], /There is no limit "conections"; there are messagesPerSecond/],
    [['--limits', 'connections=0'], /The limit connections is a whole number from 1 to \d+, not 0/],
    [['--limits', 'connections'], /--limits has "connections", which is none/],
    [['--log-level', 'loud'], /--log-level is error, warn, info, debug/],
    [['shut'], /hub takes open or status, or nothing/],
    [['open', 'more'], /hub takes open or status, or nothing/],
    [['open'], /No hub runs for this workspace/],
    [['--token-file', 'agents/registry.yaml'], /has no token that can be used/],
    [['--token-file', 'nowhere/x'], /cannot be written/],
  ];
  for (const [words, says] of wrong)
    it(`hub ${words.join(' ')} is refused`, async () => {
      const at = scratch();
      const { stderr } = await expectCli(at, ['hub', ...words], 2);
      assert.match(stderr, says);
      assert.doesNotMatch(stderr, /\n {4}at /);
    });

  it('tells what a hook reports, once, also across its own death', async () => {
    const at = await sessionStage();
    const hub = await startHub(at);
    const client = await connect(at, hub);
    const { epoch, seq } = client.frames[0] ?? {};
    const spool = path.join(stateOf(at), 'spool', '11111111-1111-4111-8111-111111111111.jsonl');
    const report = () =>
      runHook({
        script: path.resolve('dist/hooks/report.cjs'),
        args: ['code-agent'],
        input: JSON.stringify({
          hook_event_name: 'PostToolUse',
          session_id: '22222222-2222-4222-8222-222222222222',
          tool_name: 'Read',
        }),
        env: {
          NATIVE_ORCHESTRATOR_AGENT: 'code-agent',
          NATIVE_ORCHESTRATOR_LAUNCH: '11111111-1111-4111-8111-111111111111',
          NATIVE_ORCHESTRATOR_SPOOL: spool,
        },
      });
    await report();
    const told = () => client.frames.filter(({ type }) => type === 'agent_event');
    await until('told', () => told().length === 1);
    assert.equal(told()[0]?.data.tool, 'Read');
    hub.child.kill('SIGKILL');
    await hub.ended;
    await report();
    const next = await startHub(at);
    const again = await connect(at, next, 'viewer', `?since=${epoch}:${seq}`);
    assert.equal(again.frames[0]?.replay, 'complete');
    await until(
      'both are there',
      () => again.frames.filter(({ type }) => type === 'agent_event').length === 2,
    );
    const seqs = again.frames.flatMap(({ type, seq }) => (type === 'data_error' ? [] : [seq])).slice(1);
    assert.deepEqual(
      seqs,
      [...seqs].sort((a, b) => a - b),
    );
    assert.equal(new Set(seqs).size, seqs.length);
  });

  it('starts, restarts and stops real sessions for an operator, and says so when it is done', async function () {
    if (!hasTmux) this.skip();
    const at = await sessionStage();
    const hub = await startHub(at);
    const viewer = await connect(at, hub);
    viewer.send({ type: 'control', action: 'start', agent: 'code-agent' });
    await until('refused', () => viewer.frames.some(({ code }) => code === 'forbidden'));
    const operator = await connect(at, hub, 'operator');
    const control = async (message: object) => {
      const id = JSON.stringify(message);
      operator.send({ type: 'control', correlation_id: id.slice(0, 128), ...message });
      const result = () =>
        operator.frames.find(
          ({ type, correlation_id }) => type === 'control_result' && correlation_id === id.slice(0, 128),
        );
      await until(id, () => result() !== undefined);
      return result();
    };
    const started = await control({ action: 'start', agent: 'code-agent' });
    assert.deepEqual([started?.ok, started?.error], [true, undefined]);
    await until('written down', () => fs.existsSync(path.join(at.home, 'started-code-agent.json')));
    const { pid } = startedOf(at, 'code-agent');
    assert.ok(isAlive(pid));
    assert.doesNotMatch(JSON.stringify(startedOf(at, 'code-agent').env), new RegExp(tokenOf(at, 'operator')));
    const stranger = await control({ action: 'stop', agent: 'no-such-agent' });
    assert.equal(stranger?.ok, false);
    assert.match(stranger?.error, /no-such-agent/);
    const busy = await control({ action: 'stop', agent: 'code-agent' });
    assert.equal(busy?.ok, false);
    assert.match(busy?.error, /Not known to be at rest/);
    assert.ok(isAlive(pid), 'nothing was stopped');
    const stopped = await control({ action: 'stop', agent: 'code-agent', confirm: true });
    assert.equal(stopped?.ok, true);
    assert.ok(!isAlive(pid), 'it was stopped before that was said');
    const all = await control({ action: 'stop_all', confirm: true });
    assert.equal(all?.ok, true);
    assert.match(hub.log(), /"event":"control".*"action":"start".*"ok":true/);
    hub.child.kill('SIGTERM');
    await hub.ended;
    const audited = fs
      .readFileSync(path.join(stateOf(at), 'audit.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
      .filter(({ by }) => by === 'hub');
    assert.deepEqual(
      audited.map(({ action, outcome }) => `${action} ${outcome}`),
      [
        'hub_start done',
        'start asked',
        'start done',
        'stop asked',
        'stop failed',
        'stop asked',
        'stop failed',
        'stop asked',
        'stop done',
        'stop_all asked',
        'stop_all done',
        'hub_stop done',
      ],
    );
    assert.deepEqual(audited[1]?.agents, ['code-agent']);
  });

  it('does not listen where the folder of its address is a link', async () => {
    const at = scratch();
    const first = await startHub(at);
    first.child.kill('SIGTERM');
    await first.ended;
    const folder = path.join(stateOf(at), 'hub');
    const elsewhere = path.join(at.folder, 'elsewhere');
    fs.renameSync(folder, elsewhere);
    fs.symlinkSync(elsewhere, folder);
    const before = fs.readdirSync(elsewhere, { recursive: true }).length;
    const { stderr } = await expectCli(at, ['hub'], 2);
    assert.match(stderr, /is not a folder of your own/);
    assert.equal(fs.readdirSync(elsewhere, { recursive: true }).length, before);
  });

  it('is a bundle that an extension can load as well, with nothing beside it', () => {
    const at = scratch();
    const copy = path.join(at.folder, 'hub.cjs');
    fs.copyFileSync('dist/hub.cjs', copy);
    const { runHub, askHub, limitsWith } = createRequire(import.meta.url)(copy);
    assert.deepEqual([typeof runHub, typeof askHub], ['function', 'function']);
    assert.equal(limitsWith().subscriptions, 10);
  });

  it('of a workspace with a broken registry runs and tells no marks', async () => {
    const at = scratch();
    put(at, 'agents/registry.yaml', 'agents: [');
    const { address } = await startHub(at);
    const { text } = await get(`${address}/metrics`, tokenOf(at, 'viewer'));
    assert.doesNotMatch(text, /agents_by_/);
    assert.equal((await cli(at, ['hub', 'status'])).code, 0);
  });
});
