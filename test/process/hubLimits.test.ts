// The hub's limits, each with those who go beyond them: floods, readers that do not read, heads that never end.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import net from 'node:net';
import { after, describe, it } from 'mocha';
import { dashboard, endHubs, refused, TestClient, TestHub, until } from './hubClient.ts';

after(endHubs);

const figure = (hub: TestHub, name: string): Promise<number | undefined> =>
  hub.metric(`native_orchestrator_hub_${name}`);

/** A client that is through the upgrade and reads nothing from then on. */
function stalled({ port, host, viewer }: TestHub, query = ''): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ port, host: '127.0.0.1' }, () =>
      socket.write(
        `GET ${dashboard}${query} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${viewer}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n\r\n`,
      ),
    );
    socket.on('error', reject);
    socket.once('data', (head) => {
      socket.pause();
      socket.removeAllListeners('error').on('error', () => {});
      if (head.toString('latin1').startsWith('HTTP/1.1 101')) resolve(socket);
      else reject(new Error(head.toString('latin1')));
    });
  });
}

/** The head of a client's frame (RFC 6455 section 5.2), for what the library would not send. */
function frameHead(opcode: number, length: number, isLast = true): Buffer {
  const head = Buffer.alloc(14);
  head[0] = (isLast ? 0x80 : 0) | opcode;
  head[1] = 0x80 | 127;
  head.writeBigUInt64BE(BigInt(length), 2);
  return head;
}

