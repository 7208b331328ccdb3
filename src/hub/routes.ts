// What the hub answers to each HTTP request, once it is known who asks. WebSockets are in server.ts.
import type { IncomingMessage } from 'node:http';
import type { Role } from '../protocol/wsMessages.generated.ts';
import { cookieName } from './access.ts';
import type { Audit } from './answers.ts';
import type { Connections } from './connections.ts';
import { apiPath, contract, contractVersion, socketRoutes } from './contract.ts';
import { countOne, type HubCounts } from './counts.ts';
import type { Credentials } from './credentials.ts';
import { BodyError, errorAnswer, type HttpAnswer, jsonAnswer, readBody } from './httpAnswer.ts';
import type { HubCore } from './hubCore.ts';
import { type EventType, type Group, groups, type JsonObject } from './hubEvent.ts';
import { type Limits, limitTable } from './limits.ts';
import { loginPage, pagePolicy, startPage } from './loginPage.ts';
import { type Measure, metricsJson, metricsType, prometheusText } from './metrics.ts';

export interface RoutesOptions {
  readonly core: HubCore;
  readonly connections: Connections;
  readonly credentials: Credentials;
  readonly counts: HubCounts;
  readonly limits: Limits;
  readonly port: () => number;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly now: () => string;
  readonly measures: () => Promise<readonly Measure[]>;
  readonly audit?: Audit;
}

export interface Asked {
  readonly request: IncomingMessage;
  readonly method: string;
  /** As it was sent, without the query. It is compared, never resolved. */
  readonly path: string;
}

/** One route. `name` is for logs: no part of it comes from the request. */
export interface Route {
  readonly name: string;
  readonly needs: Role | 'nothing';
  readonly answer: (asked: Asked, role: Role) => Promise<HttpAnswer> | HttpAnswer;
}

type Found = Route | { readonly missing: HttpAnswer };

const socketPath = `${apiPath}/websocket`;
const idPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const eventTypes: Readonly<Record<Group, EventType>> = {
  agents: 'agent_event',
  coordination: 'coordination_event',
  tasks: 'task_event',
  system: 'system_event',
  alerts: 'critical_alert',
};

const pageAnswer = (body: string): HttpAnswer => ({
  status: 200,
  type: 'text/html; charset=utf-8',
  body,
  headers: { 'content-security-policy': pagePolicy },
});

/** What keeps the hub from doing all that it should, as codes; empty when nothing does. */
export function complaintsOf(core: HubCore): readonly string[] {
  const { journalError, lost, spoolsUnreadable } = core.figures();
  return [
    ...(journalError === undefined ? [] : [`journal_unwritable:${journalError}`]),
    ...(lost.unwritten + lost.vanished + lost.broken > 0 ? ['events_lost'] : []),
    ...(spoolsUnreadable > 0 ? ['spools_unreadable'] : []),
  ];
}

export interface Routes {
  find(method: string, path: string): Found;
}

