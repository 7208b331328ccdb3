// Two windows on one workspace and the hub: both show the same of a session, no event is lost while the window that is the hub is
// loaded anew, and when it dies, the other one is it. Windows on Linux alone are ended here, by the pid that the hub tells of itself.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import { WebSocket } from 'ws';
import { nodeFiles } from '../../src/files/nodeFiles.ts';
import { workspaceState } from '../../src/files/stateDirectory.ts';
import { readDiscovery, readToken } from '../../src/hub/discovery.ts';
import type { ServerMessage } from '../../src/protocol/wsMessages.generated.ts';
import { parseStat } from '../../src/sessions/processTable.ts';
import { writeRecord } from '../../src/sessions/sessionRecord.ts';
import { FleetFolder } from '../contract/fleetFolder.ts';
import { Workbench } from './workbench.ts';

const agent = 'maker-agent';
const moment = () => new Promise((resolve) => setTimeout(resolve, 20));

/**
 * A client that comes back whenever its hub goes away, to whichever there is then, and goes on where it was. `told`: the numbers of
 * the events of the session, as they came; `replays`: what each hub said of going on.
 */
class Follower {
  readonly told: number[] = [];
  readonly replays: string[] = [];
  readonly #place: Parameters<typeof readToken>[0];
  #socket: WebSocket | undefined;
  #since = '';
  #isOver = false;

  constructor(stateDirectory: string) {
    this.#place = { files: nodeFiles, stateDirectory };
    this.#connect();
  }

  /** Resolves once a hub has taken it in. */
  async isThere(): Promise<void> {
    while (this.#since === '') await moment();
  }

  end(): void {
    this.#isOver = true;
    this.#socket?.terminate();
  }

  #connect(): void {
    if (this.#isOver) return;
    const port = readDiscovery(this.#place)?.port;
    const token = readToken(this.#place, 'viewer');
    const query = `?subscriptions=agents${this.#since === '' ? '' : `&since=${this.#since}`}`;
    const socket = new WebSocket(`ws://127.0.0.1:${port ?? 9}/api/dashboard/ws/dashboard${query}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    this.#socket = socket;
    socket.on('error', () => {});
    socket.on('close', () => setTimeout(() => this.#connect(), 20));
    let epoch = '';
    socket.on('message', (data) => {
      const message = JSON.parse(String(data)) as ServerMessage;
      if (message.type === 'connection_established') {
        epoch = message.epoch;
        if (this.#since === '') this.#since = `${epoch}:${message.seq}`;
        else this.replays.push(message.replay);
      }
      if (message.type !== 'agent_event') return;
      this.#since = `${epoch}:${message.seq}`;
      this.told.push(Number(message.data.ms));
    });
  }
}

describe('two windows and the hub', () => {
  let fleet: FleetFolder;
  let one: Workbench;
  let other: Workbench;
  let session: ChildProcess;
  const launch = randomUUID();
  const sessionId = randomUUID();

  before(async function () {
    if (process.platform !== 'linux') this.skip();
    fleet = new FleetFolder('test/fixtures/workshop');
    session = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    one = await Workbench.open({
      workspace: fleet.root,
      env: { NATIVE_ORCHESTRATOR_STATE: fleet.state },
      settings: { 'nativeOrchestrator.hub': true },
    });
    await one.showContainer('Agents');
  });
  afterEach(function () {
    return one?.keepFailure(this.currentTest);
  });
  after(async () => {
    session?.kill('SIGKILL');
    await one?.close();
    fleet?.dispose();
  });

  const state = () => workspaceState(nodeFiles, fleet.state, fleet.root);
  const hub = () => readDiscovery({ files: nodeFiles, stateDirectory: state() });
  const row = (window: Workbench, words: string) => window.treeRow(agent).filter({ hasText: words });
  async function both(words: string): Promise<void> {
    await Promise.all([one, other].map((window) => row(window, words).waitFor()));
  }
  async function hubOtherThan(pid: number | undefined): Promise<number> {
    for (const end = Date.now() + 20_000; Date.now() < end; ) {
      const found = hub()?.pid;
      if (found !== undefined && found !== pid) return found;
      await moment();
    }
    throw new Error('there is no other hub');
  }
  function tell(event: object): void {
    const folder = path.join(state(), 'spool');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const common = { v: 1, t: new Date().toISOString(), id: randomUUID(), n: 1, launch, agent };
    const line = { ...common, session: sessionId, src: 'report', ...event };
    appendFileSync(path.join(folder, `${launch}.jsonl`), `${JSON.stringify(line)}\n`, { mode: 0o600 });
  }

  it('show the same', async () => {
    await hubOtherThan(undefined);
    other = await one.secondWindow();
    await other.showContainer('Agents');
    const { pid = 0 } = session;
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const { ticks } = parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? assert.fail('it runs');
    const sha = '0'.repeat(64);
    await writeRecord(
      { files: nodeFiles, stateRoot: fleet.state, stateDirectory: state() },
      {
        ...{ format: 1, launch, agent, sessionId, sessionIds: [sessionId], runner: 'terminal' },
        ...{ pid, pidStarted: `${boot}:${ticks}`, cwd: fleet.root, argv: ['claude'], phase: 'running' },
        ...{ settingsSha: sha, memorySha: sha, contextSha: sha, startedAt: new Date().toISOString() },
      },
    );
    tell({ event: 'UserPromptSubmit' });
    await both('working');
    tell({ event: 'PermissionRequest', tool: 'Bash', toolUseId: 't1' });
    await both('needs you: permission to use Bash');
    const items = await Promise.all(
      [one, other].map((window) =>
        window
          .statusItem(/needs? you/)
          .first()
          .innerText(),
      ),
    );
    assert.equal(items[0], items[1]);
    await other.screenshot('hub in the other window');
  });

  it('lose no event, in order, while the one that is the hub is loaded anew', async () => {
    const first = hub()?.pid;
    const follower = new Follower(state());
    try {
      await follower.isThere();
      let last = 1;
      let isLoading = true;
      const loading = one.reload().then(() => {
        isLoading = false;
      });
      // Until another hub has told of some of them too.
      for (let second = Number.POSITIVE_INFINITY; isLoading || last < second + 50; await moment()) {
        tell({ event: 'Notification', notification: 'auth_success', ms: ++last });
        if (second === Number.POSITIVE_INFINITY && !isLoading && hub()?.pid !== first) second = last;
        assert.ok(last < 2000, 'the hub is another one');
      }
      await loading;
      for (const end = Date.now() + 20_000; follower.told.at(-1) !== last && Date.now() < end; )
        await moment();
      const expected = Array.from({ length: last - 1 }, (_, index) => index + 2);
      assert.deepEqual(follower.told, expected);
      assert.deepEqual([...new Set(follower.replays)], ['complete']);
    } finally {
      follower.end();
    }
    await one.showContainer('Agents');
    await both('needs you: permission to use Bash');
  });

  it('go on when the one that is the hub is killed', async () => {
    const first = hub()?.pid ?? assert.fail('there is a hub');
    process.kill(first, 'SIGKILL');
    const second = await hubOtherThan(first);
    assert.notEqual(second, first);
    tell({ event: 'UserPromptSubmit' });
    // The other one took over when this one was loaded anew.
    await row(one, 'working').waitFor();
  });
});
