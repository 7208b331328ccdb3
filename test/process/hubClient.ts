// The hub's server as a process, and clients of it: HTTP by hand, WebSockets by the library, every frame held to the schema.
import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import http from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';
import type { ServerMessage } from '../../src/protocol/wsMessages.generated.ts';
import { validateClient, validateServer } from '../../src/protocol/wsSchema.generated.ts';
import type { Order } from './hubServerProgram.ts';

const program = path.join(path.dirname(fileURLToPath(import.meta.url)), 'hubServerProgram.js');
export const dashboard = '/api/dashboard/ws/dashboard';

/** What the process tells of itself. */
export interface Told {
  readonly told: 'control' | 'audit' | 'bug';
  readonly [key: string]: unknown;
}

const running: ChildProcess[] = [];
const clients: WebSocket[] = [];

/** Ends what the tests of a file started. */
export function endHubs(): void {
  for (const socket of clients.splice(0)) socket.terminate();
  for (const child of running.splice(0)) child.kill('SIGKILL');
}

export interface HubOptions {
  readonly limits?: Readonly<Record<string, number>>;
  /** A core without sources, and no controls. */
  readonly isBare?: boolean;
  readonly port?: number;
}

/** Waits for what is so at some time, and fails loudly when it never is. */
export async function until<Value>(look: () => Value | undefined | false): Promise<Value> {
  const deadline = Date.now() + 15_000;
  for (;;) {
    const found = look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`never: ${look}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export class TestHub {
  readonly viewer = randomBytes(24).toString('base64url');
  readonly operator = randomBytes(24).toString('base64url');
  readonly told: Told[] = [];
  readonly child: ChildProcess;
  log = '';
  port = 0;
  #next = 1;
  readonly #waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();

  private constructor(child: ChildProcess) {
    this.child = child;
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.log += text;
    });
    child.on('message', (message: Record<string, unknown>) => {
      if (typeof message.id !== 'number') {
        this.told.push(message as unknown as Told);
        return;
      }
      const waiting = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      if (typeof message.error === 'string') waiting?.reject(new Error(message.error));
      else waiting?.resolve(message.result as never);
    });
  }

  static async start({ limits = {}, isBare = false, port = 0 }: HubOptions = {}): Promise<TestHub> {
    const child = fork(program, {
      execArgv: ['--expose-gc'],
      env: { PATH: '/usr/bin:/bin' },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    running.push(child);
    const hub = new TestHub(child);
    const { viewer, operator } = hub;
    const started = await hub.order<{ port: number }>({
      do: 'start',
      limits,
      viewer,
      operator,
      port,
      isBare,
    });
    hub.port = started.port;
    return hub;
  }

  order<Result>(order: Order): Promise<Result> {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.child.send({ id, order });
    });
  }

  get host(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** A client that is through the upgrade and has been greeted. */
  async connect(options: ConnectOptions = {}): Promise<TestClient> {
    const client = new TestClient(this.open(options));
    await client.next('connection_established');
    return client;
  }

  /** The socket alone, which may be refused. */
  open({ route = dashboard, query = '', token = this.viewer, headers = {} }: ConnectOptions = {}): WebSocket {
    const socket = new WebSocket(`ws://${this.host}${route}${query}`, {
      headers: { ...(token === '' ? {} : { authorization: `Bearer ${token}` }), ...headers },
    });
    clients.push(socket);
    socket.on('error', () => {});
    return socket;
  }

  /** One request, on a connection of its own. Gives what came back, whatever it is. */
  ask(method: string, url: string, options: AskOptions = {}): Promise<Answer> {
    const { token = this.viewer, headers = {}, body } = options;
    return new Promise((resolve, reject) => {
      const request = http.request(
        {
          host: '127.0.0.1',
          port: this.port,
          method,
          path: url,
          agent: false,
          headers: {
            ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
            ...headers,
          },
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (piece: string) => {
            text += piece;
          });
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              text,
              json: jsonOf(text),
            }),
          );
        },
      );
      request.on('error', reject);
      request.end(body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body));
    });
  }

  /** A figure of GET /metrics; undefined when there is none of the name. */
  async metric(name: string): Promise<number | undefined> {
    const { text } = await this.ask('GET', '/metrics');
    const line = text.split('\n').find((each) => each.startsWith(`${name} `));
    return line === undefined ? undefined : Number(line.slice(name.length + 1));
  }

  async publish(count: number, more: Partial<Extract<Order, { do: 'publish' }>> = {}): Promise<void> {
    await this.order({ do: 'publish', count, ...more });
  }
}

// biome-ignore lint/suspicious/noExplicitAny: the tests say what is in an answer, by looking
type Loose = any;

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
  readonly json: Loose;
}

function jsonOf(text: string): Loose {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export interface ConnectOptions {
  readonly route?: string;
  readonly query?: string;
  /** Empty: none. */
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface AskOptions {
  /** Empty: none. */
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** How an upgrade that is refused is answered. */
export function refused(socket: WebSocket): Promise<{ readonly status: number; readonly json: Loose }> {
  return new Promise((resolve, reject) => {
    socket.on('open', () => reject(new Error('it was let in')));
    socket.on('unexpected-response', (_request, response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, json: jsonOf(text) }));
    });
  });
}

type Frame = ServerMessage & Loose;

export class TestClient {
  readonly socket: WebSocket;
  /** All that came. */
  readonly frames: Frame[] = [];
  closed: { readonly code: number; readonly reason: string } | undefined;
  #taken = 0;

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data, isBinary) => {
      assert.equal(isBinary, false, 'frames are text');
      const frame = JSON.parse(String(data));
      assert.deepEqual(validateServer(frame), [], `${String(data)} is not of the schema`);
      this.frames.push(frame);
    });
    socket.on('close', (code, reason) => {
      this.closed = { code, reason: String(reason) };
    });
  }

  /** Sends a message that is of the schema. */
  send(message: Readonly<Record<string, unknown>>): void {
    assert.deepEqual(validateClient(message), [], `${JSON.stringify(message)} is not of the schema`);
    this.socket.send(JSON.stringify(message));
  }

  /** The next frame, which must be of that type. */
  async next(type: ServerMessage['type']): Promise<Frame> {
    const frame = await until(() => this.frames[this.#taken] ?? (this.closed && null));
    assert.ok(frame !== null, `closed (${this.closed?.code}) where ${type} was to come`);
    this.#taken++;
    assert.equal(frame.type, type, JSON.stringify(frame));
    return frame;
  }

  async end(): Promise<{ readonly code: number; readonly reason: string }> {
    return until(() => this.closed);
  }
}
