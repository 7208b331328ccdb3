import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { type AskedAccess, checkAccess, cookieName } from '../../../src/hub/access.ts';
import { Credentials } from '../../../src/hub/credentials.ts';

const port = 4711;
const host = `127.0.0.1:${port}`;

function setUp() {
  const clock = { now: 0 };
  const credentials = new Credentials({
    viewerTokens: ['viewer-token', 'scraper-token'],
    operatorToken: 'operator-token',
    ticketMs: 30_000,
    now: () => clock.now,
  });
  return { clock, credentials };
}

describe('credentials', () => {
  it('know their tokens, and no others', () => {
    const { credentials } = setUp();
    assert.deepEqual(
      [
        'viewer-token',
        'scraper-token',
        'operator-token',
        'viewer-toke',
        'viewer-token ',
        '',
        '__proto__',
      ].map((token) => credentials.roleOfToken(token)),
      ['viewer', 'viewer', 'operator', undefined, undefined, undefined, undefined],
    );
  });
  it('take a ticket once', () => {
    const { credentials } = setUp();
    const ticket = credentials.issueTicket('viewer');
    const redeemed = credentials.redeem(ticket);
    assert.equal(redeemed?.role, 'viewer');
    assert.equal(credentials.roleOfCookie(redeemed.cookie), 'viewer');
    assert.equal(credentials.redeem(ticket), undefined);
  });
  it('take a ticket for 30 seconds', () => {
    const { clock, credentials } = setUp();
    const early = credentials.issueTicket('operator');
    const late = credentials.issueTicket('operator');
    clock.now = 29_999;
    assert.equal(credentials.redeem(early)?.role, 'operator');
    clock.now = 30_000;
    assert.equal(credentials.redeem(late), undefined);
  });
  it('take neither for the other', () => {
    const { credentials } = setUp();
    const ticket = credentials.issueTicket('operator');
    assert.equal(credentials.roleOfToken(ticket), undefined);
    assert.equal(credentials.roleOfCookie(ticket), undefined);
    assert.equal(credentials.roleOfCookie('viewer-token'), undefined);
    const cookie = credentials.redeem(ticket)?.cookie ?? '';
    assert.equal(credentials.roleOfToken(cookie), undefined);
    assert.equal(credentials.redeem(cookie), undefined);
  });
  it('forget a login after half a day', () => {
    const { clock, credentials } = setUp();
    const cookie = credentials.redeem(credentials.issueTicket('viewer'))?.cookie ?? '';
    clock.now = 12 * 3_600_000 - 1;
    assert.equal(credentials.roleOfCookie(cookie), 'viewer');
    clock.now++;
    assert.equal(credentials.roleOfCookie(cookie), undefined);
  });
  it('keep a bounded number of tickets: the newest', () => {
    const { credentials } = setUp();
    const tickets = Array.from({ length: 20 }, () => credentials.issueTicket('viewer'));
    assert.equal(tickets.filter((ticket) => credentials.redeem(ticket)).length, 16);
  });

  it('a crowd that may look pushes out nobody who may act, neither ticket nor login', () => {
    const { credentials } = setUp();
    const ticket = credentials.issueTicket('operator');
    for (let n = 0; n < 100; n++) credentials.issueTicket('viewer');
    const login = credentials.redeem(ticket);
    assert.equal(login?.role, 'operator');
    for (let n = 0; n < 100; n++) credentials.redeem(credentials.issueTicket('viewer'));
    assert.equal(credentials.roleOfCookie(login?.cookie ?? ''), 'operator');
  });
});

