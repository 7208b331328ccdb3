// A model on loopback that says what a script tells it to: the other end of the user's claude in a proof. It speaks as much
// of the Messages API as the CLI uses (streamed answers). Whoever does not know its random path is told nothing.
import { randomBytes } from 'node:crypto';
import http from 'node:http';

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

export interface ToolResult {
  readonly text: string;
  readonly isError: boolean;
}

/** A question of the CLI, cut down to what a script needs. */
export interface Question {
  /** The names that the request offers with a schema. */
  readonly tools: readonly string[];
  /** The text of the first message: of a sub-agent, what its caller gave it. */
  readonly task: string;
  /** All texts of the conversation, for what the CLI says in passing. */
  readonly said: () => string;
  /** Results that the conversation holds, by the id of the call. */
  readonly results: ReadonlyMap<string, ToolResult>;
  /** How many answers the conversation has had. */
  readonly turn: number;
}

/** The calls that the model makes; none ends the turn. What it throws becomes an error for the CLI. */
export type Script = (question: Question) => Promise<readonly ToolCall[]>;

export interface Conversation {
  /** For `ANTHROPIC_BASE_URL`. */
  readonly url: string;
  /** Answers nobody on this address any more. */
  readonly end: () => void;
}

/** A request larger than this is no conversation of ours. Bytes. */
const largestRequest = 64 * 1024 * 1024;

const usage = {
  input_tokens: 100,
  output_tokens: 20,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
};

type Json = Readonly<Record<string, unknown>>;
const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** The text of a message's or a result's content, blocks joined by line ends. */
function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  return listOf(content)
    .map((block) => (isJson(block) && typeof block.text === 'string' ? block.text : ''))
    .filter((text) => text !== '')
    .join('\n');
}

function questionOf(body: Json): Question {
  const messages = listOf(body.messages).filter(isJson);
  const results = new Map<string, ToolResult>();
  for (const { content } of messages)
    for (const block of listOf(content))
      if (isJson(block) && block.type === 'tool_result' && typeof block.tool_use_id === 'string')
        results.set(block.tool_use_id, { text: textOf(block.content), isError: block.is_error === true });
  return {
    tools: listOf(body.tools).flatMap((tool) => (isJson(tool) ? [String(tool.name)] : [])),
    task: textOf(messages.find(({ role }) => role === 'user')?.content),
    said: () => messages.map(({ content }) => textOf(content)).join('\n'),
    results,
    turn: messages.filter(({ role }) => role === 'assistant').length,
  };
}

function sendJson(response: http.ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}

/** The calls, or one word, as the events of a streamed answer. */
function stream(response: http.ServerResponse, model: unknown, calls: readonly ToolCall[]): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  const parts: string[] = [];
  const event = (type: string, data: object): void => {
    parts.push(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`);
  };
  const block = (index: number, start: object, delta: object): void => {
    event('content_block_start', { index, content_block: start });
    event('content_block_delta', { index, delta });
    event('content_block_stop', { index });
  };
  const id = `msg_${randomBytes(8).toString('hex')}`;
  const head = { id, type: 'message', role: 'assistant', model, content: [], stop_sequence: null, usage };
  event('message_start', { message: { ...head, stop_reason: null } });
  for (const [index, call] of calls.entries())
    block(
      index,
      { type: 'tool_use', id: call.id, name: call.name, input: {} },
      { type: 'input_json_delta', partial_json: JSON.stringify(call.input) },
    );
  if (calls.length === 0) block(0, { type: 'text', text: '' }, { type: 'text_delta', text: 'Done.' });
  const reason = calls.length === 0 ? 'end_turn' : 'tool_use';
  event('message_delta', { delta: { stop_reason: reason, stop_sequence: null }, usage });
  event('message_stop', {});
  response.end(parts.join(''));
}

/** One server for all sessions of a proof; each has an address of its own. */
export class ScriptedModel {
  readonly #server: http.Server;
  readonly #scripts = new Map<string, Script>();

  private constructor(server: http.Server) {
    this.#server = server;
    server.on('request', (request, response) => this.#receive(request, response));
  }

  static async start(): Promise<ScriptedModel> {
    const server = http.createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    return new ScriptedModel(server);
  }

  /** A conversation that goes by a script. */
  converse(script: Script): Conversation {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the model has no port');
    const secret = randomBytes(16).toString('hex');
    this.#scripts.set(secret, script);
    return {
      url: `http://127.0.0.1:${address.port}/${secret}`,
      end: () => this.#scripts.delete(secret),
    };
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #receive(request: http.IncomingMessage, response: http.ServerResponse): void {
    const [, secret = '', ...rest] = (request.url ?? '').split('?')[0]?.split('/') ?? [];
    const script = this.#scripts.get(secret);
    const path = rest.join('/');
    if (script === undefined) sendJson(response, 404, {});
    else if (request.method === 'HEAD') sendJson(response, 200, {});
    else if (path === 'v1/messages/count_tokens') sendJson(response, 200, { input_tokens: 100 });
    else if (request.method !== 'POST' || path !== 'v1/messages') sendJson(response, 404, {});
    else
      bodyOf(request)
        .then((body) => answer(response, body, script))
        .catch(() => {
          if (!response.headersSent) sendJson(response, 400, { type: 'error' });
        });
  }
}

async function bodyOf(request: http.IncomingMessage): Promise<Json> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > largestRequest) throw new Error('too large');
    chunks.push(chunk);
  }
  const body: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  if (!isJson(body)) throw new Error('not an object');
  return body;
}

async function answer(response: http.ServerResponse, body: Json, script: Script): Promise<void> {
  // The CLI asks for titles and such beside the conversation, and offers no tools then.
  const calls = listOf(body.tools).length === 0 ? [] : await script(questionOf(body));
  if (body.stream === true) {
    stream(response, body.model, calls);
    return;
  }
  const content =
    calls.length === 0
      ? [{ type: 'text', text: 'Done.' }]
      : calls.map((call) => ({ type: 'tool_use', ...call }));
  sendJson(response, 200, {
    ...{ id: `msg_${randomBytes(8).toString('hex')}`, type: 'message', role: 'assistant' },
    ...{ model: body.model, content, stop_sequence: null, usage },
    stop_reason: calls.length === 0 ? 'end_turn' : 'tool_use',
  });
}
