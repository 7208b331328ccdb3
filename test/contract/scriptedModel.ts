// A model on loopback that says what a test tells it to, and keeps every request: the other end of the real CLI.
// It speaks as much of the Messages API as the CLI uses (streamed answers); nothing leaves the machine.
import http from 'node:http';
import type { AddressInfo } from 'node:net';

export interface TextBlock {
  readonly type: 'text';
  readonly text: string;
}

export interface ToolUse {
  readonly type: 'tool_use';
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** Given by the model where a test gives none. */
  readonly id?: string;
}

export type Block = TextBlock | ToolUse;

interface Message {
  readonly role: 'user' | 'assistant';
  readonly content: unknown;
}

/** A request as it came, cut down to what tests ask about. */
export interface ModelRequest {
  readonly model: string;
  readonly tools: readonly { readonly name: string; readonly description: string }[];
  readonly system: string;
  readonly messages: readonly Message[];
  /** How many answers the conversation has had so far. */
  readonly turn: number;
}

export interface ToolResult {
  readonly text: string;
  readonly isError: boolean;
}

/** `silent`: no answer ever comes. A number: the status of an error. */
export type Trouble = 'silent' | number;

/** What the model says to a request, or what goes wrong with it. */
export type Script = (
  request: ModelRequest,
) => readonly Block[] | Trouble | Promise<readonly Block[] | Trouble>;

/** Says one list of blocks per turn; the last one again after that. */
export function turns(...each: readonly (readonly Block[])[]): (request: ModelRequest) => readonly Block[] {
  return ({ turn }) => each[Math.min(turn, each.length - 1)] ?? [];
}

export const say = (text: string): TextBlock => ({ type: 'text', text });

export const use = (name: string, input: Readonly<Record<string, unknown>>, id?: string): ToolUse => ({
  type: 'tool_use',
  name,
  input,
  ...(id === undefined ? {} : { id }),
});

/** The text of a message's or a result's content, blocks joined by line ends. */
export function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map((block) => block?.text ?? textOf(block?.content)).join('\n');
}

/** The results of tool calls that a conversation holds, by the id of the call. */
export function resultsIn(request: ModelRequest): ReadonlyMap<string, ToolResult> {
  const results = new Map<string, ToolResult>();
  for (const { content } of request.messages)
    for (const block of Array.isArray(content) ? content : [])
      if (block?.type === 'tool_result')
        results.set(block.tool_use_id, { text: textOf(block.content), isError: block.is_error === true });
  return results;
}

const usage = {
  input_tokens: 100,
  output_tokens: 20,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
};