export function createRoutes(options: RoutesOptions): Routes {
  const { core, connections, credentials, counts, limits, port, startedAt, now, measures, audit } = options;

  const health = (): HttpAnswer => {
    const complaints = complaintsOf(core);
    const { lost } = core.figures();
    return jsonAnswer({
      status: complaints.length === 0 ? 'ok' : 'degraded',
      complaints,
      lost,
      contract_version: contractVersion,
      epoch: core.epoch,
      seq: core.seq,
      started_at: startedAt,
      server_time: now(),
      connections: connections.size,
    });
  };

  const stats = (): HttpAnswer =>
    jsonAnswer({
      server_time: now(),
      total: {
        connections: connections.size,
        opened: counts.connectionsOpened,
        ended: Object.fromEntries(counts.ended),
        messages_sent: counts.messagesSent,
        messages_received: counts.messagesReceived,
        bytes_sent: counts.bytesSent,
        bytes_received: counts.bytesReceived,
      },
      connections: [...connections.all].map((each) => ({
        connection_id: each.id,
        route: each.route,
        role: each.role,
        opened_at: each.openedAt,
        subscriptions: [...each.subscriptions],
        is_replaying: each.isReplaying,
        messages_sent: each.sent,
        messages_received: each.received,
        messages_dropped: each.dropped,
        queue_messages: each.queued.messages,
        queue_bytes: each.queued.bytes,
      })),
    });

  const socketHealth = (): HttpAnswer => {
    const isFull = connections.size >= limits.connections;
    const behind = [...connections.all].filter(({ queued }) => queued.messages > limits.queueMessages / 2);
    return jsonAnswer({
      status: isFull || behind.length > 0 ? 'degraded' : 'ok',
      complaints: [
        ...(isFull ? ['no_room_for_connections'] : []),
        ...(behind.length > 0 ? ['clients_behind'] : []),
      ],
      server_time: now(),
      connections: connections.size,
      clients_behind: behind.length,
      send_failures: counts.sendFailures,
      dropped: { rate: counts.droppedRate, backpressure: counts.droppedBackpressure },
    });
  };

  const limitsAnswer = (): HttpAnswer =>
    jsonAnswer({
      limits: Object.fromEntries(
        Object.entries(limits).map(([name, value]) => {
          const [usual, , meaning] = limitTable[name as keyof Limits];
          return [name, { value, usual, meaning }];
        }),
      ),
      counters: {
        dropped_rate: counts.droppedRate,
        dropped_backpressure: counts.droppedBackpressure,
        connections_refused: counts.connectionsRefused,
        errors_sent: Object.fromEntries(counts.errorsSent),
        disconnections: Object.fromEntries(counts.ended),
        requests_cut: Object.fromEntries(counts.requestsCut),
      },
    });

  async function broadcast({ request }: Asked): Promise<HttpAnswer> {
    const { subscription = 'system', data } = await readBody(request, limits.frameBytes);
    const group = groups.find((each) => each === subscription);
    if (group === undefined)
      return errorAnswer('invalid_subscription', `subscription is one of ${groups.join(', ')}.`);
    if (typeof data !== 'object' || data === null || Array.isArray(data))
      return errorAnswer('invalid_json', 'data is a JSON object: what the subscribers get.');
    const recipients = [...connections.all].filter(({ subscriptions }) => subscriptions.has(group)).length;
    const event = await core.publish?.({
      group,
      type: eventTypes[group],
      isCoalescible: false,
      data: data as JsonObject,
    });
    if (event === undefined) return errorAnswer('unavailable', 'The journal cannot be written now.');
    audit?.({ action: 'broadcast', outcome: 'done', details: { subscription: group, seq: event.seq } });
    return jsonAnswer({ ok: true, subscription: group, seq: event.seq, recipients });
  }

  function disconnect({ path }: Asked): HttpAnswer {
    const id = path.slice(`${socketPath}/disconnect/`.length);
    const connection = connections.find(id);
    if (connection === undefined) return errorAnswer('not_found', 'There is no such connection.');
    connection.disconnect('operator');
    audit?.({ action: 'disconnect', outcome: 'done', details: { connection: id } });
    return jsonAnswer({ ok: true, connection_id: id });
  }

  async function login({ request }: Asked): Promise<HttpAnswer> {
    // A page of the hub's own alone may log in; where it came from has been looked at, if it says so.
    if (request.headers.origin === undefined)
      return errorAnswer('forbidden_origin', 'The login page of the hub logs in.');
    const { ticket } = await readBody(request, 1024);
    const redeemed = typeof ticket === 'string' ? credentials.redeem(ticket) : undefined;
    if (redeemed === undefined) {
      counts.tokenDenied++;
      return errorAnswer('unauthorized', 'The ticket was used, is too old, or never was one.');
    }
    const cookie = `${cookieName(port())}=${redeemed.cookie}; Path=/; HttpOnly; SameSite=Strict; Max-Age=43200`;
    return { ...jsonAnswer({ ok: true, role: redeemed.role }), headers: { 'set-cookie': cookie } };
  }

  async function ticket({ request }: Asked, role: Role): Promise<HttpAnswer> {
    const { role: wanted = 'viewer' } = await readBody(request, 1024);
    if (wanted !== 'viewer' && wanted !== 'operator')
      return errorAnswer('invalid_json', 'role is viewer or operator.');
    if (wanted === 'operator' && role !== 'operator')
      return errorAnswer('forbidden', 'A ticket of an operator needs the token of one.');
    return jsonAnswer({ ticket: credentials.issueTicket(wanted), expires_in_ms: limits.ticketMs });
  }

  const viewer = (answer: Route['answer']): Omit<Route, 'name'> => ({ needs: 'viewer', answer });
  const operator = (answer: Route['answer']): Omit<Route, 'name'> => ({ needs: 'operator', answer });
  const open = (answer: Route['answer']): Omit<Route, 'name'> => ({ needs: 'nothing', answer });

  const table: Readonly<Record<string, Readonly<Record<string, Omit<Route, 'name'>>>>> = {
    '/': { GET: viewer(() => pageAnswer(startPage)) },
    '/login': { GET: open(() => pageAnswer(loginPage)), POST: open(login) },
    '/login/ticket': { POST: viewer(ticket) },
    '/health': { GET: viewer(health) },
    '/metrics': {
      GET: viewer(async () => ({
        status: 200,
        type: metricsType,
        body: await prometheusText(await measures()),
      })),
    },
    [`${apiPath}/metrics/websockets`]: {
      GET: viewer(async () => jsonAnswer({ server_time: now(), metrics: metricsJson(await measures()) })),
    },
    [`${socketPath}/stats`]: { GET: viewer(stats) },
    [`${socketPath}/health`]: { GET: viewer(socketHealth) },
    [`${socketPath}/limits`]: { GET: viewer(limitsAnswer) },
    [`${socketPath}/contract`]: { GET: viewer(() => jsonAnswer(contract)) },
    [`${socketPath}/broadcast`]: { POST: operator(broadcast) },
    [`${socketPath}/disconnect/{id}`]: { POST: operator(disconnect) },
  };

  function nameOf(path: string): string | undefined {
    if (Object.hasOwn(table, path) && !path.endsWith('{id}')) return path;
    const start = `${socketPath}/disconnect/`;
    return path.startsWith(start) && idPattern.test(path.slice(start.length)) ? `${start}{id}` : undefined;
  }

  return {
    find(method, path) {
      const name = nameOf(path);
      const methods = name === undefined ? undefined : table[name];
      if (name === undefined || methods === undefined)
        return {
          missing: Object.hasOwn(socketRoutes, path)
            ? errorAnswer('upgrade_required', 'This is a WebSocket route.', { upgrade: 'websocket' })
            : errorAnswer('not_found', 'There is no such route.'),
        };
      const route = Object.hasOwn(methods, method) ? methods[method] : undefined;
      if (route === undefined)
        return {
          missing: errorAnswer('method_not_allowed', 'Not with this method.', {
            allow: Object.keys(methods).join(', '),
          }),
        };
      return { name: `${method} ${name}`, ...route };
    },
  };
}

/** The answer of a route. What went wrong with the body is said by code. */
export async function answerOf(
  route: Route,
  asked: Asked,
  role: Role,
  { errorsSent }: HubCounts,
): Promise<HttpAnswer> {
  try {
    return await route.answer(asked, role);
  } catch (error) {
    if (!(error instanceof BodyError)) throw error;
    countOne(errorsSent, error.code);
    return errorAnswer(error.code, error.message);
  }
}
