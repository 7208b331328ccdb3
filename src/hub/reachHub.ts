// Whether the hub that is told of answers: what an election goes by.
import http from 'node:http';
import type { RecordStore } from '../sessions/sessionRecord.ts';
import { readDiscovery, readToken } from './discovery.ts';

/** Milliseconds that a hub has to answer. */
const answerMs = 500;

/**
 * Asks the hub of that process for its health. False when it tells of no address, does not answer in time, or something
 * else answers in its place. Never throws.
 */
export function reachHub(
  store: Pick<RecordStore, 'files' | 'stateDirectory'>,
  pid: number,
): Promise<boolean> {
  const discovery = readDiscovery(store);
  const token = readToken(store, 'viewer');
  if (discovery?.pid !== pid || token === undefined) return Promise.resolve(false);
  return new Promise((resolve) => {
    const request = http.get(
      {
        host: '127.0.0.1',
        port: discovery.port,
        path: '/health',
        headers: { authorization: `Bearer ${token}` },
        agent: false,
        signal: AbortSignal.timeout(answerMs),
      },
      (answer) => {
        answer.resume();
        // Whoever has the port now and is not the hub does not know the token. A hub that is not well still is the hub.
        resolve(answer.statusCode === 200 || answer.statusCode === 503);
      },
    );
    request.on('error', () => resolve(false));
  });
}
