// The hub's server on the loopback: answers nobody without a credential, HTTP by routes.ts and WebSockets by answers.ts.
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import { UserError } from '../findings/userError.ts';
import type { ErrorCode, Role } from '../protocol/wsMessages.generated.ts';
import { type Access, checkAccess, checkSource } from './access.ts';
import { type Audit, createAnswers } from './answers.ts';
import { Connection } from './connection.ts';
import { Connections } from './connections.ts';
import { socketRoutes } from './contract.ts';
import { type CutReason, countOne, newCounts } from './counts.ts';
import { Credentials } from './credentials.ts';
import { errorAnswer, type HttpAnswer, refuseUpgrade, sendAnswer } from './httpAnswer.ts';
import type { Controls, HubCore } from './hubCore.ts';
import { type Group, groups } from './hubEvent.ts';
import type { HubLog } from './hubLog.ts';
import type { Limits } from './limits.ts';
import { type AgentMarks, measuresOf, RateMeter } from './metrics.ts';
import { answerOf, createRoutes } from './routes.ts';

/** The one address that is ever bound. */
const loopback = '127.0.0.1';
/** Connections that have not said yet what they want, beside those of WebSockets. */
const otherConnections = 64;
const sampleEveryMs = 5_000;

export interface HubServerOptions {
  readonly core: HubCore;
  /** Absent where nothing can be started or stopped from here. */
  readonly controls?: Controls;
  /** 0: any that is free. */
  readonly port: number;
  readonly viewerTokens: readonly string[];
  readonly operatorToken: string;
  readonly limits: Limits;
  readonly log: HubLog;
  readonly audit?: Audit;
  /** How many agents are in which state; undefined while that is unknown. */
  readonly marks?: () => AgentMarks | undefined | Promise<AgentMarks | undefined>;
  /** Gets what was thrown and should not have been. */
  readonly onBug: (error: unknown) => void;
}

export interface HubServer {
  readonly port: number;
  /** `http://127.0.0.1:<port>`. */
  readonly address: string;
  /** Tells every client, closes all, and frees the port. */
  close(): Promise<void>;
}

/** Lets us say why before the library closes a connection for a frame that it refuses. */
class HubSocket extends WebSocket {
  beforeClose: ((code: number) => void) | undefined;

  override close(code?: number, reason?: string | Buffer): void {
    if (code !== undefined) this.beforeClose?.(code);
    super.close(code, reason);
  }
}

const refusals = {
  host: () => errorAnswer('forbidden_origin', 'The Host is not this hub.'),
  origin: () => errorAnswer('forbidden_origin', 'The Origin is not this hub.'),
  token: () => errorAnswer('unauthorized', 'This needs a token of this hub, as Authorization: Bearer.'),
} as const;

const cutReasons: Readonly<Record<string, CutReason>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'slow',
  HPE_HEADER_OVERFLOW: 'head_too_long',
};
const cutAnswers: Readonly<Record<CutReason, HttpAnswer>> = {
  slow: { ...errorAnswer('rate_limited', 'The request did not come to its end in time.'), status: 408 },
  head_too_long: { ...errorAnswer('too_large', 'The head of the request is too long.'), status: 431 },
  malformed: errorAnswer('invalid_json', 'This is no HTTP.'),
};

/** What a WebSocket's query asks for: its groups, and from where on; or why not. */
function wishesOf(
  query: string,
  route: { readonly may: readonly Group[]; readonly first: readonly Group[] },
  limits: Limits,
):
  | { readonly subscriptions: readonly Group[]; readonly since: string | null; readonly bad?: never }
  | { readonly bad: readonly [code: ErrorCode, message: string] } {
  const parameters = new URLSearchParams(query);
  const since = parameters.get('since');
  const given = parameters.get('subscriptions');
  if (given === null) return { subscriptions: route.first, since };
  const names = given.split(',').filter((name) => name !== '');
  if (names.length > limits.subscriptions)
    return { bad: ['too_many_subscriptions', `At most ${limits.subscriptions} groups.`] };
  const subscriptions = route.may.filter((group) => names.includes(group));
  if (names.some((name) => !route.may.some((group) => group === name)))
    return { bad: ['invalid_subscription', `This route has ${route.may.join(', ')}.`] };
  return { subscriptions, since };
}

