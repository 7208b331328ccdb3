// Spools that a hub may not read, and what lies in their folder and is none: told of, and no obstacle to all the others. The hub
// is run as a user who is not root, since root may read everything.
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, afterEach, describe, it } from 'mocha';
import { WebSocket } from 'ws';
import { expectCli, removeScratch, type Scratch, scratch, startCli } from './cliProcess.ts';
import { stateOf, until } from './fakeSessions.ts';
import { until as soon, TestClient } from './hubClient.ts';
import { lineOf } from './hubStoreStage.ts';

const isRoot = process.getuid?.() === 0;
const nobody = 65534;
const asNobody = isRoot
  ? ['/usr/bin/setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups']
  : [];
const canBeNobody =
  process.getuid !== undefined &&
  (!isRoot || spawnSync(asNobody[0] ?? '', [...asNobody.slice(1), 'true']).status === 0);

/** Of a file that only this test, as who it is, may still append to. */
const noReading = isRoot ? 0 : 0o200;

const running: ChildProcess[] = [];
const sockets: WebSocket[] = [];

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.terminate();
  for (const child of running.splice(0)) child.kill('SIGKILL');
});
after(removeScratch);

const spoolOf = (at: Scratch): string => path.join(stateOf(at), 'spool');

/** Makes a file, or what else there is, belong to who runs the hub. */
function give(file: string): void {
  if (isRoot) fs.lchownSync(file, nobody, nobody);
}

/** A workspace whose state directory is of the user that the hub runs as, with an empty folder of spools. */
async function stage(): Promise<Scratch> {
  const at = scratch();
  await expectCli(at, ['generate'], 0);
  fs.chmodSync(at.folder, 0o755);
  fs.mkdirSync(spoolOf(at), { mode: 0o700 });
  if (isRoot) execFileSync('chown', ['-R', `${nobody}:${nobody}`, at.state, at.home]);
  return at;
}

/** Appends lines with those numbers. A file that is made is of the user that the hub runs as. */
function append(at: Scratch, launch: string, ...numbers: readonly number[]): string {
  const file = path.join(spoolOf(at), `${launch}.jsonl`);
  const isNew = !fs.existsSync(file);
  fs.appendFileSync(file, numbers.map((n) => lineOf(launch, n)).join(''), { mode: 0o600 });
  if (isNew) give(file);
  return file;
}

interface Hub {
  readonly child: ChildProcess;
  readonly client: TestClient;
  readonly ask: (route: string) => Promise<string>;
}

/** Runs the hub, and a client of it that has all from the beginning of the journal, or after what is given. */
async function startHub(at: Scratch, since?: { readonly epoch: string; readonly seq: number }): Promise<Hub> {
  const child = startCli(at, ['hub'], { through: asNobody });
  running.push(child);
  let out = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (text) => {
      out += text;
    });
  const address = () => /http:\/\/127\.0\.0\.1:\d+/.exec(out)?.[0];
  await until('the hub says where it is', () => address() !== undefined || child.exitCode !== null);
  const token = fs.readFileSync(path.join(stateOf(at), 'hub/viewer.token'), 'utf8').trim();
  const headers = { authorization: `Bearer ${token}` };
  const ask = async (route: string) => (await fetch(`${address()}${route}`, { headers })).text();
  const { epoch, seq } = since ?? { epoch: JSON.parse(await ask('/health')).epoch, seq: 0 };
  const query = `?since=${epoch}:${seq}`;
  const socket = new WebSocket(`${address()?.replace('http', 'ws')}/api/dashboard/ws/dashboard${query}`, {
    headers,
  });
  sockets.push(socket);
  const client = new TestClient(socket);
  await soon(() => client.frames.length > 0);
  return { child, client, ask };
}

/** The numbers of the lines that came, by launch, in the order in which they came. */
function told(...hubs: readonly Hub[]): Readonly<Record<string, readonly number[]>> {
  const got: Record<string, number[]> = {};
  for (const { data, type } of hubs.flatMap(({ client }) => client.frames)) {
    if (type !== 'agent_event') continue;
    const own = got[data.launch] ?? [];
    got[data.launch] = own;
    own.push(data.n);
  }
  return got;
}

async function figure({ ask }: Hub, name: string): Promise<number> {
  const text = await ask('/metrics');
  return Number(new RegExp(`^native_orchestrator_hub_${name} (\\S+)$`, 'm').exec(text)?.[1]);
}

