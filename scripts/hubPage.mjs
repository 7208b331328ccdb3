// Makes docs/hub.md: how to use the hub, and tables of its limits, messages, errors and figures from the code and the schema.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import esbuild from 'esbuild';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** What the tables are made of. */
async function loadHub() {
  const { outputFiles } = await esbuild.build({
    absWorkingDir: root,
    stdin: {
      contents: `export { limitTable } from './src/hub/limits.ts';
export { errorHelp, socketRoutes } from './src/hub/contract.ts';
export { newCounts } from './src/hub/counts.ts';
export { measuresOf } from './src/hub/metrics.ts';`,
      resolveDir: root,
      loader: 'ts',
    },
    bundle: true,
    platform: 'node',
    format: 'esm',
    // The text format is the library's business, and no figure is shown here.
    plugins: [
      {
        name: 'without-library',
        setup(build) {
          build.onResolve({ filter: /^prom-client$/ }, () => ({ path: 'prom-client', namespace: 'none' }));
          build.onLoad({ filter: /./, namespace: 'none' }, () => ({ contents: 'export class Registry {}' }));
        },
      },
    ],
    write: false,
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}

const table = (head, rows) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** Of a place in the schema, in a few words. */
function kindOf(schema, definitions) {
  if (schema.$ref) return kindOf(definitions[schema.$ref.split('/').at(-1)], definitions);
  if (schema.const !== undefined) return `\`${schema.const}\``;
  if (schema.enum) return schema.enum.map((value) => `\`${value}\``).join(' ');
  if (schema.type === 'array') return `list of ${kindOf(schema.items, definitions)}`;
  return schema.type;
}

function messageRows(union, { definitions }) {
  return definitions[union].anyOf.map(({ $ref }) => {
    const { description, properties, required } = definitions[$ref.split('/').at(-1)];
    const fields = Object.entries(properties)
      .filter(([name]) => name !== 'type' && name !== 'correlation_id')
      .map(
        ([name, schema]) =>
          `\`${name}${required.includes(name) ? '' : '?'}\`: ${kindOf(schema, definitions)}`,
      );
    return [kindOf(properties.type, definitions), fields.join('<br>') || 'nothing more', description];
  });
}

/** Every figure, from measures of which each has something in it. */
function figureRows({ measuresOf, newCounts }) {
  const counts = newCounts();
  counts.errorsSent.set('', 1);
  counts.ended.set('', 1);
  counts.requestsCut.set('', 1);
  const histogram = { bounds: [], counts: [], sum: 0, count: 0 };
  const orZero = (values) => new Proxy(values, { get: (given, name) => given[name] ?? 0 });
  const core = orZero({
    lost: orZero({}),
    hooks: orZero({}),
    verdicts: { allow: 0 },
    latency: histogram,
    sessions: { '': 0 },
  });
  const now = orZero({ marks: { sync: { '': 0 }, health: { '': 0 } } });
  return measuresOf(counts, core, now).map(({ name, type, help, samples = [] }) => [
    `\`${name}\``,
    type,
    Object.keys(samples[0]?.labels ?? {}).join(', '),
    help,
  ]);
}

export async function hubPage() {
  const hub = await loadHub();
  const schema = JSON.parse(readFileSync(path.join(root, 'schemas/ws-messages.schema.json'), 'utf8'));
  const sockets = Object.entries(hub.socketRoutes).map(
    ([route, { first, may }]) =>
      `| \`WS ${route}\` | viewer | ${first.join(', ')}; may have ${may.join(', ')} |`,
  );
  const limits = Object.entries(hub.limitTable).map(([name, [usual, least, meaning]]) => [
    `\`${name}\``,
    usual,
    least,
    meaning,
  ]);
  return `<!-- Made by scripts/hubPage.mjs (run scripts/docs.mjs). Do not edit. -->
# The hub

The hub takes in what the hooks of all sessions tell, keeps it in a journal, and serves it live: over WebSocket and HTTP, on
127.0.0.1 alone, to whoever has one of its tokens. One runs per workspace.

\`\`\`sh
native-orchestrator hub                  # runs it until Ctrl-C; its log goes to standard error, a JSON object a line
native-orchestrator hub status           # how it is; exit code 1 when something is wrong
native-orchestrator hub open             # an address for your browser, good once and for 30 seconds
native-orchestrator hub open --operator  # the same, and the browser may act
native-orchestrator hub --standby        # waits while another one runs, and takes over when that ends
native-orchestrator hub --port 9464 --token-file ~/.config/scrape.token    # for a scraper, which needs a fixed place
native-orchestrator hub --limits connections=20,frameBytes=16384
\`\`\`

## In the editor

*Agents: Start Hub* runs it in a window, *Agents: Stop Hub* ends it there, and with the setting \`nativeOrchestrator.hub\` each
window wants to be the hub of its folders. One is; the others show what that one tells, and one of them takes over when it ends. *Agents: Copy
Hub Address* puts what \`hub open\` prints into the clipboard. Where the window works on another machine (SSH, a container), it
has the port forwarded first; the hub answers to its own port alone, so where that is not free here, it says how to get it. The hub's log is in the output channel *Native Orchestrator*. Tree and
status bar take the state of sessions from the hub that runs for the folder, wherever it does, and from the files when none does; they
say the same either way.

## Who gets in

Each start makes two tokens, for a *viewer*, who can look, and for an *operator*, who can act as well. They lie beside
\`hub.json\`, which has the port, in the folder \`hub\` of this workspace's folder in the state directory: \`viewer.token\` and
\`operator.token\`, readable by you alone. A session is given neither. An agent without a sandbox runs as you, though, and could
read them; with the sandbox it cannot.

- **Tools** send \`Authorization: Bearer <token>\`. A token in an address does not count.
- **A browser** opens what \`hub open\` prints. The page there posts the ticket that is behind the \`#\`, which no server and no log
  sees, and gets a cookie: \`HttpOnly\`, \`SameSite=Strict\`, for twelve hours or until the hub ends. It counts from the hub's own
  pages alone.
- Requests whose \`Host\` is not \`127.0.0.1:<port>\` or \`localhost:<port>\`, or whose \`Origin\` is another, are refused with 403,
  whatever token they have; without a token that is good it is 401, for what there is and for what there is not.
- A browser sends a cookie to every port of 127.0.0.1. The hub takes it from nobody else, but another server of this machine
  that you visit could see it. Log in where you trust what else you run.

A scraper such as Prometheus uses \`--token-file\`: the token in it (written if there is no such file) is one more of a viewer, and
stays the same from start to start.

\`\`\`yaml
scrape_configs:
  - job_name: native-orchestrator
    authorization: { credentials_file: /home/me/.config/scrape.token }
    static_configs: [{ targets: ['127.0.0.1:9464'] }]
\`\`\`

## Routes

| route | needs | what it is |
| --- | --- | --- |
| \`GET /health\` | viewer | \`status\` is \`ok\` or \`degraded\`, with \`complaints\` by code; epoch and sequence number of the journal; what was lost |
| \`GET /metrics\` | viewer | all figures as Prometheus text |
| \`GET /api/dashboard/metrics/websockets\` | viewer | the same figures as JSON |
| \`GET /api/dashboard/websocket/stats\` | viewer | every connection: its route, role, subscriptions, counts and queue |
| \`GET /api/dashboard/websocket/health\` | viewer | whether clients keep up and there is room for more |
| \`GET /api/dashboard/websocket/limits\` | viewer | the limits that are in force, and how often each was met |
| \`GET /api/dashboard/websocket/contract\` | viewer | versions, the policy on changes, groups, types and codes |
| \`POST /api/dashboard/websocket/broadcast\` | operator | \`{"subscription": "system", "data": {…}}\`: an event to all who subscribe, through the journal |
| \`POST /api/dashboard/websocket/disconnect/<id>\` | operator | ends a connection |
| \`GET /\` | viewer | says that there is no dashboard page yet |
| \`GET /login\`, \`POST /login\` | nothing | the login page, which has no data; a ticket for a cookie |
| \`POST /login/ticket\` | viewer | \`{"role": "viewer"}\`: a ticket for at most one's own role |
${sockets.join('\n')}

The query of a WebSocket: \`subscriptions=agents,tasks\` for other groups than those that come by themselves, \`since=<epoch>:<seq>\`
for all that happened after an event that one has. Errors are \`{"error": {"code", "message"}}\`.

## Messages

One JSON object to a text frame, in both directions as [schemas/ws-messages.schema.json](../schemas/ws-messages.schema.json) says.
\`correlation_id\` is on every frame of the hub: a reply has that of its request, if that had one, everything else a fresh one. An event
has the same for all who get it.

### What a client sends

${table(['type', 'fields', 'meaning'], messageRows('clientMessage', schema))}

### What the hub sends

${table(['type', 'fields', 'meaning'], messageRows('serverMessage', schema))}

An \`…_update\` says how something is, and makes the earlier ones about the same agent superfluous; an \`…_event\` says that something
happened. To miss nothing: remember the \`epoch\` of the greeting and the \`seq\` of the last event, and come back with
\`since=<epoch>:<seq>\`. Where \`replay\` is \`unavailable\`, ask for the present state by \`request_data\`. A group that nothing tells of
now is answered with \`data_error\`, and stays subscribed to.

**Versions.** This is 1.0. There is no breaking change without a new major version; a later 1.x may add types, fields, groups and
codes, so ignore what you do not know.

## Errors

Programs read the code; the message is for people.

${table(
  ['code', 'meaning'],
  Object.entries(hub.errorHelp).map(([code, help]) => [`\`${code}\``, help]),
)}