/** Listens on the loopback. @throws UserError when the port cannot be had. The caller closes it. */
export async function createHubServer(options: HubServerOptions): Promise<HubServer> {
  const { core, limits, log, onBug, marks } = options;
  const now = (): string => new Date().toISOString();
  const clock = (): number => performance.now();
  const startedAt = now();
  const startedClock = clock();
  const counts = newCounts();
  const rate = new RateMeter();
  const credentials = new Credentials({ ...options, ticketMs: limits.ticketMs, now: clock });
  const connections = new Connections({ core, counts, log, wallNow: Date.now });
  const audit = options.audit === undefined ? {} : { audit: options.audit };
  const answers = createAnswers({
    core,
    limits,
    counts,
    log,
    now,
    ...audit,
    ...(options.controls === undefined ? {} : { controls: options.controls }),
  });
  let port = 0;
  let isClosing = false;

  const measures = async () => {
    const found = await marks?.();
    const queues = [...connections.all].map(({ queued }) => queued);
    const perSecond = rate.perSecond;
    return measuresOf(counts, core.figures(), {
      connections: connections.size,
      queueMessages: queues.reduce((sum, { messages }) => sum + messages, 0),
      queueBytes: queues.reduce((sum, { bytes }) => sum + bytes, 0),
      longestQueue: Math.max(0, ...queues.map(({ messages }) => messages)),
      uptimeMs: clock() - startedClock,
      ...(perSecond === undefined ? {} : { ingestRate: perSecond }),
      ...(found === undefined ? {} : { marks: found }),
    });
  };
  const routes = createRoutes({
    core,
    connections,
    credentials,
    counts,
    limits,
    port: () => port,
    startedAt,
    now,
    measures,
    ...audit,
  });

  /** Counts what was refused, and says so in the log once a second: a flood is to be seen, not to be a flood of lines. */
  const deniedAt = { host: 0, origin: 0, token: 0 };
  function denied(reason: keyof typeof refusals): HttpAnswer {
    if (reason === 'token') counts.tokenDenied++;
    else counts.originDenied++;
    if (deniedAt[reason] === 0 || clock() - deniedAt[reason] >= 1000) {
      deniedAt[reason] = clock();
      const count = reason === 'token' ? counts.tokenDenied : counts.originDenied;
      log('warn', 'denied', { reason, count });
    }
    return refusals[reason]();
  }

  const asked = (request: IncomingMessage, isPlainRead: boolean) => ({
    headers: request.headers,
    hostCount: request.headersDistinct.host?.length ?? 0,
    isPlainRead,
  });
  const pathOf = ({ url = '' }: IncomingMessage): string => url.split('?', 1)[0] ?? '';

  async function answerRequest(request: IncomingMessage): Promise<HttpAnswer> {
    const { method = '' } = request;
    const path = pathOf(request);
    const isPlainRead = method === 'GET';
    const source = checkSource(asked(request, isPlainRead), port);
    if (source !== undefined) return denied(source);
    const route = routes.find(method, path);
    const isOpen = !('missing' in route) && route.needs === 'nothing';
    const access: Access = isOpen
      ? { role: 'viewer' }
      : checkAccess(asked(request, isPlainRead), port, credentials);
    if (access.refused !== undefined) return denied(access.refused);
    if ('missing' in route) return route.missing;
    if (route.needs === 'operator' && access.role !== 'operator')
      return errorAnswer('forbidden', 'This needs the token of an operator.');
    const answer = await answerOf(route, { request, method, path }, access.role, counts);
    log('debug', 'request', { route: route.name, role: access.role, status: answer.status });
    return answer;
  }

  async function onRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let answer: HttpAnswer;
    try {
      answer = await answerRequest(request);
    } catch (error) {
      onBug(error);
      answer = { status: 500, body: '{"error":{"code":"unavailable","message":"A bug of the hub."}}\n' };
    }
    sendAnswer(request, response, answer);
  }

  const http = createServer(
    {
      headersTimeout: limits.headersMs,
      requestTimeout: Math.max(limits.headersMs, limits.requestMs),
      connectionsCheckingInterval: Math.min(1_000, limits.headersMs),
      keepAliveTimeout: 5_000,
      maxHeaderSize: 8 * 1024,
      noDelay: true,
    },
    (request, response) => void onRequest(request, response),
  );
  http.maxConnections = limits.connections + otherConnections;

  http.on('drop', () => {
    counts.connectionsRefused++;
  });
  http.on('clientError', ({ code }: NodeJS.ErrnoException, socket) => {
    // A client that went away has done nothing wrong.
    if (code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    const reason = cutReasons[code ?? ''] ?? 'malformed';
    countOne(counts.requestsCut, reason);
    refuseUpgrade(socket, cutAnswers[reason]);
  });

  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: limits.frameBytes,
    perMessageDeflate: false,
    autoPong: false,
    clientTracking: false,
    handleProtocols: () => false,
    WebSocket: HubSocket,
  });

  sockets.on('wsClientError', (_error, stream) => {
    countOne(counts.requestsCut, 'malformed');
    refuseUpgrade(stream, errorAnswer('invalid_json', 'This is no handshake of a WebSocket.'));
  });

  function onSocket(
    socket: HubSocket,
    stream: Duplex,
    path: string,
    role: Role,
    wishes: { readonly subscriptions: readonly Group[]; readonly since: string | null },
  ): void {
    const connection = new Connection({
      id: randomUUID(),
      role,
      route: path,
      may: socketRoutes[path]?.may ?? groups,
      subscriptions: wishes.subscriptions,
      socket,
      stream,
      limits,
      counts,
      log,
      now: clock,
      openedAt: now(),
    });
    const { id } = connection;
    counts.connectionsOpened++;
    connections.add(connection);
    log('info', 'connected', { connection: id, route: path, role });
    socket.beforeClose = (code) => {
      if (code !== 1009) return;
      counts.messagesReceived++;
      connection.received++;
      connection.charge();
      connection.tooLarge();
    };
    socket.on('message', (data, isBinary) => {
      // The type of the library covers other settings; with ours a message is one buffer.
      const bytes = data as Buffer;
      counts.messagesReceived++;
      counts.bytesReceived += bytes.length;
      connection.received++;
      if (!connection.charge()) return;
      if (isBinary) connection.refuse('invalid_json', 'The frame is binary; messages are text.');
      else answers.take(connection, bytes.toString('utf8'));
    });
    socket.on('ping', (data) => {
      if (connection.charge()) socket.pong(data);
    });
    socket.on('error', () => connection.ended('protocol'));
    socket.on('close', () => {
      connections.remove(connection);
      const reason = connection.endReason ?? 'client';
      countOne(counts.ended, reason);
      log('info', 'disconnected', { connection: id, reason });
    });
    const [, epoch, seq] = /^([\w-]{1,64}):(\d{1,15})$/.exec(wishes.since ?? '') ?? [];
    if (wishes.since === null) answers.greet(connection, 'none');
    else {
      const isToBeHad = connections.replay(connection, epoch ?? '', Number(seq ?? 0));
      answers.greet(connection, isToBeHad ? 'complete' : 'unavailable');
    }
    answers.tellSilent(connection, wishes.subscriptions);
  }

  function onUpgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    stream.on('error', () => stream.destroy());
    const access = checkAccess(asked(request, false), port, credentials);
    if (access.refused !== undefined) {
      refuseUpgrade(stream, denied(access.refused));
      return;
    }
    const path = pathOf(request);
    const route = Object.hasOwn(socketRoutes, path) ? socketRoutes[path] : undefined;
    if (route === undefined || request.method !== 'GET') {
      refuseUpgrade(stream, errorAnswer('not_found', 'There is no such WebSocket.'));
      return;
    }
    const wishes = wishesOf((request.url ?? '').slice(path.length), route, limits);
    if (wishes.bad !== undefined) {
      countOne(counts.errorsSent, wishes.bad[0]);
      refuseUpgrade(stream, errorAnswer(...wishes.bad));
      return;
    }
    if (isClosing) {
      // It would be told of no end, and the port would not be free before it left.
      refuseUpgrade(stream, errorAnswer('unavailable', 'The hub is ending.'));
      return;
    }
    if (connections.size >= limits.connections) {
      counts.connectionsRefused++;
      refuseUpgrade(stream, errorAnswer('unavailable', `There are ${limits.connections} connections.`));
      return;
    }
    sockets.handleUpgrade(request, stream, head, (socket) =>
      onSocket(socket, stream, path, access.role, wishes),
    );
  }
  http.on('upgrade', (request, stream, head) => {
    try {
      onUpgrade(request, stream, head);
    } catch (error) {
      onBug(error);
      stream.destroy();
    }
  });

  await new Promise<void>((resolve, reject) => {
    http.once('error', ({ code, message }: NodeJS.ErrnoException) =>
      reject(
        new UserError(
          code === 'EADDRINUSE'
            ? `Port ${options.port} is taken. Give --port another, or none for any that is free.`
            : `The hub cannot listen on ${loopback}:${options.port}: ${message}`,
        ),
      ),
    );
    http.listen(options.port, loopback, resolve);
  }).catch((error) => {
    connections.dispose();
    throw error;
  });
  http.on('error', onBug);
  port = (http.address() as AddressInfo).port;
  const pings = setInterval(() => connections.pingAll(), limits.pingEveryMs);
  const sample = (): void => rate.add(clock(), core.figures().ingested);
  sample();
  const samples = setInterval(sample, sampleEveryMs);
  log('info', 'listening', { port });

  async function close(): Promise<void> {
    isClosing = true;
    clearInterval(pings);
    clearInterval(samples);
    const closed = new Promise<void>((resolve) => http.close(() => resolve()));
    for (const connection of [...connections.all]) connection.disconnect('shutdown');
    connections.dispose();
    http.closeIdleConnections();
    const left = setTimeout(() => http.closeAllConnections(), limits.closeMs);
    await closed;
    clearTimeout(left);
    log('info', 'closed', { port });
  }

  return { port, address: `http://${loopback}:${port}`, close };
}
