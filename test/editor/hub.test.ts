// The hub and the window: sessions shown as a hub tells them, the hub in the extension host, its end and who takes over.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { WebSocket, WebSocketServer } from 'ws';
import type { EditorApi } from '../../src/editor/extension.ts';
import { sessionHostOf } from '../../src/editor/sessionHost.ts';
import { auditFile } from '../../src/hub/auditLog.ts';
import { publishDiscovery, readDiscovery, readToken, withdrawDiscovery } from '../../src/hub/discovery.ts';
import { sessionJson } from '../../src/sessions/sessionJson.ts';
import { readRecords } from '../../src/sessions/sessionRecord.ts';
import { stopAgent } from '../../src/sessions/stopAgent.ts';
import { filesWith, processesWith } from '../process/shownSecrets.ts';
import { Messages } from './messages.ts';
import { isAlive, StandIn, soon } from './standIn.ts';
import { fileOf, models, restore, storeOf, until } from './workbench.ts';

const folder = () => vscode.workspace.workspaceFolders?.[0]?.uri.toString() ?? '';
const of = (agent: string) => ({ folder: folder(), agent });
const run = (command: string, argument?: unknown) =>
  vscode.commands.executeCommand(`nativeOrchestrator.${command}`, argument);
const code = 'code-agent';
const test = 'test-agent';

type Frame = Readonly<Record<string, unknown>>;

/** Gives the ticket of an address back, as the login page does. */
const login = (address: URL) =>
  new Promise<{ readonly status: number; readonly cookie: string }>((resolve, reject) => {
    const request = http.request(
      { host: address.hostname, port: address.port, path: '/login', method: 'POST', agent: false },
      (answer) => {
        answer.resume();
        const [, cookie = ''] = /=([^;]+);/.exec(String(answer.headers['set-cookie'])) ?? [];
        resolve({ status: answer.statusCode ?? 0, cookie });
      },
    );
    request.setHeader('content-type', 'application/json');
    request.setHeader('origin', address.origin);
    request.on('error', reject);
    request.end(JSON.stringify({ ticket: address.hash.slice(1) }));
  });

/** From now until `end`, what is written to the output channel at any level, and to the console of the extension host. */
function listenToLog(log: vscode.LogOutputChannel) {
  const lines: string[] = [];
  const levels = ['trace', 'debug', 'info', 'warn', 'error'] as const;
  const wrap = (on: object, names: readonly string[]) =>
    names.map((name) => {
      const original: (...args: unknown[]) => void = Reflect.get(on, name);
      const listening = (...args: unknown[]) => {
        lines.push(
          `${name} ${args.map((each) => (each instanceof Error ? each.stack : String(each))).join(' ')}`,
        );
        original.apply(on, args);
      };
      assert.ok(Reflect.set(on, name, listening), `${name} can be listened to`);
      return () => Reflect.set(on, name, original);
    });
  const undo = [...wrap(log, [...levels, 'append', 'appendLine']), ...wrap(console, [...levels, 'log'])];
  return {
    lines,
    end: () => {
      for (const each of undo) each();
    },
  };
}

/** A client of the hub that keeps what it gets. */
class Client {
  readonly frames: Frame[] = [];
  readonly #socket: WebSocket;

  constructor(port: number, token: string) {
    this.#socket = new WebSocket(`ws://127.0.0.1:${port}/api/dashboard/ws/dashboard?subscriptions=agents`, {
      headers: { authorization: `Bearer ${token}` },
    });
    this.#socket.on('message', (bytes) => this.frames.push(JSON.parse(String(bytes))));
    this.#socket.on('error', () => {});
  }

  async next(what: string, holds: (frame: Frame) => boolean): Promise<Frame> {
    await soon(what, () => this.frames.some(holds));
    return this.frames.find(holds) ?? {};
  }

  /** Sends a message and waits for the answer to it. */
  async ask(message: object): Promise<Frame> {
    await this.next('a greeting', ({ type }) => type === 'connection_established');
    const id = randomUUID();
    this.#socket.send(JSON.stringify({ ...message, correlation_id: id }));
    return this.next('an answer', ({ correlation_id }) => correlation_id === id);
  }

  close(): void {
    this.#socket.terminate();
  }
}

