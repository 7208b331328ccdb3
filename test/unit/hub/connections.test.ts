// Who gets what: the end of a replay, where live events go on, and what a journal that was changed does.
import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, it } from 'mocha';
import type { WebSocket } from 'ws';
import { Connection } from '../../../src/hub/connection.ts';
import { Connections } from '../../../src/hub/connections.ts';
import { newCounts } from '../../../src/hub/counts.ts';
import type { HubCore } from '../../../src/hub/hubCore.ts';
import { groups, type HubEvent } from '../../../src/hub/hubEvent.ts';
import { limitsWith } from '../../../src/hub/limits.ts';

const epoch = 'e';
const at = '2026-11-21T13:00:00.000Z';
const eventOf = (seq: number): HubEvent => ({
  seq,
  at,
  group: 'agents',
  type: 'agent_event',
  isCoalescible: false,
  data: {},
});

type Pieces = (publish: () => void) => AsyncGenerator<readonly HubEvent[]>;

async function* later(after: number, last: number): AsyncGenerator<readonly HubEvent[]> {
  if (after < last) yield Array.from({ length: last - after }, (_, index) => eventOf(after + 1 + index));
}

/** A client that asks for all from the first on, of a journal that gives `pieces` the first time; `publish` tells of one event more. */
function replayed(kept: number, pieces: Pieces) {
  let seq = kept;
  let isAsked = false;
  let listener: (events: readonly HubEvent[]) => void = () => {};
  const publish = (): void => listener([eventOf(++seq)]);
  const core = {
    epoch,
    get seq() {
      return seq;
    },
    since: (_: string, after: number) => {
      const first = isAsked ? undefined : pieces(publish);
      isAsked = true;
      return first ?? later(after, seq);
    },
    onEvents: (given: typeof listener) => {
      listener = given;
      return () => {};
    },
  } as unknown as HubCore;
  const counts = newCounts();
  const log = () => {};
  const frames: { readonly type: string; readonly seq?: number }[] = [];
  const socket = {
    on: () => {},
    send: (bytes: Buffer, _: unknown, done: () => void) => {
      frames.push(JSON.parse(String(bytes)));
      queueMicrotask(done);
    },
  } as unknown as WebSocket;
  const connection = new Connection({
    id: 'c',
    role: 'viewer',
    route: '/',
    may: groups,
    subscriptions: groups,
    socket,
    stream: new PassThrough(),
    limits: limitsWith(),
    counts,
    log,
    now: () => 0,
    openedAt: at,
  });
  const connections = new Connections({ core, counts, log, wallNow: () => 0 });
  connections.add(connection);
  connections.replay(connection, epoch, 0);
  return { connection, connections, counts, frames, publish };
}

/** Until nothing is left to be done at once. */
const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve));
};

describe('a replay', () => {
  for (let hops = 0; hops < 12; hops++)
    it(`misses nothing that happens ${hops} steps after its last event was read`, async () => {
      const { frames, publish } = replayed(2, async function* (tell) {
        yield [eventOf(1), eventOf(2)];
        let after = Promise.resolve();
        for (let hop = 0; hop < hops; hop++) after = after.then(() => {});
        void after.then(tell);
      });
      await settled();
      publish();
      await settled();
      assert.deepEqual(
        frames.map(({ seq }) => seq),
        [1, 2, 3, 4],
      );
    });

  const checkGone = (name: string, pieces: Pieces) =>
    it(`of a journal ${name} says so, and live events go on`, async () => {
      const { frames, publish, counts } = replayed(3, pieces);
      await settled();
      assert.equal(frames.at(-1)?.type, 'error');
      assert.deepEqual([counts.replays, counts.replaysUnavailable], [0, 1]);
      publish();
      await settled();
      assert.equal(frames.at(-1)?.seq, 4);
    });
  checkGone('that was emptied', async function* () {});
  checkGone('with a hole', async function* () {
    yield [eventOf(1), eventOf(3)];
  });
  checkGone('that cannot be read', async function* () {
    yield [eventOf(1)];
    throw new Error('ENOENT');
  });

  it('for a client that left reads no further', async () => {
    let read = 0;
    const { connection } = replayed(1000, async function* () {
      for (let seq = 1; seq <= 1000; seq++) {
        read++;
        if (seq === 5) connection.dispose();
        yield [{ ...eventOf(seq), group: 'tasks' }];
      }
    });
    connection.subscriptions.clear();
    await settled();
    assert.equal(read, 5);
  });

  it('is counted as complete when it is', async () => {
    const { counts } = replayed(1, async function* () {
      yield [eventOf(1)];
    });
    assert.equal(counts.replays, 0);
    await settled();
    assert.deepEqual([counts.replays, counts.replaysUnavailable], [1, 0]);
  });
});