describe('access', () => {
  const { credentials } = setUp();
  const viewerCookie = credentials.redeem(credentials.issueTicket('viewer'))?.cookie ?? '';
  const cookie = `${cookieName(port)}=${viewerCookie}`;
  const origin = `http://${host}`;
  const bearer = 'Bearer viewer-token';

  interface Case {
    readonly name: string;
    readonly headers: AskedAccess['headers'];
    readonly expected: string;
    readonly hostCount?: number;
    readonly acts?: true;
  }
  const cases: readonly Case[] = [
    { name: 'a tool', headers: { host, authorization: bearer }, expected: 'viewer' },
    {
      name: 'a tool that says localhost',
      headers: { host: `localhost:${port}`, authorization: bearer },
      expected: 'viewer',
    },
    { name: 'an operator', headers: { host, authorization: 'bearer operator-token' }, expected: 'operator' },
    { name: 'nobody', headers: { host }, expected: 'token' },
    { name: 'a wrong token', headers: { host, authorization: 'Bearer nope' }, expected: 'token' },
    { name: 'another scheme', headers: { host, authorization: 'Basic viewer-token' }, expected: 'token' },
    { name: 'no scheme', headers: { host, authorization: 'viewer-token' }, expected: 'token' },
    {
      name: 'a very long token',
      headers: { host, authorization: `Bearer ${'x'.repeat(5000)}` },
      expected: 'token',
    },
    {
      name: 'a wrong token beside a good cookie',
      headers: { host, authorization: 'Bearer nope', cookie, origin },
      expected: 'token',
    },
    { name: 'another host', headers: { host: 'evil.example', authorization: bearer }, expected: 'host' },
    {
      name: 'another host with our port',
      headers: { host: `evil.example:${port}`, authorization: bearer },
      expected: 'host',
    },
    { name: 'another port', headers: { host: '127.0.0.1:1', authorization: bearer }, expected: 'host' },
    { name: 'no port', headers: { host: '127.0.0.1', authorization: bearer }, expected: 'host' },
    {
      name: 'a host that goes on',
      headers: { host: `${host}.evil.example`, authorization: bearer },
      expected: 'host',
    },
    { name: 'two hosts', headers: { host, authorization: bearer }, hostCount: 2, expected: 'host' },
    { name: 'no host', headers: { authorization: bearer }, hostCount: 0, expected: 'host' },
    {
      name: 'a foreign origin with a token',
      headers: { host, authorization: bearer, origin: 'http://evil.example' },
      expected: 'origin',
    },
    { name: 'the origin null', headers: { host, authorization: bearer, origin: 'null' }, expected: 'origin' },
    {
      name: 'the origin of another port',
      headers: { host, cookie, origin: 'http://127.0.0.1:1' },
      expected: 'origin',
    },
    { name: 'our origin as https', headers: { host, cookie, origin: `https://${host}` }, expected: 'origin' },
    {
      name: 'localhost as origin of 127.0.0.1',
      headers: { host, cookie, origin: `http://localhost:${port}` },
      expected: 'origin',
    },
    { name: 'a browser that reads', headers: { host, cookie }, expected: 'viewer' },
    {
      name: 'a browser that reads among other cookies',
      headers: { host, cookie: `a=b; ${cookie}; c` },
      expected: 'viewer',
    },
    { name: 'a browser that acts', headers: { host, cookie, origin }, acts: true, expected: 'viewer' },
    {
      name: 'a browser that acts and says not from where',
      headers: { host, cookie },
      acts: true,
      expected: 'origin',
    },
    {
      name: 'a page of another port that has an image of us',
      headers: { host, cookie, 'sec-fetch-site': 'same-site' },
      expected: 'origin',
    },
    {
      name: 'a page of elsewhere',
      headers: { host, cookie, 'sec-fetch-site': 'cross-site' },
      expected: 'origin',
    },
    {
      name: 'an address that was typed',
      headers: { host, cookie, 'sec-fetch-site': 'none' },
      expected: 'viewer',
    },
    {
      name: 'the cookie of another hub',
      headers: { host, cookie: `${cookieName(1)}=${viewerCookie}` },
      expected: 'token',
    },
    {
      name: 'a token as cookie',
      headers: { host, cookie: `${cookieName(port)}=viewer-token` },
      expected: 'token',
    },
  ];
  for (const { name, headers, expected, hostCount = 1, acts } of cases)
    it(`${name}: ${expected}`, () => {
      const { role, refused } = checkAccess({ headers, hostCount, isPlainRead: !acts }, port, credentials);
      assert.equal(role ?? refused, expected);
    });
});
