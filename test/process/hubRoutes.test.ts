// The hub's HTTP: every route, who may, and what comes of everything that is wrong.
import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before, describe, it } from 'mocha';
import parsePrometheus from 'parse-prometheus-text-format';
import { type AskOptions, endHubs, refused, TestHub } from './hubClient.ts';

after(endHubs);

const api = '/api/dashboard';
const nobody = '00000000-0000-4000-8000-00000000dead';
const reads = [
  '/',
  '/health',
  '/metrics',
  `${api}/metrics/websockets`,
  `${api}/websocket/stats`,
  `${api}/websocket/health`,
  `${api}/websocket/limits`,
  `${api}/websocket/contract`,
];
const acts = [`${api}/websocket/broadcast`, `${api}/websocket/disconnect/${nobody}`];
const sockets = ['dashboard', 'agents', 'coordination', 'tasks', 'system'].map((name) => `${api}/ws/${name}`);

/** What a raw request is answered with; the connection is closed by the server or after a second. */
function raw(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write(text));
    let got = '';
    socket.setEncoding('utf8').on('data', (piece: string) => {
      got += piece;
    });
    socket.on('error', () => {});
    socket.setTimeout(1000, () => socket.destroy());
    socket.on('close', () => resolve(got));
  });
}

describe('hub: routes', function () {
  this.timeout(20_000);
  let hub: TestHub;
  before(async () => {
    hub = await TestHub.start({ limits: { requestMs: 1000 } });
  });

  it('that read answer a viewer and an operator', async () => {
    for (const route of reads)
      for (const token of [hub.viewer, hub.operator]) {
        const { status, headers } = await hub.ask('GET', route, { token });
        assert.equal(status, 200, route);
        assert.equal(headers['cache-control'], 'no-store');
        assert.equal(headers['x-content-type-options'], 'nosniff');
        assert.equal(headers['access-control-allow-origin'], undefined);
        assert.match(String(headers['content-security-policy']), /^default-src 'none'/);
      }
  });

  const wrong: readonly (readonly [name: string, options: AskOptions, status: number, code: string])[] = [
    ['no token', { token: '' }, 401, 'unauthorized'],
    ['a wrong token', { token: 'wrong' }, 401, 'unauthorized'],
    ["yesterday's token", { token: 'A'.repeat(43) }, 401, 'unauthorized'],
    ['Basic', { token: '', headers: { authorization: 'Basic dXNlcjpwYXNz' } }, 401, 'unauthorized'],
    [
      'a cookie nobody gave',
      { token: '', headers: { cookie: 'native_orchestrator_hub_1=x' } },
      401,
      'unauthorized',
    ],
    ['a rebound Host', { headers: { host: 'evil.example' } }, 403, 'forbidden_origin'],
    [
      'a rebound Host without a token',
      { token: '', headers: { host: 'evil.example' } },
      403,
      'forbidden_origin',
    ],
    ['a foreign Origin', { headers: { origin: 'http://evil.example' } }, 403, 'forbidden_origin'],
    ['the Origin null', { headers: { origin: 'null' } }, 403, 'forbidden_origin'],
    ['the Origin of another port', { headers: { origin: 'http://127.0.0.1:1' } }, 403, 'forbidden_origin'],
  ];
  for (const [name, options, status, code] of wrong)
    it(`refuse ${name}, all of them and what is none`, async () => {
      const asked = [
        ...reads.map((route) => ['GET', route] as const),
        ...acts.map((route) => ['POST', route] as const),
        ['POST', '/login/ticket'] as const,
        ...sockets.map((route) => ['GET', route] as const),
        ['GET', '/nowhere'] as const,
        ['OPTIONS', '/metrics'] as const,
      ];
      for (const [method, route] of asked) {
        const body = method === 'POST' ? { body: {} } : {};
        const answer = await hub.ask(method, route, { ...body, ...options });
        assert.equal(answer.status, status, `${method} ${route}`);
        assert.equal(answer.json.error.code, code, `${method} ${route}`);
        assert.doesNotMatch(answer.text, /evil|wrong/);
      }
      for (const route of sockets) {
        const answer = await refused(hub.open({ route, ...options }));
        assert.equal(answer.status, status, route);
        assert.equal(answer.json.error.code, code, route);
      }
    });

  it('tell a token in the address from none', async () => {
    for (const route of [`/metrics?token=${hub.viewer}`, `/health?access_token=${hub.viewer}`])
      assert.equal((await hub.ask('GET', route, { token: '' })).status, 401);
    const query = `?token=${hub.viewer}`;
    assert.equal((await refused(hub.open({ query, token: '' }))).status, 401);
  });

  it('that act want an operator, and a WebSocket an upgrade', async () => {
    for (const route of acts) {
      const answer = await hub.ask('POST', route, { body: { data: {} } });
      assert.deepEqual([answer.status, answer.json.error.code], [403, 'forbidden'], route);
    }
    for (const route of sockets) {
      const answer = await hub.ask('GET', route);
      assert.deepEqual([answer.status, answer.json.error.code], [426, 'upgrade_required'], route);
    }
  });

  it('answer another method with those that there are', async () => {
    for (const route of [...reads, ...acts])
      for (const method of ['PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH']) {
        const { status, headers } = await hub.ask(method, route, { token: hub.operator });
        assert.equal(status, 405, `${method} ${route}`);
        assert.equal(headers.allow, acts.includes(route) ? 'POST' : 'GET');
      }
  });

  const tricks = [
    '/api/dashboard/../../metrics',
    '/./metrics',
    '//metrics',
    '/metrics/',
    '/metrics/..',
    '/%6detrics',
    '/metrics%00',
    '/metrics;x',
    '/METRICS',
    '/health/../../../../etc/passwd',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/__proto__',
    '/constructor',
    '/api/dashboard/websocket/disconnect/{id}',
    '/api/dashboard/websocket/disconnect/__proto__',
    '/api/dashboard/websocket/disconnect/..',
    `/api/dashboard/websocket/disconnect/${nobody}/x`,
    `/${'a'.repeat(4000)}`,
    '/$(touch x)',
    '/metrics\\..\\x',
    'http://evil.example/metrics',
    '*',
  ];
  it('are taken as they are written: tricks with the path find nothing', async () => {
    for (const path of tricks)
      for (const method of ['GET', 'POST']) {
        const head = `${method} ${path} HTTP/1.1\r\nHost: ${hub.host}\r\nAuthorization: Bearer ${hub.operator}\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}`;
        const text = await raw(hub.port, head);
        assert.match(text, /^HTTP\/1\.1 40[04] /, path);
        assert.doesNotMatch(text, /root:|native_orchestrator_hub/);
      }
    for (const route of [`${api}/ws/../ws/dashboard`, `${api}/ws/`, `${api}/ws/__proto__`, '/metrics', '/'])
      assert.equal((await raw(hub.port, upgradeHead(hub, route))).slice(9, 12), '404', route);
  });

  const upgradeHead = ({ host, viewer }: TestHub, route: string, more = ''): string =>
    `GET ${route} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${viewer}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${more}\r\n`;

  it('survive heads that are none', async () => {
    const long = `GET /health HTTP/1.1\r\nHost: ${hub.host}\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`;
    assert.match(await raw(hub.port, long), /^HTTP\/1\.1 431 /);
    for (const text of [
      '\0\0\0\0\r\n\r\n',
      'GET\r\n\r\n',
      'GET / HTTP/9.9\r\n\r\n',
      `GET / HTTP/1.1\r\nHost: ${hub.host}\r\nHost: evil.example\r\nAuthorization: Bearer ${hub.viewer}\r\n\r\n`,
      `POST /login HTTP/1.1\r\nHost: ${hub.host}\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
      upgradeHead(hub, `${api}/ws/dashboard`).replace('dGhlIHNhbXBsZSBub25jZQ==', 'short'),
      upgradeHead(hub, `${api}/ws/dashboard`).replace('13', '99'),
      upgradeHead(hub, `${api}/ws/dashboard`).replace('websocket', 'h2c'),
    ])
      assert.match(await raw(hub.port, text), /^$|^HTTP\/1\.1 4\d\d /, JSON.stringify(text.slice(0, 40)));
    assert.equal((await hub.ask('GET', '/health')).status, 200);
  });

  it('tell how it is, what the limits are, and what is promised', async () => {
    const health = (await hub.ask('GET', '/health')).json;
    assert.equal(health.status, 'ok');
    assert.equal(health.contract_version, '1.0');
    const { limits } = (await hub.ask('GET', `${api}/websocket/limits`)).json;
    assert.deepEqual(
      [
        limits.messagesPerSecond.value,
        limits.messageBurst.value,
        limits.frameBytes.value,
        limits.subscriptions.value,
      ],
      [20, 40, 65_536, 10],
    );
    const contract = (await hub.ask('GET', `${api}/websocket/contract`)).json;
    assert.deepEqual(contract.supported_versions, ['1.0']);
    assert.match(contract.policy, /major/);
    assert.deepEqual(Object.keys(contract.sockets).sort(), [...sockets].sort());
    assert.ok(contract.error_codes.unavailable);
  });

  it('give metrics that a parser reads, and the same figures as JSON', async () => {
    const client = await hub.connect();
    await hub.publish(3);
    await client.next('agent_event');
    const { text, headers } = await hub.ask('GET', '/metrics');
    assert.match(String(headers['content-type']), /^text\/plain; version=0\.0\.4/);
    const families = parsePrometheus(text);
    const { metrics } = (await hub.ask('GET', `${api}/metrics/websockets`)).json;
    assert.deepEqual(families.map(({ name }) => name).sort(), Object.keys(metrics).sort());
    assert.equal(metrics.native_orchestrator_hub_connections, 1);
    assert.deepEqual(metrics.native_orchestrator_agents_by_health, { healthy: 1, disarmed: 1 });
    assert.equal(metrics.native_orchestrator_hub_fan_out_clients.count, 3);
    client.socket.close();
  });

  it('broadcast to those who subscribe, through the journal', async () => {
    const system = await hub.connect({ route: `${api}/ws/system` });
    const tasks = await hub.connect({ route: `${api}/ws/tasks` });
    const path = `${api}/websocket/broadcast`;
    const sent = await hub.ask('POST', path, {
      token: hub.operator,
      body: { data: { text: 'Maintenance.' } },
    });
    const frame = await system.next('system_event');
    assert.deepEqual(frame.data, { text: 'Maintenance.' });
    assert.deepEqual(sent.json, { ok: true, subscription: 'system', seq: frame.seq, recipients: 1 });
    await hub.ask('POST', path, { token: hub.operator, body: { subscription: 'tasks', data: { n: 1 } } });
    assert.equal((await tasks.next('task_event')).seq, frame.seq + 1);
    const bad: readonly (readonly [body: unknown, status: number, code: string])[] = [
      [{ subscription: 'everything', data: {} }, 400, 'invalid_subscription'],
      [{ subscription: '__proto__', data: {} }, 400, 'invalid_subscription'],
      [{ data: [] }, 400, 'invalid_json'],
      [{}, 400, 'invalid_json'],
      ['{', 400, 'invalid_json'],
      ['null', 400, 'invalid_json'],
      [{ data: { pad: 'x'.repeat(70_000) } }, 413, 'too_large'],
    ];
    for (const [body, status, code] of bad) {
      const answer = await hub.ask('POST', path, { token: hub.operator, body });
      assert.deepEqual([answer.status, answer.json.error.code], [status, code]);
    }
    const form = await hub.ask('POST', path, {
      token: hub.operator,
      body: 'data=1',
      headers: { 'content-type': 'text/plain' },
    });
    assert.equal(form.status, 400);
    assert.ok(
      hub.told.some(
        ({ told, entry }) => told === 'audit' && (entry as { action: string }).action === 'broadcast',
      ),
    );
    for (const each of [system, tasks]) each.socket.close();
  });

  it('take a body that is too long in pieces for what it is', async () => {
    const head = `POST ${api}/websocket/broadcast HTTP/1.1\r\nHost: ${hub.host}\r\nAuthorization: Bearer ${hub.operator}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`;
    const piece = `4000\r\n${'x'.repeat(0x4000)}\r\n`;
    assert.match(await raw(hub.port, head + piece.repeat(8)), /^HTTP\/1\.1 413 [\s\S]*"too_large"/);
  });

  it('disconnect a client by its id', async () => {
    const client = await hub.connect();
    const id = client.frames[0]?.connection_id;
    const path = `${api}/websocket/disconnect/${id}`;
    assert.equal((await hub.ask('POST', path, { token: hub.operator })).status, 200);
    assert.equal((await client.next('disconnect_notice')).reason, 'operator');
    assert.deepEqual(await client.end(), { code: 1000, reason: 'operator' });
    assert.equal((await hub.ask('POST', path, { token: hub.operator })).status, 404);
  });

  it('let a browser in with a ticket, once, and hold it to its own pages', async () => {
    const origin = `http://${hub.host}`;
    const page = await hub.ask('GET', '/login', { token: '' });
    assert.equal(page.status, 200);
    assert.match(String(page.headers['content-security-policy']), /script-src 'sha256-/);
    assert.doesNotMatch(page.text, new RegExp(`${hub.viewer}|${hub.operator}`));
    assert.equal((await hub.ask('POST', '/login/ticket', { body: { role: 'operator' } })).status, 403);
    const { ticket } = (await hub.ask('POST', '/login/ticket', { body: {} })).json;
    const login = (given: unknown, headers: Readonly<Record<string, string>>) =>
      hub.ask('POST', '/login', { token: '', body: { ticket: given }, headers });
    assert.equal((await login(ticket, {})).status, 403, 'without an Origin');
    assert.equal((await login(ticket, { origin: 'http://evil.example' })).status, 403);
    assert.equal((await login('x', { origin })).status, 401);
    assert.equal((await login(4, { origin })).status, 401);
    assert.equal((await login(hub.operator, { origin })).status, 401, 'a token is no ticket');
    const answer = await login(ticket, { origin });
    assert.equal(answer.status, 200);
    const set = String(answer.headers['set-cookie']);
    assert.match(
      set,
      /^native_orchestrator_hub_\d+=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=\d+$/,
    );
    assert.equal((await login(ticket, { origin })).status, 401, 'a second time');
    const cookie = set.split(';')[0] ?? '';
    const as = (headers: Readonly<Record<string, string>>, path = '/metrics') =>
      hub.ask('GET', path, { token: '', headers: { cookie, ...headers } });
    assert.equal((await as({})).status, 200);
    assert.match((await as({}, '/')).text, /There is no dashboard page yet/);
    assert.equal((await as({ 'sec-fetch-site': 'same-site' })).status, 403);
    assert.equal((await as({ origin: 'http://127.0.0.1:1' })).status, 403);
    // A viewer's cookie acts as little as a viewer.
    const act = await hub.ask('POST', `${api}/websocket/broadcast`, {
      token: '',
      body: { data: {} },
      headers: { cookie, origin },
    });
    assert.equal(act.status, 403);
    assert.equal((await refused(hub.open({ token: '', headers: { cookie } }))).status, 403, 'no Origin');
    const client = await hub.connect({ token: '', headers: { cookie, origin } });
    assert.equal(client.frames[0]?.role, 'viewer');
    client.socket.close();
  });

  it('are named in the log by their pattern: no token, ticket, cookie or query is in it', async () => {
    await hub.ask('GET', `/health?secret-in-query=${hub.viewer}`);
    assert.match(hub.log, /"route":"GET \/health"/);
    assert.match(hub.log, /"event":"denied","reason":"token"/);
    for (const secret of [hub.viewer, hub.operator, 'secret-in-query', 'evil', 'native_orchestrator_hub_'])
      assert.ok(!hub.log.includes(secret), secret);
    for (const line of hub.log.trim().split('\n')) assert.equal(typeof JSON.parse(line).event, 'string');
  });

  it('are counted when they refuse', async () => {
    const at = async (name: string) => (await hub.metric(`native_orchestrator_hub_${name}`)) ?? Number.NaN;
    const [token, origin] = [await at('auth_denied_total'), await at('origin_denied_total')];
    await hub.ask('GET', '/health', { token: '' });
    await hub.ask('GET', '/health', { headers: { host: 'evil.example' } });
    await refused(hub.open({ token: 'nope' }));
    assert.deepEqual(
      [(await at('auth_denied_total')) - token, (await at('origin_denied_total')) - origin],
      [2, 1],
    );
  });

  it('had no bug of ours', () =>
    assert.deepEqual(
      hub.told.filter(({ told }) => told === 'bug'),
      [],
    ));
});