describe('the hub', () => {
  let api: EditorApi;
  let messages: Messages;
  const claude = new StandIn();
  const programs: ChildProcess[] = [];
  const clients: Client[] = [];
  const host = () => sessionHostOf(storeOf(api));
  const discovery = () => readDiscovery(host());
  const newest = (agent: string) => readRecords(host()).records.find((record) => record.agent === agent);
  const shown = (agent: string) => api.sessions.of(of(agent));
  const connect = (role: 'viewer' | 'operator' = 'viewer'): Client => {
    const client = new Client(discovery()?.port ?? 0, readToken(host(), role) ?? '');
    clients.push(client);
    return client;
  };
  const started = async (agent: string) => {
    await claude.use('terminal');
    await run('startAgent', of(agent));
    const told = await claude.started(agent);
    await soon('its record', () => newest(agent)?.phase === 'running');
    await soon('its spool', () => fs.existsSync(spoolOf(agent)));
    return told;
  };
  const spoolOf = (agent: string): string =>
    path.join(host().stateDirectory, 'spool', `${newest(agent)?.launch}.jsonl`);
  let told = 0;
  const tell = (agent: string, line: object) =>
    fs.appendFileSync(
      spoolOf(agent),
      `${JSON.stringify({ v: 1, t: new Date().toISOString(), id: randomUUID(), n: ++told, launch: newest(agent)?.launch, agent, session: newest(agent)?.sessionId, src: 'report', ...line })}\n`,
    );
  const works = (agent: string) => tell(agent, { event: 'UserPromptSubmit' });

  /** A hub of another process, as somebody runs it in a terminal. */
  async function headless(): Promise<ChildProcess> {
    const extension = vscode.extensions.getExtension('native-orchestrator.native-orchestrator');
    const cli = path.join(extension?.extensionPath ?? '', 'dist/cli.mjs');
    const child = spawn(process.execPath, [cli, 'hub', '--workspace', fileOf('.')], {
      env: {
        ...process.env,
        NATIVE_ORCHESTRATOR_STATE: host().stateRoot,
        NATIVE_ORCHESTRATOR_CLAUDE: path.join(claude.folder, 'claude'),
      },
      stdio: 'ignore',
    });
    programs.push(child);
    await soon('a hub', () => discovery()?.pid === child.pid);
    return child;
  }

  before(async () => {
    api = await models();
  });
  beforeEach(async () => {
    await restore(api);
    messages = new Messages();
    claude.clear();
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    if (discovery()?.pid === process.pid) await run('stopHub', { folder: folder() });
    for (const child of programs.splice(0)) child.kill('SIGKILL');
    messages.dispose();
    for (const agent of [code, test]) await stopAgent(host(), fileOf('.'), agent, 0);
    for (const terminal of vscode.window.terminals) terminal.dispose();
    await until(api, 'no terminals', () => vscode.window.terminals.length === 0);
    fs.rmSync(path.join(host().stateDirectory, 'sessions'), { recursive: true, force: true });
  });
  after(async () => {
    await claude.dispose();
    await restore(api);
  });

  describe('of somebody else', () => {
    let server: WebSocketServer;
    let says: (agent: object) => void = () => {};

    /** Stands in for a hub that says what the test wants. */
    async function standInHub(agents: readonly object[]): Promise<void> {
      server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
      await new Promise((resolve) => server.once('listening', resolve));
      says = (data) => {
        for (const socket of server.clients) socket.send(JSON.stringify({ type: 'agent_update', data }));
      };
      server.on('connection', (socket) => {
        socket.send(JSON.stringify({ type: 'connection_established', contract_version: '1.0' }));
        socket.on('message', () =>
          socket.send(JSON.stringify({ type: 'data_response', data_type: 'agent_status', data: { agents } })),
        );
      });
      const { port } = server.address() as { readonly port: number };
      const tokens = { viewer: 'v'.repeat(32), operator: 'o'.repeat(32) };
      await publishDiscovery(host(), {
        ...{ pid: process.pid, port, tokens },
        startedAt: new Date().toISOString(),
      });
    }
    const end = async () => {
      for (const socket of server.clients) socket.terminate();
      server.close();
      await withdrawDiscovery(host(), process.pid);
    };

    it('is believed while it is there, and the files are when it is gone', async () => {
      await started(code);
      works(code);
      await soon('it works', () => shown(code)?.state.state === 'working');
      const session = shown(code);
      assert.ok(session);
      const data = { agent: code, ...sessionJson(session), evidence: 'the stand-in says so' };
      await standInHub([data]);
      try {
        await soon('what the hub says', () => shown(code)?.state.evidence === 'the stand-in says so');
        says({ ...data, state: 'needsYou', need: 'question' });
        await soon('what it says next', () => shown(code)?.state.need === 'question');
        says({ ...data, state: 'dreaming' });
        await soon('what nobody knows is looked at here', () => shown(code)?.state.state === 'working');
        says({ ...data, state: 'needsYou', need: 'plan' });
        await soon('and believed again', () => shown(code)?.state.need === 'plan');
      } finally {
        await end();
      }
      await soon('what the files say', () => shown(code)?.state.state === 'working');
      assert.deepEqual(shown(code)?.state.evidence, session.state.evidence);
    });

    it('that stops to answer is left', async () => {
      await started(code);
      const session = shown(code) ?? assert.fail('it is shown');
      await standInHub([{ agent: code, ...sessionJson(session), evidence: 'the stand-in says so' }]);
      try {
        await soon('what the hub says', () => shown(code)?.state.evidence === 'the stand-in says so');
        for (const socket of server.clients) socket.pause();
        await soon('what the files say', () => shown(code)?.state.evidence !== 'the stand-in says so');
      } finally {
        await end();
      }
    });
  });

  it('runs in the window by command, tells two clients and the window the same, and ends by command', async () => {
    await started(code);
    await run('startHub', { folder: folder() });
    assert.equal(discovery()?.pid, process.pid);
    const [one, other] = [connect(), connect()];
    works(code);
    const isWork = ({ type, data }: Frame) => type === 'agent_update' && Object(data).state === 'working';
    const [first, second] = await Promise.all([one.next('work', isWork), other.next('work', isWork)]);
    assert.equal(first.seq, second.seq);
    assert.deepEqual(first.data, second.data);
    await soon('the window shows it', () => shown(code)?.state.state === 'working');
    const session = shown(code) ?? assert.fail('it is shown');
    const status = await one.ask({ type: 'request_data', data_type: 'agent_status' });
    const [data] = Object(status.data).agents;
    assert.deepEqual({ ...data, heardAt: '' }, { agent: code, ...sessionJson(session), heardAt: '' });
    await run('stopHub', { folder: folder() });
    assert.equal(discovery(), undefined);
    tell(code, { event: 'Stop' });
    await soon('the files tell on', () => shown(code)?.state.state !== 'working');
    assert.deepEqual(messages.shown, []);
  });

  it('does what an operator asks for, and says so when it has happened', async () => {
    await claude.use('terminal');
    await run('startHub', { folder: folder() });
    const operator = connect('operator');
    const control = (action: string, more: object = {}) =>
      operator.ask({ type: 'control', action, ...(action === 'stop_all' ? {} : { agent: code }), ...more });
    const begun = await control('start');
    assert.deepEqual([begun.type, begun.ok], ['control_result', true], JSON.stringify(begun));
    assert.equal(newest(code)?.phase, 'running');
    const { pid } = await claude.started(code);
    claude.lists([[code, { status: 'idle' }]]);
    tell(code, { event: 'SessionStart', source: 'startup' });
    await soon('it is idle', () => shown(code)?.state.state === 'idle');
    const sent = await control('send_prompt', { text: 'look at the tests' });
    assert.equal(sent.ok, true, JSON.stringify(sent));
    await soon('it was typed', () => claude.typed(code).includes('look at the tests'));
    works(code);
    claude.lists([[code, { status: 'busy' }]]);
    await soon('it works', () => shown(code)?.state.state === 'working');
    const refused = await control('stop');
    assert.equal(refused.ok, false);
    assert.match(String(refused.error), /^Not known to be at rest: code-agent/);
    assert.ok(isAlive(pid));
    const restarted = await control('restart', { confirm: true });
    assert.equal(restarted.ok, true, JSON.stringify(restarted));
    assert.ok(!isAlive(pid));
    await soon('it runs again', () => claude.starts.length === 2);
    const again = newest(code)?.pid ?? 0;
    assert.ok(isAlive(again));
    const ended = await control('stop_all', { confirm: true });
    assert.equal(ended.ok, true, JSON.stringify(ended));
    assert.ok(!isAlive(again));
    const strange = await operator.ask({ type: 'control', action: 'start', agent: 'nobody' });
    assert.match(String(strange.error), /nobody is not in the registry/);
    const viewer = await connect().ask({ type: 'control', action: 'start', agent: code });
    assert.equal(viewer.code, 'forbidden');
    assert.deepEqual(messages.shown, []);
  });

  it('of a terminal that is killed is followed by the window', async () => {
    await started(code);
    const child = await headless();
    await run('startHub', { folder: folder() });
    assert.equal(discovery()?.pid, child.pid, 'the window waits for its turn');
    works(code);
    await soon('it works', () => shown(code)?.state.state === 'working');
    child.kill('SIGKILL');
    await soon('the window is the hub', () => discovery()?.pid === process.pid);
    tell(code, { event: 'Stop' });
    // In front of a person who looks at it, it needs nobody.
    await soon('it is shown on', () => shown(code)?.state.state !== 'working');
    const status = await connect().ask({ type: 'request_data', data_type: 'agent_status' });
    const [data] = Object(status.data).agents;
    assert.equal(data.launch, newest(code)?.launch);
  });

  it('of a terminal that is killed leaves the files to a window that is none', async () => {
    await started(code);
    works(code);
    const child = await headless();
    await soon('it works', () => shown(code)?.state.state === 'working');
    child.kill('SIGKILL');
    tell(code, { event: 'Stop' });
    await soon('the files tell', () => shown(code)?.state.state !== 'working');
  });

  it('is gone into by a browser with an address that works once', async () => {
    await run('copyHubAddress', { folder: folder() });
    await soon('that there is none', () => messages.shown.length === 1);
    assert.match(messages.shown[0] ?? '', /^No hub runs for this folder/);
    await run('startHub', { folder: folder() });
    await run('copyHubAddress', { folder: folder() });
    const address = new URL(await vscode.env.clipboard.readText());
    assert.equal(address.pathname, '/login');
    assert.ok((await login(address)).status < 300);
    assert.equal((await login(address)).status, 401);
  });

  describe('on another machine than the browser', () => {
    const original = vscode.env.asExternalUri;
    const asked: string[] = [];
    /** Forwards as the editor does where a window works on another machine. `to`: what becomes of the hub's port. */
    const forwards = (to: (port: string) => string) =>
      Object.assign(vscode.env, {
        asExternalUri: async (uri: vscode.Uri) => {
          asked.push(uri.toString());
          return vscode.Uri.parse(to(uri.authority.split(':')[1] ?? ''));
        },
      });
    /** Runs the command; what it put into the clipboard, or what it said. */
    async function copied(): Promise<string> {
      await vscode.env.clipboard.writeText('');
      const before = messages.shown.length;
      await run('startHub', { folder: folder(), isQuiet: true });
      // A message that stays open keeps no command waiting for a click.
      await run('copyHubAddress', { folder: folder() });
      const text = await vscode.env.clipboard.readText();
      if (text === '') await soon('a message', () => messages.shown.length > before);
      return text === '' ? (messages.shown.at(-1) ?? '') : text;
    }
    const port = () => String(discovery()?.port);
    afterEach(() => {
      Object.assign(vscode.env, { asExternalUri: original });
      asked.length = 0;
    });

    it('is copied as that reaches it, where the port is the same', async () => {
      forwards((same) => `http://localhost:${same}/`);
      const address = await copied();
      assert.match(address, new RegExp(`^http://localhost:${port()}/login#[\\w-]{43}$`));
      assert.deepEqual(
        asked.map((each) => each.replace(/\/$/, '')),
        [`http://127.0.0.1:${port()}`],
      );
    });
    it('is not where the port is another one, which the hub refuses', async () => {
      forwards((same) => `http://127.0.0.1:${Number(same) === 40_000 ? 40_001 : 40_000}/`);
      const said = await copied();
      assert.match(said, new RegExp(`at port ${port()}, which reaches yours as port 4000[01]; .*"Ports"`));
    });
    it('is not where its name is another one', async () => {
      forwards((same) => `https://name-${same}.example.com/`);
      assert.match(await copied(), /reach it as https:\/\/name-\d+\.example\.com; .*ssh -L/);
    });
    it('is copied as it is there, where a server on the loopback would pass it on', async () => {
      forwards((same) => `http://127.0.0.1:40000/proxy/${same}/`);
      assert.match(await copied(), new RegExp(`^http://127.0.0.1:${port()}/login#`));
    });
    it('is not where nothing is forwarded', async () => {
      Object.assign(vscode.env, { asExternalUri: () => Promise.reject(new Error('not today')) });
      assert.match(await copied(), /could not be forwarded to yours: not today/);
    });
  });

  it('and the window note what was done, each once', async () => {
    fs.rmSync(auditFile(host().stateDirectory), { force: true });
    await run('regenerateAgent', of(code));
    await started(code);
    tell(code, { event: 'SessionStart', source: 'startup' });
    await soon('it is idle', () => shown(code)?.state.state === 'idle');
    await run('stopAgent', of(code));
    await run('startHub', { folder: folder() });
    const operator = connect('operator');
    const text = 'the password is swordfish';
    await operator.ask({ type: 'control', action: 'send_prompt', agent: code, text });
    const begun = await operator.ask({ type: 'control', action: 'start', agent: code });
    assert.equal(begun.ok, true, JSON.stringify(begun));
    await run('stopHub', { folder: folder() });
    const log = fs.readFileSync(auditFile(host().stateDirectory), 'utf8');
    const entries = log
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      entries.map(({ by, action, agents, outcome }) => [by, action, agents, outcome]),
      [
        ['editor', 'generate', [code], 'done'],
        ['editor', 'start', [code], 'done'],
        ['editor', 'stop', [code], 'done'],
        ['hub', 'hub_start', undefined, 'done'],
        ['hub', 'send_prompt', [code], 'asked'],
        ['hub', 'send_prompt', [code], 'failed'],
        ['hub', 'start', [code], 'asked'],
        ['hub', 'start', [code], 'done'],
        ['hub', 'hub_stop', undefined, 'done'],
      ],
    );
    assert.doesNotMatch(log, /swordfish/);
  });

  it('shows no token: not in the log at any level, in a file but its own, in any process, or to a session', async () => {
    const heard = listenToLog(api.log);
    try {
      await run('startHub', { folder: folder() });
      const tokens = [readToken(host(), 'viewer') ?? '', readToken(host(), 'operator') ?? ''];
      await run('copyHubAddress', { folder: folder() });
      const address = new URL(await vscode.env.clipboard.readText());
      const { cookie } = await login(address);
      const ticket = address.hash.slice(1);
      const yesterday = 'y'.repeat(43);
      const secrets = [...tokens, ticket, cookie, yesterday];
      for (const secret of secrets) assert.ok(secret.length >= 32);
      for (const [path, token] of [
        ['/health', yesterday],
        [`/health?token=${tokens[1]}`, tokens[0]],
        [`/${tokens[1]}`, tokens[0]],
      ])
        await fetch(`${address.origin}${path}`, { headers: { authorization: `Bearer ${token}` } });
      await claude.use('terminal');
      const begun = await connect('operator').ask({ type: 'control', action: 'start', agent: code });
      assert.equal(begun.ok, true, JSON.stringify(begun));
      const session = await claude.started(code);
      await soon('its spool', () => fs.existsSync(spoolOf(code)));
      works(code);
      await soon('it works', () => shown(code)?.state.state === 'working');

      assert.deepEqual(processesWith(secrets), []);
      for (const secret of secrets) assert.ok(!JSON.stringify(session).includes(secret));
      // Journal, audit log, records and launch copies among them; that its own are found says that the others would be.
      assert.deepEqual(filesWith(secrets, host().stateDirectory), ['hub/operator.token', 'hub/viewer.token']);
      assert.deepEqual(filesWith(secrets, fileOf('.')), []);
      // The home of the extension host is beside its logs, where it is one for tests; not all hosts write some.
      const logs = path.join(process.env.HOME ?? '', '../data/logs');
      if (fs.existsSync(logs)) assert.deepEqual(filesWith(secrets, logs), []);
      await run('stopHub', { folder: folder() });
      const text = heard.lines.join('\n');
      for (const event of [
        /^debug hub: request .*"POST \/login\/ticket"/m,
        /^warn hub: denied/m,
        /^info hub: control/m,
      ])
        assert.match(text, event);
      for (const secret of secrets) assert.ok(!text.includes(secret), 'the log has a secret');
    } finally {
      heard.end();
    }
  });

  it('starts by the setting, and ends when it is taken back', async () => {
    const settings = vscode.workspace.getConfiguration('nativeOrchestrator');
    await settings.update('hub', true, vscode.ConfigurationTarget.Workspace);
    await soon('it runs', () => discovery()?.pid === process.pid);
    await settings.update('hub', undefined, vscode.ConfigurationTarget.Workspace);
    await soon('it is gone', () => discovery() === undefined);
    assert.deepEqual(messages.shown, []);
  });
});
