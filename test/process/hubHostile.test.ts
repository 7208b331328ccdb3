// The hub's server against clients that mean it ill, or come at the worst moment.
import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before, describe, it } from 'mocha';
import { dashboard, endHubs, refused, TestHub, until } from './hubClient.ts';

const api = '/api/dashboard';

describe('hub: at the worst moment', function () {
  this.timeout(20_000);
  let hub: TestHub;
  before(async () => {
    hub = await TestHub.start();
  });
  after(endHubs);

  it('a body that is nested deeper than anybody can go is refused, and is no bug', async () => {
    const path = `${api}/websocket/broadcast`;
    const nested = (levels: number): string => `{"data":{"a":${'['.repeat(levels)}${']'.repeat(levels)}}}`;
    const ask = (body: string) => hub.ask('POST', path, { token: hub.operator, body });
    assert.equal((await ask(nested(50))).status, 200);
    for (const levels of [200, 5000, 30_000]) {
      const { status, json } = await ask(nested(levels));
      assert.deepEqual([status, json.error.code], [400, 'invalid_json'], `${levels} levels`);
    }
    assert.deepEqual(
      hub.told.filter(({ told }) => told === 'bug'),
      [],
    );
  });

  it('a handshake that is none is refused by code, and counted', async () => {
    const answer = await hub.ask('GET', dashboard, {
      headers: { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-key': 'x' },
    });
    assert.deepEqual([answer.status, answer.json?.error.code], [400, 'invalid_json']);
    assert.equal(answer.headers['x-content-type-options'], 'nosniff');
    assert.equal(await hub.metric('native_orchestrator_hub_requests_cut_total{reason="malformed"}'), 1);
  });

  it('a body or a list of groups beyond its limit is counted', async () => {
    const count = async (code: string): Promise<number> =>
      (await hub.metric(`native_orchestrator_hub_errors_sent_total{code="${code}"}`)) ?? 0;
    const [bodies, lists] = [await count('too_large'), await count('too_many_subscriptions')];
    const body = { data: { pad: 'x'.repeat(70_000) } };
    await hub.ask('POST', `${api}/websocket/broadcast`, { token: hub.operator, body });
    await refused(hub.open({ query: `?subscriptions=${Array(11).fill('agents')}` }));
    assert.deepEqual(
      [await count('too_large'), await count('too_many_subscriptions')],
      [bodies + 1, lists + 1],
    );
  });

  it('connections that say nothing and take all the room are counted, and it ends', async () => {
    const small = await TestHub.start({ limits: { connections: 1, headersMs: 300 } });
    const silent = Array.from({ length: 80 }, () =>
      net
        .connect(small.port, '127.0.0.1')
        .on('error', () => {})
        .resume(),
    );
    await until(() => silent.every((socket) => socket.closed));
    const name = 'native_orchestrator_hub_connections_refused_total';
    assert.equal(await small.metric(name), 15);
  });

  it('garbage for the place to go on from is counted as what cannot be had', async () => {
    const name = 'native_orchestrator_hub_replays_total{result="unavailable"}';
    const count = (await hub.metric(name)) ?? 0;
    const client = await hub.connect({ query: '?since=%00:-1' });
    assert.equal(client.frames[0]?.replay, 'unavailable');
    assert.equal(await hub.metric(name), count + 1);
  });

  it('an upgrade that comes to its end while the hub ends is refused, and the hub ends', async () => {
    const ending = await TestHub.start();
    const socket = net.connect(ending.port, '127.0.0.1');
    let text = '';
    socket.on('data', (piece) => {
      text += piece;
    });
    socket.on('error', () => {});
    socket.write(
      `GET ${dashboard} HTTP/1.1\r\nHost: ${ending.host}\r\nAuthorization: Bearer ${ending.viewer}\r\nConnection: Upgrade\r\n`,
    );
    // Whoever is let in has been seen, and so has what was sent before.
    await ending.connect();
    const ended = ending.order({ do: 'close' });
    await until(() => ending.log.includes('"disconnecting"'));
    socket.write(
      'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    await ended;
    assert.match(text, /^HTTP\/1\.1 503 [\s\S]*"unavailable"/);
  });
});
