// The pages of the hub: the login page, which turns the ticket of an address into a cookie, and the one that says what there
// is. Static, without data; what they may load and do is pinned by hash.
import { createHash } from 'node:crypto';
import { apiPath } from './contract.ts';

const script = `
const shown = document.querySelector('p');
const ticket = location.hash.slice(1);
history.replaceState(null, '', '/login');
const say = (text) => { shown.textContent = text; };
if (ticket === '') say('There is no ticket in the address. Run: native-orchestrator hub open');
else fetch('/login', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ ticket }) })
  .then((answer) => {
    if (answer.ok) location.replace('/');
    else say('The ticket was used already, or is too old. Run again: native-orchestrator hub open');
  }, () => say('The hub does not answer.'));
`;

const style =
  'body{font:16px/1.5 system-ui,sans-serif;margin:4rem auto;max-width:40rem;padding:0 1rem;color-scheme:light dark}';
const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

const page = (body: string, code = ''): string =>
  `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Native Orchestrator hub</title><style>${style}</style></head>
<body>
<h1>Native Orchestrator hub</h1>
${body}
${code === '' ? '' : `<script>${code}</script>\n`}</body>
</html>
`;

export const loginPage = page('<p>Logging in…</p>', script);

/** What GET / says until there is a dashboard. */
export const startPage = page(`<p>You are logged in. There is no dashboard page yet.</p>
<p>What the hub tells: <a href="/health">health</a>, <a href="/metrics">metrics</a>,
<a href="${apiPath}/websocket/stats">connections</a>, <a href="${apiPath}/websocket/limits">limits</a>,
<a href="${apiPath}/websocket/contract">contract</a>.</p>`);

/** Nothing loads but what is in the page; nobody may frame it. */
export const pagePolicy = `default-src 'none'; style-src ${hashOf(style)}; script-src ${hashOf(script)}; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
