// A client of the hub: what it tells of sessions, all of them first and then each that changed, until it is gone.
import { WebSocket } from 'ws';
import type { Discovery } from './discovery.ts';
import type { JsonObject } from './hubEvent.ts';

/** Milliseconds for the hub to let us in, and between two questions whether it is there. */
const openMs = 2000;
const askEveryMs = 1500;
/** Milliseconds after which the state is asked for again where the hub has not looked at the sessions itself yet. */
const againMs = 150;
/** Bytes of one frame that are taken: the state of some ten thousand agents. */
const mostBytes = 16 * 1024 * 1024;

export interface HubFeedOptions {
  readonly port: Discovery['port'];
  /** Of a viewer. */
  readonly token: string;
  /** Every session there is. Called once at the beginning, and after each `ask`. */
  readonly onAll: (agents: readonly unknown[]) => void;
  /** One session that is another than before. */
  readonly onOne: (agent: unknown) => void;
  /** Called once, and nothing after it: the hub closed, died, or does not answer. Not called after `dispose`. */
  readonly onEnd: (why: string) => void;
}

export interface HubFeed {
  /** Asks for all sessions as they are now. False when there is no answer within `ms`. */
  ask(ms: number): Promise<boolean>;
  dispose(): void;
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Follows a hub. Whoever has its port and is not the hub gets the token: look first whether the hub's process lives. */
export function followHub({ port, token, onAll, onOne, onEnd }: HubFeedOptions): HubFeed {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/api/dashboard/ws/agents`, {
    headers: { authorization: `Bearer ${token}` },
    handshakeTimeout: openMs,
    maxPayload: mostBytes,
    perMessageDeflate: false,
  });
  const waiting = new Set<() => void>();
  let isOver = false;
  let isHeard = true;
  let again: NodeJS.Timeout | undefined;

  const request = (): void => {
    if (socket.readyState === WebSocket.OPEN)
      socket.send(JSON.stringify({ type: 'request_data', data_type: 'agent_status' }));
  };
  const end = (why: string | undefined): void => {
    if (isOver) return;
    isOver = true;
    clearInterval(beat);
    clearTimeout(again);
    socket.terminate();
    for (const settle of waiting) settle();
    if (why !== undefined) onEnd(why);
  };
  const take = (message: JsonObject): void => {
    switch (message.type) {
      case 'connection_established':
        // A later 1.x may tell more; what another one means nobody here knows.
        if (/^1\./.test(String(message.contract_version))) request();
        else end(`it speaks version ${String(message.contract_version).slice(0, 32)}`);
        return;
      case 'data_response': {
        const agents = isObject(message.data) ? message.data.agents : undefined;
        if (message.data_type !== 'agent_status' || !Array.isArray(agents)) return;
        onAll(agents);
        for (const settle of waiting) settle();
        return;
      }
      case 'data_error':
      case 'error':
        // It has not looked at the sessions itself yet, or was asked too often.
        if (message.data_type !== 'agent_status' && message.code !== 'rate_limited') return;
        clearTimeout(again);
        again = setTimeout(request, Math.max(againMs, Number(message.retry_after_ms) || 0));
        return;
      case 'agent_update':
        onOne(message.data);
        return;
      default:
        return;
    }
  };
  // A hub that was halted keeps its connections.
  const beat = setInterval(() => {
    if (!isHeard) return end('it does not answer');
    isHeard = false;
    if (socket.readyState === WebSocket.OPEN) socket.ping();
  }, askEveryMs);
  beat.unref();

  socket.on('message', (bytes) => {
    isHeard = true;
    let message: unknown;
    try {
      message = JSON.parse(String(bytes));
    } catch {
      return;
    }
    if (isObject(message) && !isOver) take(message);
  });
  socket.on('pong', () => {
    isHeard = true;
  });
  socket.on('ping', () => {
    isHeard = true;
  });
  socket.on('error', (error) => end(error.message));
  socket.on('close', () => end('it closed'));

  return {
    async ask(ms) {
      if (isOver || socket.readyState !== WebSocket.OPEN) return false;
      return new Promise((resolve) => {
        const settle = (): void => {
          clearTimeout(timer);
          waiting.delete(settle);
          resolve(!isOver);
        };
        const timer = setTimeout(() => {
          waiting.delete(settle);
          resolve(false);
        }, ms);
        waiting.add(settle);
        request();
      });
    },
    dispose: () => end(undefined),
  };
}
