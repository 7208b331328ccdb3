// The hub's WebSockets: every message and what it is answered with, replay, and controls.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import { endHubs, refused, TestHub, until } from './hubClient.ts';

after(endHubs);

const all = ['agents', 'coordination', 'tasks', 'system', 'alerts'];
const api = '/api/dashboard';
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

describe('hub: WebSockets', function () {
  this.timeout(20_000);
  let hub: TestHub;
  before(async () => {
    hub = await TestHub.start();
  });

  it('greet with who one is, where the journal is, and what one gets', async () => {
    await hub.publish(1);
    const client = await hub.connect();
    const [greeting] = client.frames;
    assert.match(greeting?.connection_id, uuid);
    assert.match(greeting?.correlation_id, uuid);
    assert.ok(Math.abs(Date.parse(greeting?.server_time) - Date.now()) < 10_000);
    assert.deepEqual(
      [greeting?.contract_version, greeting?.role, greeting?.seq, greeting?.replay, greeting?.subscriptions],
      ['1.0', 'viewer', 1, 'none', all],
    );
    const operator = await hub.connect({ token: hub.operator });
    assert.equal(operator.frames[0]?.role, 'operator');
    assert.notEqual(operator.frames[0]?.connection_id, greeting?.connection_id);
  });

  const narrow: readonly (readonly [route: string, query: string, subscriptions: readonly string[]])[] = [
    ['ws/dashboard', '?subscriptions=tasks,alerts', ['tasks', 'alerts']],
    ['ws/dashboard', '?subscriptions=', []],
    ['ws/dashboard', '?subscriptions=agents,agents', ['agents']],
    ['ws/agents', '', ['agents']],
    ['ws/coordination', '', ['coordination']],
    ['ws/tasks', '', ['tasks']],
    ['ws/system', '', ['system']],
    ['ws/agents', '?subscriptions=alerts', ['alerts']],
  ];
  for (const [route, query, subscriptions] of narrow)
    it(`${route}${query} has ${subscriptions.join(', ') || 'nothing'}`, async () => {
      const client = await hub.connect({ route: `${api}/${route}`, query });
      assert.deepEqual(client.frames[0]?.subscriptions, subscriptions);
      client.socket.close();
    });

  const queries: readonly (readonly [route: string, query: string, code: string])[] = [
    ['ws/dashboard', '?subscriptions=everything', 'invalid_subscription'],
    ['ws/dashboard', '?subscriptions=__proto__', 'invalid_subscription'],
    ['ws/agents', '?subscriptions=tasks', 'invalid_subscription'],
    ['ws/dashboard', `?subscriptions=${Array(11).fill('agents')}`, 'too_many_subscriptions'],
  ];
  for (const [route, query, code] of queries)
    it(`${route}${query.slice(0, 30)} is refused: ${code}`, async () => {
      const { status, json } = await refused(hub.open({ route: `${api}/${route}`, query }));
      assert.deepEqual([status, json.error.code], [400, code]);
    });

  const answers: readonly (readonly [
    asked: Readonly<Record<string, unknown>>,
    type: 'pong' | 'error' | 'data_response' | 'subscription_updated' | 'connection_established',
    fields: Readonly<Record<string, unknown>>,
  ])[] = [
    [{ type: 'ping' }, 'pong', {}],
    [{ type: 'hello', contract_version: '1.0' }, 'connection_established', { contract_version: '1.0' }],
    [
      { type: 'hello', contract_version: '2.0' },
      'error',
      { code: 'unsupported_version', supported_versions: ['1.0'] },
    ],
    [
      { type: 'hello', contract_version: '0.9' },
      'error',
      { code: 'unsupported_version', supported_versions: ['1.0'] },
    ],
    [
      { type: 'unsubscribe', subscriptions: ['agents', 'system'] },
      'subscription_updated',
      { subscriptions: ['coordination', 'tasks', 'alerts'] },
    ],
    [
      { type: 'subscribe', subscriptions: ['system'] },
      'subscription_updated',
      { subscriptions: ['coordination', 'tasks', 'system', 'alerts'] },
    ],
    [
      { type: 'request_data', data_type: 'agent_status' },
      'data_response',
      { data_type: 'agent_status', data: { type: 'agent_status', agents: [] } },
    ],
    [
      { type: 'request_data', data_type: 'coordination_metrics' },
      'data_response',
      { data_type: 'coordination_metrics' },
    ],
    [{ type: 'request_data', data_type: 'system_health' }, 'data_response', { data_type: 'system_health' }],
    [{ type: 'control', action: 'start', agent: 'code-agent' }, 'error', { code: 'forbidden' }],
    [{ type: 'control', action: 'stop_all' }, 'error', { code: 'forbidden' }],
  ];
  it('answer each message under its own correlation id', async () => {
    const client = await hub.connect();
    for (const [asked, type, fields] of answers) {
      const correlation_id = `mine-${JSON.stringify(asked).length}-…\u202e"`;
      client.send({ ...asked, correlation_id });
      const { correlation_id: own, ...answer } = await client.next(type);
      assert.equal(own, correlation_id);
      assert.deepEqual({ ...answer, ...fields }, answer, JSON.stringify(asked));
    }
    client.send({ type: 'ping' });
    assert.match((await client.next('pong')).correlation_id, uuid);
    client.socket.close();
  });

  const broken: readonly (readonly [text: string | Buffer, code: string])[] = [
    ['{', 'invalid_json'],
    ['[]', 'invalid_json'],
    ['17', 'invalid_json'],
    ['null', 'invalid_json'],
    ['""', 'invalid_json'],
    [Buffer.from('{"type":"ping"}'), 'invalid_json'],
    ['{"type":"ping","correlation_id":7}', 'invalid_json'],
    ['{"type":"control","action":"start","agent":"../../x"}', 'invalid_json'],
    ['{"type":"jump"}', 'unknown_type'],
    ['{"type":"connection_established"}', 'unknown_type'],
    ['{"type":"subscribe","subscriptions":["x"]}', 'invalid_subscription'],
    [
      `{"type":"subscribe","subscriptions":${JSON.stringify(Array(11).fill('agents'))}}`,
      'too_many_subscriptions',
    ],
    ['{"type":"request_data","data_type":"x"}', 'unknown_data_type'],
  ];
  it('answer what is wrong by its code, and live on', async () => {
    const client = await hub.connect();
    for (const [text, code] of broken) {
      client.socket.send(text);
      assert.equal((await client.next('error')).code, code, String(text));
    }
    client.send({ type: 'ping' });
    await client.next('pong');
    const { total } = (await hub.ask('GET', `${api}/websocket/stats`)).json;
    assert.ok(total.messages_received > broken.length);
    client.socket.close();
  });

  it('give a narrower route nothing but its own', async () => {
    const client = await hub.connect({ route: `${api}/ws/tasks` });
    client.send({ type: 'subscribe', subscriptions: ['agents'], correlation_id: 'a' });
    assert.equal((await client.next('error')).code, 'invalid_subscription');
    await hub.publish(1);
    await hub.publish(1, { group: 'tasks' });
    const frame = await client.next('task_event');
    assert.equal(frame.subscription, 'tasks');
    client.socket.close();
  });

  it('give every subscriber every event once, in order, under one fresh correlation id', async () => {
    const clients = await Promise.all([1, 2, 3].map(() => hub.connect()));
    await hub.publish(500);
    await hub.publish(1, { group: 'system', isUpdate: true });
    const lists = await Promise.all(
      clients.map(async (client) => {
        await until(() => client.frames.length === 502);
        return client.frames.slice(1);
      }),
    );
    for (const frames of lists) {
      assert.deepEqual(
        frames.map(({ seq }) => seq),
        frames.map((_, index) => frames[0].seq + index),
      );
      assert.deepEqual(
        frames.map(({ correlation_id }) => correlation_id),
        lists[0]?.map(({ correlation_id }) => correlation_id),
      );
      assert.equal(new Set(frames.map(({ correlation_id }) => correlation_id)).size, frames.length);
      assert.equal(frames.at(-1)?.type, 'system_update');
    }
    for (const client of clients) client.socket.close();
    // The log has the id by which a frame can be found again in what a client got.
    const [first] = lists[0] ?? [];
    const logged = hub.log.split('\n').find((line) => line.includes(first?.correlation_id));
    assert.match(
      logged ?? '',
      /"event":"sent".*"type":"agent_event","subscription":"agents","seq":\d+,"count":\d+/,
    );
  });

  it('replay what was missed, and then what happened meanwhile, to a client that takes its time', async () => {
    const slow = await TestHub.start({ limits: { queueMessages: 100 } });
    const { epoch, seq } = (await slow.connect()).frames[0] ?? {};
    await slow.publish(2000, { bytes: 10_000 });
    const client = await slow.connect({ query: `?since=${epoch}:${seq}` });
    client.socket.pause();
    // It has not got all of the old ones, since it does not read: these happen while it is told of those.
    for (let round = 0; round < 20; round++) await slow.publish(50);
    const { connections } = (await slow.ask('GET', `${api}/websocket/stats`)).json;
    assert.equal(connections.filter((each: { is_replaying: boolean }) => each.is_replaying).length, 1);
    client.socket.resume();
    await until(() => client.frames.length >= 3001);
    await slow.publish(1);
    await until(() => client.frames.length >= 3002);
    assert.equal(client.frames[0]?.replay, 'complete');
    assert.deepEqual(
      client.frames.slice(1).map((frame) => frame.seq),
      Array.from({ length: 3001 }, (_, index) => seq + 1 + index),
    );
    assert.equal(
      await slow.metric('native_orchestrator_hub_messages_dropped_total{reason="backpressure"}'),
      0,
    );
  });

  it('give who comes in the middle of a burst each event once', async () => {
    const busy = await TestHub.start({ limits: { queueMessages: 100_000, queueBytes: 100_000_000 } });
    const [first] = await Promise.all(Array.from({ length: 20 }, () => busy.connect()));
    const { epoch } = first?.frames[0] ?? {};
    const burst = busy.publish(20_000);
    const comers = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        busy.connect(index % 2 === 0 ? { query: `?since=${epoch}:0` } : {}),
      ),
    );
    await burst;
    await busy.publish(1);
    for (const { frames } of comers) {
      await until(() => frames.at(-1)?.seq === 20_001 && frames.length > 1);
      const from = frames[0].replay === 'complete' ? 0 : frames[0].seq;
      assert.deepEqual(
        frames.slice(1).map(({ seq }) => seq),
        Array.from({ length: 20_001 - from }, (_, index) => from + 1 + index),
      );
    }
  });

  it('replay only what is subscribed to', async () => {
    const { epoch, seq } = (await hub.connect()).frames[0] ?? {};
    await hub.publish(10);
    await hub.publish(3, { group: 'tasks' });
    const client = await hub.connect({ query: `?since=${epoch}:${seq}&subscriptions=tasks` });
    await until(() => client.frames.length === 4);
    await hub.publish(1, { group: 'tasks' });
    await until(() => client.frames.length === 5);
    assert.deepEqual(
      client.frames.slice(1).map((frame) => frame.seq - seq),
      [11, 12, 13, 14],
    );
  });

  it('say so when what was missed is not to be had, and go on from now', async () => {
    const { epoch, seq } = (await hub.connect()).frames[0] ?? {};
    await hub.publish(10);
    await hub.order({ do: 'forget', before: seq + 8 });
    const gone = [
      `${epoch}:${seq}`,
      `${epoch}:${seq + 1_000_000}`,
      `00000000-0000-4000-8000-00000000ffff:${seq}`,
      'nonsense',
      `${epoch}:-1`,
      `${epoch}:1e9`,
      `${epoch}:${'9'.repeat(40)}`,
      '',
    ];
    for (const since of gone) {
      const client = await hub.connect({ query: `?since=${since}&subscriptions=agents` });
      assert.equal(client.frames[0]?.replay, 'unavailable', since);
      await hub.publish(1);
      await client.next('agent_event');
      assert.equal(client.frames.length, 2, since);
      client.socket.close();
    }
    const client = await hub.connect({ query: `?since=${epoch}:${seq + 7}` });
    assert.equal(client.frames[0]?.replay, 'complete');
  });

  it('tell the result of a control after it happened, not before', async () => {
    const client = await hub.connect({ token: hub.operator });
    client.send({
      type: 'control',
      action: 'restart',
      agent: 'code-agent',
      confirm: true,
      correlation_id: 'r',
    });
    const seen = () => hub.told.filter(({ told }) => told === 'control');
    const asked = await until(() => seen().at(-1));
    assert.deepEqual(asked, { told: 'control', action: 'restart', agent: 'code-agent', confirm: true });
    // Its own connection goes on, and has no result yet.
    client.send({ type: 'ping', correlation_id: 'p' });
    assert.equal((await client.next('pong')).correlation_id, 'p');
    await hub.order({ do: 'release' });
    const result = await client.next('control_result');
    assert.deepEqual(
      [result.correlation_id, result.action, result.agent, result.ok, result.error],
      ['r', 'restart', 'code-agent', true, undefined],
    );
    client.socket.close();
  });

  it('tell why a control was not done, and a bug as one', async () => {
    const client = await hub.connect({ token: hub.operator });
    const count = hub.told.filter(({ told }) => told === 'control').length;
    client.send({ type: 'control', action: 'stop', agent: 'refused-agent', correlation_id: 's' });
    await until(() => hub.told.filter(({ told }) => told === 'control').length > count);
    await hub.order({ do: 'release' });
    const failed = await client.next('control_result');
    assert.deepEqual([failed.ok, failed.error], [false, 'refused-agent does not run.']);
    client.send({ type: 'control', action: 'start', agent: 'throws-agent', correlation_id: 't' });
    const thrown = await client.next('control_result');
    assert.equal(thrown.ok, false);
    assert.doesNotMatch(thrown.error, /as the test wants it/);
    assert.match(hub.log, /"event":"control threw"/);
    client.socket.close();
  });

  it('write down every control, and what came of it, without its text', async () => {
    const client = await hub.connect({ token: hub.operator });
    const text = 'A prompt that must not be in a log.';
    const count = hub.told.length;
    client.send({ type: 'control', action: 'send_prompt', agent: 'code-agent', text, correlation_id: 'u' });
    await until(() => hub.told.slice(count).some(({ told }) => told === 'control'));
    await hub.order({ do: 'release' });
    await client.next('control_result');
    const told = hub.told.slice(count);
    assert.equal(told.find((each) => each.told === 'control')?.text, text);
    const entries = await until(() => {
      const found = hub.told.slice(count).filter((each) => each.told === 'audit');
      return found.length === 2 && found;
    });
    assert.deepEqual(
      entries.map(({ entry }) => (entry as { outcome: string }).outcome),
      ['asked', 'done'],
    );
    assert.doesNotMatch(JSON.stringify(entries), /A prompt/);
    assert.doesNotMatch(hub.log, /A prompt/);
    assert.match(
      hub.log,
      /"event":"control","connection":"[^"]+","agent":"code-agent","action":"send_prompt","correlation_id":"u","ok":true/,
    );
    client.socket.close();
  });

  it('say that there is no source where there is none, and leave it out of the metrics', async () => {
    const bare = await TestHub.start({ isBare: true });
    const client = await bare.connect();
    assert.deepEqual(client.frames[0]?.subscriptions, all);
    for (const group of ['coordination', 'tasks']) {
      const told = await client.next('data_error');
      assert.deepEqual([told.code, told.subscription], ['unavailable', group]);
    }
    client.send({ type: 'subscribe', subscriptions: ['tasks', 'agents'], correlation_id: 's' });
    assert.deepEqual((await client.next('subscription_updated')).subscriptions, all);
    const told = await client.next('data_error');
    assert.deepEqual([told.correlation_id, told.subscription], ['s', 'tasks']);
    // Once something tells of them, it is sent.
    await bare.publish(1, { group: 'tasks' });
    await client.next('task_event');
    for (const data_type of ['agent_status', 'coordination_metrics', 'system_health']) {
      client.send({ type: 'request_data', data_type, correlation_id: data_type });
      const error = await client.next('data_error');
      assert.deepEqual(
        [error.correlation_id, error.code, error.data_type],
        [data_type, 'unavailable', data_type],
      );
    }
    const operator = await bare.connect({ token: bare.operator });
    operator.send({ type: 'control', action: 'stop_all' });
    await until(() => operator.frames.some(({ type, code }) => type === 'error' && code === 'unavailable'));
    const sent = await bare.ask('POST', `${api}/websocket/broadcast`, {
      token: bare.operator,
      body: { data: {} },
    });
    assert.deepEqual([sent.status, sent.json.error.code], [503, 'unavailable']);
    const { text } = await bare.ask('GET', '/metrics');
    for (const name of ['sessions', 'agents_by_sync', 'agents_by_health', 'hook_duration_seconds'])
      assert.doesNotMatch(text, new RegExp(`native_orchestrator_${name}\\b`));
  });

  it('are told when the hub ends, and closed', async () => {
    const ending = await TestHub.start();
    const clients = await Promise.all([ending.connect(), ending.connect()]);
    await ending.order({ do: 'close' });
    for (const client of clients) {
      assert.equal((await client.next('disconnect_notice')).reason, 'shutdown');
      assert.equal((await client.end()).code, 1001);
    }
    await assert.rejects(ending.ask('GET', '/health'), { code: 'ECONNREFUSED' });
  });

  it('had no bug of ours', () =>
    assert.deepEqual(
      hub.told.filter(({ told }) => told === 'bug'),
      [],
    ));
});
