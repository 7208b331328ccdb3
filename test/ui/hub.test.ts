// The hub and a real browser: who logged in is let in, and no page of anybody else gets anything out of it.
import assert from 'node:assert/strict';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, afterEach, before, describe, it } from 'mocha';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { endHubs, TestHub } from '../process/hubClient.ts';
import { browserScript } from './host.ts';

const rebound = 'rebound.example';

/** A page of somebody else on this machine, such as a development server's. */
async function strangerAt(host: string): Promise<{ readonly server: http.Server; readonly url: string }> {
  const server = http.createServer((_request, response) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>stranger</title>'),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://${host}:${(server.address() as AddressInfo).port}/` };
}

/** In the page: all that it can try without being asked. Gives what it could read of the answers, and what it opened. */
const attempts = `async (address) => {
  const got = [];
  const read = async (name, init, path = '/metrics') => {
    try {
      const text = await (await fetch(address + path, { credentials: 'include', ...init })).text();
      if (text !== '') got.push(name + ': ' + text.slice(0, 80));
    } catch {}
  };
  for (const path of ['/metrics', '/health', '/api/dashboard/websocket/stats']) {
    await read('fetch', {}, path);
    await read('no-cors', { mode: 'no-cors' }, path);
  }
  const broadcast = '/api/dashboard/websocket/broadcast';
  const body = JSON.stringify({ data: { from: 'stranger' } });
  await read('post', { method: 'POST', mode: 'no-cors', body }, broadcast);
  await read('preflight', { method: 'POST', headers: { 'content-type': 'application/json' }, body }, broadcast);
  await read('token', { headers: { authorization: 'Bearer guess' } });
  const opened = (tag, path) => new Promise((resolve) => {
    const element = document.createElement(tag);
    element.onload = () => {
      // A frame loads its error page as well; what counts is whether it can be looked into.
      if (tag !== 'iframe') got.push(tag + ' loaded');
      else if (element.contentDocument) got.push('iframe can be read');
      resolve();
    };
    element.onerror = () => resolve();
    element.src = address + path;
    document.body.append(element);
  });
  await opened('img', '/health');
  await opened('script', '/metrics');
  await opened('iframe', '/');
  await new Promise((resolve) => {
    const socket = new WebSocket(address.replace('http', 'ws') + '/api/dashboard/ws/dashboard');
    socket.onopen = () => { got.push('socket opened'); resolve(); };
    socket.onerror = () => resolve();
  });
  return got;
}`;

const tryAll = (page: Page, hub: string): Promise<unknown> =>
  page.evaluate(`(${attempts})(${JSON.stringify(hub)})`);

describe('hub and browser', function () {
  this.timeout(120_000);
  let browser: Browser;
  let hub: TestHub;
  let context: BrowserContext;
  const servers: http.Server[] = [];

  before(async () => {
    browser = await chromium.launch({
      executablePath: await browserScript.ensureBrowser(),
      args: ['--no-sandbox', `--host-resolver-rules=MAP ${rebound} 127.0.0.1`],
    });
    hub = await TestHub.start();
  });
  afterEach(async () => {
    await context.close();
    for (const server of servers.splice(0)) server.close();
  });
  after(async () => {
    await browser?.close();
    endHubs();
  });

  const ticket = async (role: 'viewer' | 'operator'): Promise<string> =>
    (await hub.ask('POST', '/login/ticket', { token: hub.operator, body: { role } })).json.ticket;

  /** Logs in as a person does who opens the address that `hub open` prints. */
  async function logIn(role: 'viewer' | 'operator'): Promise<Page> {
    context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`http://${hub.host}/login#${await ticket(role)}`);
    await page.waitForURL(`http://${hub.host}/`);
    await page.getByText('There is no dashboard page yet').waitFor();
    return page;
  }

  it('lets in who opens the address once, and keeps the cookie from scripts', async () => {
    const page = await logIn('viewer');
    assert.equal(await page.evaluate('document.cookie'), '');
    const [cookie] = await context.cookies();
    assert.deepEqual([cookie?.httpOnly, cookie?.sameSite], [true, 'Strict']);
    assert.equal(
      await page.evaluate("fetch('/health').then((it) => it.json()).then((it) => it.status)"),
      'ok',
    );
    const greeting = await page.evaluate(`new Promise((resolve, reject) => {
      const socket = new WebSocket('ws://' + location.host + '/api/dashboard/ws/dashboard');
      socket.onmessage = ({ data }) => resolve(data);
      socket.onerror = () => reject(new Error('refused'));
    })`);
    assert.equal(JSON.parse(String(greeting)).type, 'connection_established');
  });

  it('says what to do when the ticket was used, or there is none, and shows it nowhere', async () => {
    context = await browser.newContext();
    const page = await context.newPage();
    const used = await ticket('viewer');
    await page.goto(`http://${hub.host}/login#${used}`);
    await page.waitForURL(`http://${hub.host}/`);
    const second = await (await browser.newContext()).newPage();
    await second.goto(`http://${hub.host}/login#${used}`);
    await second.getByText('was used already, or is too old').waitFor();
    assert.equal(second.url(), `http://${hub.host}/login`);
    await second.goto('about:blank');
    await second.goto(`http://${hub.host}/login`);
    await second.getByText('There is no ticket in the address').waitFor();
    await second.context().close();
  });

  for (const [name, host] of [
    ['another port of this machine, which is the same site to a browser', '127.0.0.1'],
    ['another site', 'localhost'],
  ] as const)
    it(`gives a page of ${name} nothing, though its browser is logged in as an operator`, async () => {
      await logIn('operator');
      const { server, url } = await strangerAt(host);
      servers.push(server);
      const page = await context.newPage();
      await page.goto(url);
      const before = await hub.metric('native_orchestrator_hub_events_published_total');
      assert.deepEqual(await tryAll(page, `http://${hub.host}`), []);
      assert.equal(await hub.metric('native_orchestrator_hub_events_published_total'), before);
      assert.equal(await hub.metric('native_orchestrator_hub_connections'), 0);
    });

  it('gives nothing to a page whose name was rebound to this machine', async () => {
    await logIn('operator');
    const page = await context.newPage();
    for (const path of ['/login', '/', '/metrics', '/health', '/nowhere'])
      assert.equal((await page.goto(`http://${rebound}:${hub.port}${path}`))?.status(), 403, path);
    const before = await hub.metric('native_orchestrator_hub_origin_denied_total');
    const { server, url } = await strangerAt(rebound);
    servers.push(server);
    await page.goto(url);
    assert.deepEqual(await tryAll(page, `http://${rebound}:${hub.port}`), []);
    assert.ok(((await hub.metric('native_orchestrator_hub_origin_denied_total')) ?? 0) > (before ?? 0));
  });
});