describe('hub: limits', function () {
  this.timeout(30_000);

  it('of messages: a burst is read, the rest is dropped with one notice, and the connection lives', async () => {
    const hub = await TestHub.start();
    const client = await hub.connect();
    for (let count = 0; count < 200; count++) client.send({ type: 'ping', correlation_id: `p${count}` });
    const notice = await until(() => client.frames.find(({ type }) => type === 'error'));
    assert.equal(notice.code, 'rate_limited');
    assert.ok(notice.retry_after_ms > 0 && notice.retry_after_ms <= 50);
    await until(() => client.frames.filter(({ type }) => type === 'pong').length >= 40);
    const dropped = await figure(hub, 'messages_dropped_total{reason="rate"}');
    const pongs = client.frames.filter(({ type }) => type === 'pong').length;
    assert.equal((dropped ?? 0) + pongs, 200);
    assert.ok(pongs < 80, `${pongs} were answered`);
    assert.equal(client.frames.filter(({ type }) => type === 'error').length, 1);
    // There is room again some time: what comes too soon is dropped, and costs nothing.
    await until(() => {
      client.send({ type: 'ping', correlation_id: 'later' });
      return client.frames.some(({ correlation_id }) => correlation_id === 'later');
    });
  });

  it('of messages: pings of the protocol are charged as well', async () => {
    const hub = await TestHub.start({ limits: { messageBurst: 5, messagesPerSecond: 1 } });
    const client = await hub.connect();
    let pongs = 0;
    client.socket.on('pong', () => pongs++);
    for (let count = 0; count < 50; count++) client.socket.ping();
    await until(() => client.frames.some(({ code }) => code === 'rate_limited'));
    assert.ok(((await figure(hub, 'messages_dropped_total{reason="rate"}')) ?? 0) >= 44);
    assert.ok(pongs <= 6);
    assert.equal(client.closed, undefined);
  });

  it('of garbage: 200 frames are charged before they are read, and others do not notice', async () => {
    const hub = await TestHub.start();
    const [client, other] = await Promise.all([hub.connect(), hub.connect()]);
    for (let count = 0; count < 200; count++) client.socket.send(randomBytes(200).toString('latin1'));
    client.socket.send('{}');
    await until(() => client.frames.some(({ code }) => code === 'rate_limited'));
    await hub.publish(1);
    await other.next('agent_event');
    const received = await figure(hub, 'messages_received_total');
    const dropped = (await figure(hub, 'messages_dropped_total{reason="rate"}')) ?? 0;
    const invalid = (await figure(hub, 'errors_sent_total{code="invalid_json"}')) ?? 0;
    assert.equal(received, 201);
    assert.ok(invalid >= 40 && invalid < 80, `${invalid} were read`);
    assert.equal(dropped + invalid, 201);
    assert.equal(client.closed, undefined);
  });

  it('of a frame: 200 that are too large are refused unread, counted, and others do not notice', async () => {
    const hub = await TestHub.start();
    const other = await hub.connect();
    for (let count = 0; count < 200; count++) {
      const client = await hub.connect();
      client.socket.send('x'.repeat(65_537));
      assert.equal((await client.next('error')).code, 'too_large');
      assert.equal((await client.next('disconnect_notice')).reason, 'too_large');
      assert.equal((await client.end()).code, 1009);
    }
    assert.equal(await figure(hub, 'errors_sent_total{code="too_large"}'), 200);
    assert.equal(await figure(hub, 'disconnections_total{reason="too_large"}'), 200);
    assert.equal(await figure(hub, 'messages_received_total'), 200);
    assert.equal(await figure(hub, 'connections'), 1);
    await hub.publish(1);
    await other.next('agent_event');
  });

  it('of a frame: 200 too large ones on one connection come to its end at the first', async () => {
    const hub = await TestHub.start();
    const client = await hub.connect();
    for (let count = 0; count < 200; count++) client.socket.send('x'.repeat(100_000));
    assert.equal((await client.next('error')).code, 'too_large');
    await client.end();
    assert.equal((await hub.ask('GET', '/health')).status, 200);
  });

  it('of a frame: exactly as much as may be is read', async () => {
    const hub = await TestHub.start();
    const client = await hub.connect();
    const text = JSON.stringify({ type: 'ping', pad: '' });
    client.socket.send(text.replace('""', `"${'x'.repeat(65_536 - text.length)}"`));
    await client.next('pong');
  });

  it('of a frame: one that says that it has petabytes costs nothing, nor do pieces without end', async () => {
    const hub = await TestHub.start();
    const before = (await hub.order<{ bytes: number }>({ do: 'memory' })).bytes;
    for (const bytes of [
      frameHead(1, Number.MAX_SAFE_INTEGER),
      Buffer.concat([frameHead(1, 1000, false), Buffer.alloc(1000)]),
    ]) {
      const socket = await stalled(hub);
      socket.resume();
      const ended = new Promise((resolve) => socket.on('close', resolve));
      socket.write(bytes);
      const more = Buffer.concat([frameHead(0, 60_000, false), Buffer.alloc(60_000)]);
      for (let count = 0; count < 50 && socket.writable; count++) socket.write(more);
      await ended;
    }
    const after = (await hub.order<{ bytes: number }>({ do: 'memory' })).bytes;
    assert.ok(after - before < 8 * 1024 * 1024, `${Math.round((after - before) / 1024)} KB more`);
    assert.equal((await hub.ask('GET', '/health')).status, 200);
  });

  it('of the protocol: what is not a WebSocket any more is cut, by its reason', async () => {
    const hub = await TestHub.start();
    for (const bytes of [
      Buffer.from('GET / HTTP/1.1\r\n\r\n'),
      Buffer.from([0x81, 0x01, 0x41]),
      Buffer.alloc(64, 0xff),
    ]) {
      const socket = await stalled(hub);
      socket.resume();
      const ended = new Promise((resolve) => socket.on('close', resolve));
      socket.write(bytes);
      await ended;
    }
    assert.equal(await figure(hub, 'disconnections_total{reason="protocol"}'), 3);
  });

  it('of the queue: a reader that never reads is dropped from and then cut, with bounded memory, and delays nobody', async () => {
    const hub = await TestHub.start({ limits: { queueMessages: 500, queueBytes: 1024 * 1024 } });
    const other = await hub.connect();
    const before = (await hub.order<{ bytes: number }>({ do: 'memory' })).bytes;
    const sleepers = await Promise.all(Array.from({ length: 5 }, () => stalled(hub)));
    let slowest = 0;
    let published = 0;
    // Updates alone at first: they may be dropped.
    const ended = () => figure(hub, 'disconnections_total{reason="backpressure"}');
    while ((await ended()) !== 5) {
      const at = performance.now();
      await hub.publish(200, { isUpdate: true, bytes: 1000, agent: `agent-${published % 7}` });
      published += 200;
      await until(() => other.frames.length === published + 1);
      slowest = Math.max(slowest, performance.now() - at);
      assert.ok(published < 200_000, 'nobody was disconnected');
    }
    assert.ok(((await figure(hub, 'messages_dropped_total{reason="backpressure"}')) ?? 0) > 0);
    assert.equal(await figure(hub, 'connections'), 1);
    assert.equal(other.closed, undefined);
    console.log(`      200 events beside stalled readers: at most ${Math.round(slowest)} ms`);
    const after = (await hub.order<{ bytes: number }>({ do: 'memory' })).bytes;
    assert.ok(after - before < 8 * 1024 * 1024, `${Math.round((after - before) / 1024)} KB more`);
    // The end is a real one, not only a frame that asks for it.
    await Promise.all(
      sleepers.map((sleeper) => new Promise((resolve) => sleeper.on('close', resolve).resume())),
    );
  });

  it('of the queue: events are not dropped; whoever does not take them is told and disconnected', async () => {
    const hub = await TestHub.start({
      limits: { queueMessages: 100, queueBytes: 1024 * 1024, closeMs: 20_000 },
    });
    const client = await hub.connect();
    const { epoch, seq } = client.frames[0] ?? {};
    client.socket.pause();
    let published = 0;
    while ((await figure(hub, 'disconnections_total{reason="backpressure"}')) !== 1) {
      await hub.publish(50, { bytes: 20_000 });
      published += 50;
      if ((await figure(hub, 'send_queue_messages')) === 0 && published > 1500) client.socket.resume();
      assert.ok(published < 10_000, 'it was not disconnected');
    }
    client.socket.resume();
    assert.deepEqual(await client.end(), { code: 1013, reason: 'backpressure' });
    const last = client.frames.at(-1);
    assert.deepEqual([last?.type, last?.reason], ['disconnect_notice', 'backpressure']);
    assert.equal(await figure(hub, 'messages_dropped_total{reason="backpressure"}'), 0);
    // Nothing is missing in what came, and the rest is there for who comes back.
    const got = client.frames.slice(1, -1).map((frame) => frame.seq);
    assert.deepEqual(
      got,
      Array.from({ length: got.length }, (_, index) => seq + 1 + index),
    );
    assert.ok(got.length < published);
    const again = await hub.connect({ query: `?since=${epoch}:${seq + got.length}` });
    await until(() => again.frames.length === published - got.length + 1);
    assert.equal(again.frames.at(-1)?.seq, seq + published);
  });

  it('of connections: one more is refused, and let in when there is room', async () => {
    const hub = await TestHub.start({ limits: { connections: 3 } });
    const clients = await Promise.all([hub.connect(), hub.connect(), hub.connect()]);
    const { status, json } = await refused(hub.open());
    assert.deepEqual([status, json.error.code], [503, 'unavailable']);
    assert.equal(await figure(hub, 'connections_refused_total'), 1);
    assert.equal((await hub.ask('GET', '/api/dashboard/websocket/health')).json.status, 'degraded');
    clients[0]?.socket.close();
    await clients[0]?.end();
    await hub.connect();
  });

  it('of silence: a client that answers no ping is cut, one that says nothing is not', async () => {
    const hub = await TestHub.start({ limits: { pingEveryMs: 150 } });
    const quiet = await hub.connect();
    const dead = await stalled(hub);
    const ended = new Promise((resolve) => dead.on('close', resolve));
    dead.resume();
    await ended;
    assert.equal(await figure(hub, 'disconnections_total{reason="no_pong"}'), 1);
    let pings = 0;
    quiet.socket.on('ping', () => pings++);
    await until(() => pings >= 4);
    assert.equal(quiet.closed, undefined);
    quiet.send({ type: 'ping' });
    await quiet.next('pong');
  });

  it('of controls at once: one more is refused', async () => {
    const hub = await TestHub.start({ limits: { controlsAtOnce: 2 } });
    const client = await hub.connect({ token: hub.operator });
    for (const id of ['a', 'b', 'c'])
      client.send({ type: 'control', action: 'stop', agent: 'code-agent', correlation_id: id });
    const refusal = await client.next('error');
    assert.deepEqual([refusal.code, refusal.correlation_id], ['rate_limited', 'c']);
  });

  it('of time: heads and bodies that never end are cut, and others do not notice', async () => {
    const hub = await TestHub.start({ limits: { headersMs: 300, requestMs: 600 } });
    const heads = [
      '',
      'GET /health HTTP/1.1\r\n',
      `GET ${dashboard} HTTP/1.1\r\nHost: ${hub.host}\r\nUpgrade: websocket\r\n`,
      `POST /login HTTP/1.1\r\nHost: ${hub.host}\r\nOrigin: http://${hub.host}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"ti`,
    ];
    const ends = heads.flatMap((head) =>
      Array.from({ length: 10 }, () => {
        const socket = net.connect(hub.port, '127.0.0.1', () => socket.write(head));
        socket.on('error', () => {});
        // A byte now and then does not help.
        const drip = setInterval(() => head !== '' && socket.writable && socket.write('X'), 100);
        return new Promise<void>((resolve) =>
          socket.resume().on('close', () => {
            clearInterval(drip);
            resolve();
          }),
        );
      }),
    );
    const client = await hub.connect();
    assert.equal((await hub.ask('GET', '/health')).status, 200);
    await Promise.all(ends);
    const cut = await figure(hub, 'requests_cut_total{reason="slow"}');
    assert.ok((cut ?? 0) >= 20, `${cut} were slow`);
    await hub.publish(1);
    await client.next('agent_event');
  });

  it('of an address: it listens on the loopback alone', async () => {
    const hub = await TestHub.start();
    const { networkInterfaces } = await import('node:os');
    const others = Object.values(networkInterfaces())
      .flat()
      .filter((each) => each !== undefined && !each.internal && each.family === 'IPv4');
    for (const other of [...others.map((each) => each?.address ?? ''), '127.0.0.2'])
      await assert.rejects(
        new Promise((resolve, reject) =>
          net.connect(hub.port, other).on('connect', resolve).on('error', reject),
        ),
        /ECONNREFUSED|EHOSTUNREACH|ENETUNREACH/,
        other,
      );
  });

  it('let a hundred subscribers and one that sleeps have every event, in order', async () => {
    const hub = await TestHub.start();
    const clients: TestClient[] = [];
    for (let count = 0; count < 100; count++) clients.push(new TestClient(hub.open()));
    await until(() => clients.every(({ frames }) => frames.length === 1));
    await stalled(hub);
    for (let count = 0; count < 20; count++) {
      await hub.publish(50, { agent: `agent-${count}` });
      await until(() => clients.every(({ frames }) => frames.length === 1 + 50 * (count + 1)));
    }
    for (const { frames } of clients) assert.ok(frames.slice(1).every(({ seq }, index) => seq === index + 1));
    const sent = await figure(hub, 'messages_sent_total');
    assert.ok((sent ?? 0) >= 100 * 1001);
  });
});