export class ScriptedModel {
  /** Those that offer tools: the conversation. The CLI's questions beside it (titles and such) get an "ok". */
  readonly requests: ModelRequest[] = [];
  /** For `ANTHROPIC_BASE_URL`. */
  readonly url: string;
  #script: Script = turns([say('Done.')]);
  #ids = 0;
  #waiting: {
    readonly isIt: (request: ModelRequest) => boolean;
    readonly tell: (it: ModelRequest) => void;
  }[] = [];
  readonly #server: http.Server;

  private constructor(server: http.Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('request', (request, response) => this.#receive(request, response));
  }

  static async start(): Promise<ScriptedModel> {
    const server = http.createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new ScriptedModel(server);
  }

  /** Forgets the requests so far and says this from now on. */
  play(script: Script): void {
    this.requests.length = 0;
    this.#script = script;
  }

  /** The first request of which that holds, now or as soon as it comes. */
  request(isIt: (request: ModelRequest) => boolean): Promise<ModelRequest> {
    const found = this.requests.find(isIt);
    if (found) return Promise.resolve(found);
    return new Promise((tell) => this.#waiting.push({ isIt, tell }));
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  #receive(request: http.IncomingMessage, response: http.ServerResponse): void {
    let raw = '';
    request.setEncoding('utf8').on('data', (text) => {
      raw += text;
    });
    request.on('end', () => {
      const path = request.url?.split('?')[0];
      if (request.method === 'POST' && path === '/v1/messages') this.#answer(JSON.parse(raw), response);
      else if (path === '/v1/messages/count_tokens') sendJson(response, 200, { input_tokens: 100 });
      else sendJson(response, request.method === 'HEAD' ? 200 : 404, { type: 'error' });
    });
  }

  async #answer(body: Record<string, unknown>, response: http.ServerResponse): Promise<void> {
    const messages = (body.messages ?? []) as Message[];
    const tools = (body.tools ?? []) as { name: string; description?: string }[];
    const request: ModelRequest = {
      model: String(body.model),
      tools: tools.map(({ name, description }) => ({ name, description: description ?? '' })),
      system: textOf(body.system),
      messages,
      turn: messages.filter(({ role }) => role === 'assistant').length,
    };
    const isAside = tools.length === 0;
    const script = this.#script;
    if (!isAside) {
      this.requests.push(request);
      for (const each of this.#waiting.filter(({ isIt }) => isIt(request))) {
        this.#waiting = this.#waiting.filter((other) => other !== each);
        each.tell(request);
      }
    }
    const said = isAside ? [say('ok')] : await script(request);
    if (said === 'silent') return;
    if (typeof said === 'number') {
      const error = { type: 'invalid_request_error', message: 'The script says so.' };
      sendJson(response, said, { type: 'error', error });
      return;
    }
    const content = said.map((block) =>
      block.type === 'tool_use' ? { ...block, id: block.id ?? `toolu_${++this.#ids}` } : block,
    );
    const message = {
      id: `msg_${++this.#ids}`,
      type: 'message',
      role: 'assistant',
      model: request.model,
      content,
      stop_reason: content.some(({ type }) => type === 'tool_use') ? 'tool_use' : 'end_turn',
      stop_sequence: null,
      usage,
    };
    if (body.stream === true) stream(response, message);
    else sendJson(response, 200, message);
  }
}

function sendJson(response: http.ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}

/** The message as the events of a streamed answer. */
function stream(
  response: http.ServerResponse,
  message: { readonly content: readonly Block[]; readonly stop_reason: string },
): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  const event = (type: string, data: object): void => {
    response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`);
  };
  event('message_start', { message: { ...message, content: [], stop_reason: null } });
  for (const [index, block] of message.content.entries()) {
    const isTool = block.type === 'tool_use';
    event('content_block_start', {
      index,
      content_block: isTool ? { ...block, input: {} } : { ...block, text: '' },
    });
    event('content_block_delta', {
      index,
      delta: isTool
        ? { type: 'input_json_delta', partial_json: JSON.stringify(block.input) }
        : { type: 'text_delta', text: block.text },
    });
    event('content_block_stop', { index });
  }
  event('message_delta', { delta: { stop_reason: message.stop_reason, stop_sequence: null }, usage });
  event('message_stop', {});
  response.end();
}

/** Bookkeeping of the CLI itself, which every agent has. */
const alwaysOffered: ReadonlySet<string> = new Set([
  ...['AskUserQuestion', 'DeferredToolPlaceholder', 'EnterPlanMode', 'ExitPlanMode'],
  ...['TaskCreate', 'TaskGet', 'TaskList', 'TaskUpdate', 'TodoWrite', 'ToolSearch'],
]);

/**
 * The tools that a request offers, sorted, without those that every agent has: those with a schema, and those that the
 * model may load on demand, which 2.1.329 lists by name in a message.
 */
export function offeredTools(request: ModelRequest): readonly string[] {
  const words = request.messages.map(({ content }) => textOf(content)).join('\n');
  const deferred = /deferred tools are now available[^\n]*\n((?:\w+\n)*)/.exec(words)?.[1] ?? '';
  const names = [...request.tools.map(({ name }) => name), ...deferred.split('\n').filter(Boolean)];
  return [...new Set(names)].filter((name) => !alwaysOffered.has(name)).sort();
}