/** Waits until so many are unreadable, and holds everything that tells of it against that. */
async function expectUnreadable(hub: Hub, count: number): Promise<void> {
  const deadline = Date.now() + 10_000;
  while ((await figure(hub, 'spools_unreadable')) !== count) {
    if (Date.now() > deadline)
      assert.fail(`${await figure(hub, 'spools_unreadable')} are unreadable, not ${count}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { status, complaints, lost } = JSON.parse(await hub.ask('/health'));
  assert.deepEqual(
    { status, complaints, lost },
    {
      status: count === 0 ? 'ok' : 'degraded',
      complaints: count === 0 ? [] : ['spools_unreadable'],
      lost: { broken: 0, unwritten: 0, vanished: 0 },
    },
  );
  // What health has become is told to who listens as well.
  const isTold = () => {
    const { data } = hub.client.frames.findLast(({ type }) => type === 'system_update') ?? {};
    const problem = data?.problems.find(({ code }: { code: string }) => code === 'spool-unreadable');
    return (problem?.count ?? 0) === count && (count === 0 || data.status === 'degraded');
  };
  await soon(() => isTold());
}

const dispose = (at: Scratch, name: string): void =>
  fs.rmSync(path.join(spoolOf(at), `${name}.jsonl`), { recursive: true });

describe('a spool that cannot be read', function () {
  this.timeout(60_000);

  it('is told of, as is what is none, and keeps no other back; when it can be, each line comes once, in order', async function () {
    if (!canBeNobody) this.skip();
    const at = await stage();
    append(at, 'open', 1, 2, 3);
    const locked = append(at, 'locked', 1, 2, 3);
    fs.chmodSync(locked, noReading);
    const strange = ['folder', 'link', 'pipe', ...(isRoot ? ['foreign'] : [])];
    const file = (name: string) => path.join(spoolOf(at), `${name}.jsonl`);
    fs.mkdirSync(file('folder'));
    const elsewhere = path.join(at.state, 'elsewhere');
    fs.writeFileSync(elsewhere, lineOf('link', 1));
    fs.symlinkSync(elsewhere, file('link'));
    execFileSync('mkfifo', [file('pipe')]);
    for (const each of [elsewhere, ...['folder', 'link', 'pipe'].map(file)]) give(each);
    if (isRoot) fs.writeFileSync(file('foreign'), lineOf('foreign', 1), { mode: 0o644 });

    const hub = await startHub(at);
    await until('the others came', () => told(hub).open?.length === 3);
    await expectUnreadable(hub, 1 + strange.length);
    append(at, 'open', 4);
    append(at, 'locked', 4);
    append(at, 'later', 1);
    await until('it goes on', () => told(hub).open?.length === 4 && told(hub).later?.length === 1);
    fs.chmodSync(locked, 0o600);
    await until('what could not be read', () => told(hub).locked?.length === 4);
    await expectUnreadable(hub, strange.length);
    for (const name of strange) dispose(at, name);
    await expectUnreadable(hub, 0);
    append(at, 'locked', 5);
    append(at, 'pipe', 1);
    await until('all is read', () => told(hub).locked?.length === 5 && told(hub).pipe?.length === 1);
    assert.deepEqual(told(hub), { open: [1, 2, 3, 4], later: [1], locked: [1, 2, 3, 4, 5], pipe: [1] });
    assert.equal(await figure(hub, 'events_repeated_total'), 0);
    assert.equal(hub.child.exitCode, null);
  });

  it('while a hub starts is read from where the one before stopped', async function () {
    if (!canBeNobody) this.skip();
    const at = await stage();
    const locked = append(at, 'locked', 1, 2, 3);
    const first = await startHub(at);
    await until('it is read', () => told(first).locked?.length === 3);
    const { epoch } = first.client.frames[0] ?? {};
    const { seq } = first.client.frames.at(-1) ?? {};
    first.child.kill('SIGKILL');
    await until('it is gone', () => first.child.signalCode !== null);
    append(at, 'locked', 4);
    fs.chmodSync(locked, noReading);
    append(at, 'open', 1);
    const between = await startHub(at, { epoch, seq });
    await until('the other is read', () => told(between).open?.length === 1);
    await expectUnreadable(between, 1);
    // Where it was is known to the next one too, also when it has another name by then.
    const { seq: next } = between.client.frames.findLast((frame) => 'seq' in frame) ?? {};
    between.child.kill('SIGKILL');
    await until('it is gone', () => between.child.signalCode !== null);
    const renamed = path.join(spoolOf(at), 'renamed.jsonl');
    fs.renameSync(locked, renamed);
    const last = await startHub(at, { epoch, seq: next });
    await expectUnreadable(last, 1);
    fs.chmodSync(renamed, 0o600);
    await until('all is read', () => told(last).locked?.length === 1);
    await expectUnreadable(last, 0);
    assert.deepEqual(told(first, between, last), { locked: [1, 2, 3, 4], open: [1] });
    assert.equal(await figure(last, 'events_repeated_total'), 0);
  });

  it('as their folder cannot, is none that went away', async function () {
    if (!canBeNobody) this.skip();
    const at = await stage();
    append(at, 'a', 1, 2);
    const hub = await startHub(at);
    await until('it is read', () => told(hub).a?.length === 2);
    // Not to be listed; to be listed, and nothing in it to be looked at.
    for (const [mode, n] of [
      [0o300, 3],
      [0o600, 4],
      [0o000, 5],
    ] as const) {
      if (!isRoot) append(at, 'b', n - 2);
      fs.chmodSync(spoolOf(at), mode);
      if (isRoot) append(at, 'b', n - 2);
      await expectUnreadable(hub, mode === 0o600 ? 2 : 1);
      fs.chmodSync(spoolOf(at), 0o700);
      append(at, 'a', n);
      await until('it goes on', () => told(hub).a?.length === n && told(hub).b?.length === n - 2);
      await expectUnreadable(hub, 0);
    }
    assert.deepEqual(told(hub), { a: [1, 2, 3, 4, 5], b: [1, 2, 3] });
    assert.equal(await figure(hub, 'events_repeated_total'), 0);
  });
});
