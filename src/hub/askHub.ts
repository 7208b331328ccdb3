// Asks the hub that runs for this workspace, with the token of its user.
import http from 'node:http';
import { UserError } from '../findings/userError.ts';
import type { RecordStore } from '../sessions/sessionRecord.ts';
import { type Discovery, type Role, readDiscovery, readToken } from './discovery.ts';

/** Milliseconds that it has to answer. */
const answerMs = 5_000;

export interface HubAnswer {
  readonly discovery: Discovery;
  /** `http://127.0.0.1:<port>`. */
  readonly address: string;
  /** What it answered: a JSON object. */
  readonly body: Readonly<Record<string, unknown>>;
}

const noHub = 'No hub runs for this workspace. Start one: native-orchestrator hub';

/** One request with a JSON answer. @throws UserError when no hub runs, or it does not answer as one. */
export async function askHub(
  store: Pick<RecordStore, 'files' | 'stateDirectory'>,
  role: Role,
  method: 'GET' | 'POST',
  path: string,
  body?: Readonly<Record<string, unknown>>,
): Promise<HubAnswer> {
  const discovery = readDiscovery(store);
  const token = readToken(store, role);
  if (discovery === undefined || token === undefined) throw new UserError(noHub);
  const address = `http://127.0.0.1:${discovery.port}`;
  const text = await new Promise<string>((resolve, reject) => {
    const request = http.request(
      `${address}${path}`,
      {
        method,
        agent: false,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        signal: AbortSignal.timeout(answerMs),
      },
      (answer) => {
        let read = '';
        answer.setEncoding('utf8').on('data', (piece: string) => {
          read += piece;
        });
        answer.on('error', reject);
        answer.on('end', () =>
          answer.statusCode === 200
            ? resolve(read)
            : reject(new Error(`it answered with status ${answer.statusCode}`)),
        );
      },
    );
    request.on('error', reject);
    request.end(body === undefined ? undefined : JSON.stringify(body));
  }).catch((error: NodeJS.ErrnoException) => {
    throw new UserError(
      error.code === 'ECONNREFUSED'
        ? noHub
        : `The hub at ${address} (pid ${discovery.pid}) does not answer as it should: ${error.message}.`,
      { cause: error },
    );
  });
  return { discovery, address, body: JSON.parse(text) };
}