HTTP has three more: \`not_found\` (404), \`method_not_allowed\` (405) and \`upgrade_required\` (426, a WebSocket route that was asked for as
a page). The hub closes with 1001 when it ends, 1000 when an operator says so, 1009 after a frame that is too large, and 1013 when a
client does not keep up.

## Limits

${table(['limit', 'usually', 'at least', 'meaning'], limits)}

A message is charged before anything of it is read. A client that does not keep up is never waited for: of what waits for it, updates
that are superfluous are dropped first, then the oldest updates; events are not dropped. Who finds the queue full too often in a row
gets \`disconnect_notice\` with \`backpressure\`, and comes back with \`since\`. A client that is silent but answers pings stays.

## Figures

Times in seconds, sizes in bytes. Each was counted or measured; what nobody measured is absent.

${table(['figure', 'type', 'by', 'meaning'], figureRows(hub))}

## The log

\`--log-level\` is \`error\`, \`warn\`, \`info\` (the usual one) or \`debug\`, which has every message by its type. A line has the time, the
level, the event, and what of these it is about: connection, correlation id, type, route by its pattern, code, reason. No token,
ticket, address, prompt or file content is ever in it.

## The audit log

\`audit.jsonl\` in the workspace's folder of the state directory gets a line for each command, on the command line or in the editor, that
changes files or sessions, for each control, broadcast and disconnection that an operator asks the hub for, and for each hub that starts
and ends. It says what, about which agents, by which of the three and process, in whose session, and what came of it; never a
prompt. It is only appended to. An agent without a sandbox can write there as you can: it is honest, not proof against tampering.
`;
}
