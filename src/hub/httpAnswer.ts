// How an HTTP answer is written: always with the headers that keep other pages out, and errors by code.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ErrorCode } from '../protocol/wsMessages.generated.ts';

/** Beside the codes of frames, those that only a request can have. */
export type HttpErrorCode = ErrorCode | 'not_found' | 'method_not_allowed' | 'upgrade_required';

export interface HttpAnswer {
  readonly status: number;
  readonly type?: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const json = 'application/json; charset=utf-8';

export const jsonAnswer = (value: unknown, status = 200): HttpAnswer => ({
  status,
  type: json,
  body: `${JSON.stringify(value)}\n`,
});

const statuses: Readonly<Record<HttpErrorCode, number>> = {
  invalid_json: 400,
  too_large: 413,
  rate_limited: 429,
  unknown_type: 400,
  invalid_subscription: 400,
  too_many_subscriptions: 400,
  unauthorized: 401,
  forbidden_origin: 403,
  unsupported_version: 400,
  unknown_data_type: 400,
  forbidden: 403,
  unavailable: 503,
  not_found: 404,
  method_not_allowed: 405,
  upgrade_required: 426,
};

/** `more`: headers that belong to the code. */
export function errorAnswer(
  code: HttpErrorCode,
  message: string,
  more: Readonly<Record<string, string>> = {},
): HttpAnswer {
  const headers = code === 'unauthorized' ? { 'www-authenticate': 'Bearer', ...more } : more;
  return { ...jsonAnswer({ error: { code, message } }, statuses[code]), headers };
}

const safeHeaders: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
};

function headersOf({ type = json, body, headers = {} }: HttpAnswer): Readonly<Record<string, string>> {
  const length = String(Buffer.byteLength(body));
  return {
    ...safeHeaders,
    'x-correlation-id': randomUUID(),
    'content-type': type,
    'content-length': length,
    ...headers,
  };
}

/** Sends it. Of a request whose body was not read to its end, the connection is closed. */
export function sendAnswer(request: IncomingMessage, response: ServerResponse, answer: HttpAnswer): void {
  if (!request.complete) response.setHeader('connection', 'close');
  response.writeHead(answer.status, headersOf(answer));
  response.end(answer.body);
}

/** The same for an upgrade, which has no response of its own; the connection is closed. */
export function refuseUpgrade(socket: Duplex, answer: HttpAnswer): void {
  const headers = Object.entries({ ...headersOf(answer), connection: 'close' });
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  socket.end(
    `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? ''}\r\n${lines}\r\n${answer.body}`,
    () => socket.destroy(),
  );
}

/** Thrown by `readBody`. */
export class BodyError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** By events: a loop over a request that is left early ends the connection, and with it the answer. */
function wholeBody(request: IncomingMessage, mostBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const tooLarge = (): void => {
      request.off('data', take).resume();
      reject(new BodyError('too_large', `The body has more than ${mostBytes} bytes.`));
    };
    const pieces: Buffer[] = [];
    let length = 0;
    const take = (piece: Buffer): void => {
      length += piece.length;
      pieces.push(piece);
      if (length > mostBytes) tooLarge();
    };
    if (Number(request.headers['content-length'] ?? 0) > mostBytes) {
      tooLarge();
      return;
    }
    request.on('data', take);
    request.on('end', () => resolve(Buffer.concat(pieces)));
    // The connection is gone, so nobody gets this answer.
    request.on('error', () => reject(new BodyError('invalid_json', 'The body did not arrive.')));
  });
}

/** Levels that a body may have. Who goes through it goes into each, and there is an end to how deep anybody can. */
const mostLevels = 100;

function isTooDeep(value: unknown): boolean {
  let level = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > mostLevels) return true;
    level = level.flatMap((each) => (typeof each === 'object' && each !== null ? Object.values(each) : []));
  }
  return false;
}

/** The JSON object that a request carries. @throws BodyError when it is too long, too deep, or none. */
export async function readBody(
  request: IncomingMessage,
  mostBytes: number,
): Promise<Readonly<Record<string, unknown>>> {
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json')
    throw new BodyError('invalid_json', 'The content type is not application/json.');
  const bytes = await wholeBody(request, mostBytes);
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new BodyError('invalid_json', 'The body is no JSON.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new BodyError('invalid_json', 'The body is JSON, but no object.');
  if (isTooDeep(value))
    throw new BodyError('invalid_json', `The body is nested deeper than ${mostLevels} levels.`);
  return value as Readonly<Record<string, unknown>>;
}
