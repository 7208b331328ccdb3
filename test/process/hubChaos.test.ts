// The hub as somebody runs it is killed in the middle of a stream, and one that stands by takes over: nothing is lost, nothing
// comes twice, and the figures are what a subscriber counted.
import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { after, describe, it } from 'mocha';
import { WebSocket } from 'ws';
import { removeScratch, type Scratch, scratch, startCli } from './cliProcess.ts';
import { stateOf, until } from './fakeSessions.ts';
import { TestClient } from './hubClient.ts';

const writers = 27;
const total = 10_000;
/** Lines of one writer. */
const share = (index: number, of: number): number =>
  Math.floor(of / writers) + (index < of % writers ? 1 : 0);

const children: ChildProcess[] = [];
const sockets: WebSocket[] = [];
after(() => {
  for (const socket of sockets) socket.terminate();
  for (const child of children) child.kill('SIGKILL');
  removeScratch();
});

function startHub(at: Scratch, words: readonly string[] = []): ChildProcess {
  const child = startCli(at, ['hub', '--log-level', 'error', ...words]);
  children.push(child);
  return child;
}

interface Place {
  readonly port: number;
  readonly token: string;
}

/** Where the hub of that process is; undefined until it says so. */
function placeOf(at: Scratch, pid: number | undefined): Place | undefined {
  try {
    const folder = path.join(stateOf(at), 'hub');
    const { port, pid: own } = JSON.parse(fs.readFileSync(path.join(folder, 'hub.json'), 'utf8'));
    const token = fs.readFileSync(path.join(folder, 'viewer.token'), 'utf8').trim();
    return own === pid ? { port, token } : undefined;
  } catch {
    return undefined;
  }
}

async function found(at: Scratch, child: ChildProcess): Promise<Place> {
  await until('the hub says where it is', () => placeOf(at, child.pid) !== undefined);
  const place = placeOf(at, child.pid);
  assert.ok(place);
  return place;
}

async function connect({ port, token }: Place, query = ''): Promise<TestClient> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/api/dashboard/ws/dashboard${query}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  sockets.push(socket);
  socket.on('error', () => {});
  const client = new TestClient(socket);
  await client.next('connection_established');
  return client;
}

function metricsOf({ port, token }: Place): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { port, host: '127.0.0.1', path: '/metrics', agent: false as const };
    http
      .get({ ...options, headers: { authorization: `Bearer ${token}` } }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (piece) => {
          text += piece;
        });
        answer.on('end', () => resolve(text));
      })
      .on('error', reject);
  });
}

const figure = (text: string, name: string): number =>
  Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`native_orchestrator_hub_${name} `))
      ?.split(' ')[1],
  );

/** The lines of spools among what a client got: `<writer>-<number>`, in the order in which they came. */
const linesOf = ({ frames }: TestClient): readonly string[] =>
  frames.flatMap(({ data }) =>
    typeof data?.launch === 'string' && typeof data.id === 'string' ? [data.id] : [],
  );

/** The metrics at a moment when the hub has sent exactly what its one subscriber got; fails when there is none. */
async function agreeing(place: Place, client: TestClient): Promise<string> {
  for (let tries = 1; ; tries++) {
    const text = await metricsOf(place);
    const sent = figure(text, 'messages_sent_total');
    // The hub tells of its own health now and then: such a frame may be on its way.
    if (sent === client.frames.length || tries === 5) {
      assert.equal(sent, client.frames.length);
      return text;
    }
  }
}

/** Has all writers append so many lines, numbered from 1; resolves when they are written. */
async function write(at: Scratch, name: string, lines: number, pause: number): Promise<void> {
  const folder = path.join(stateOf(at), 'spool');
  await Promise.all(
    Array.from({ length: writers }, (_, index) => {
      const file = path.join(folder, `${name}${index}.jsonl`);
      const words = [file, String(share(index, lines)), String(pause)];
      const child = fork(path.join(import.meta.dirname, 'spoolWriterProgram.js'), words, { stdio: 'ignore' });
      children.push(child);
      return new Promise((resolve) => child.once('exit', resolve));
    }),
  );
}

function checkComplete(lines: readonly string[], name: string, count: number): void {
  const own = lines.filter((id) => new RegExp(`^${name}\\d+-`).test(id));
  assert.equal(own.length, count, 'as many as were written');
  assert.equal(new Set(own).size, count, 'each of them once');
  for (let index = 0; index < writers; index++)
    assert.deepEqual(
      own.filter((id) => id.startsWith(`${name}${index}-`)).map((id) => Number(id.split('-')[1])),
      Array.from({ length: share(index, count) }, (_, at) => at + 1),
      'in the order of the writer',
    );
}

describe('hub: killed in the middle of a stream', function () {
  this.timeout(90_000);

  it(`${total} numbered lines of ${writers} writers are there once each, and the figures agree`, async () => {
    const at = scratch();
    const first = startHub(at);
    const place = await found(at, first);
    const client = await connect(place);
    const { epoch } = client.frames[0] ?? {};

    // Before: what the hub counted is what the subscriber counted.
    await write(at, 'early', 1000, 0);
    await until('all of the early ones', () => linesOf(client).length === 1000);
    checkComplete(linesOf(client), 'early', 1000);
    const before = await agreeing(place, client);
    assert.equal(figure(before, 'events_ingested_total'), 1000);
    assert.equal(figure(before, 'events_lost_total{reason="broken"}'), 0);

    const second = startHub(at, ['--standby']);
    const writing = write(at, 'late', total, 2);
    await until('the middle of the stream', () => linesOf(client).length > 1000 + total / 3);
    first.kill('SIGKILL');
    const killed = performance.now();
    await until('it is gone', () => client.closed !== undefined);
    const seen = linesOf(client);
    assert.ok(seen.length < 1000 + total, 'it was killed too late to tell');

    const next = await found(at, second);
    const last = client.frames.findLast(
      ({ seq, type }) => seq !== undefined && type !== 'connection_established',
    );
    const again = await connect(next, `?since=${epoch}:${last?.seq}`);
    await until('the next event', () => linesOf(again).length > 0);
    const recovered = performance.now() - killed;
    await writing;
    await until('all of the late ones', () => linesOf(again).length + seen.length === 1000 + total);
    assert.equal(again.frames[0]?.replay, 'complete');
    checkComplete([...seen, ...linesOf(again)], 'late', total);
    const seqs = again.frames.flatMap(({ type, seq }) =>
      seq === undefined || type === 'connection_established' ? [] : [seq],
    );
    assert.deepEqual(
      seqs,
      Array.from({ length: seqs.length }, (_, index) => last?.seq + 1 + index),
    );

    // After: the second one counts from its own start, and sent what the subscriber got from it.
    const text = await agreeing(next, again);
    assert.equal(figure(text, 'replays_total{result="complete"}'), 1);
    assert.equal(figure(text, 'send_failures_total'), 0);
    console.error(
      `      recovered in ${Math.round(recovered)} ms, ${seen.length - 1000} before and ${linesOf(again).length} after`,
    );
  });
});
