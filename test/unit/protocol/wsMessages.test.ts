// The schema of the hub's frames, the types that are made of it, and what it admits.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, it } from 'mocha';
import { validateClient, validateServer } from '../../../src/protocol/wsSchema.generated.ts';

const id = { correlation_id: 'c' };
const at = '2026-01-01T00:00:00.000Z';
const uuid = '00000000-0000-4000-8000-000000000001';

const clients: readonly unknown[] = [
  { type: 'hello', contract_version: '1.0' },
  { type: 'ping', correlation_id: 'x', later: true },
  { type: 'subscribe', subscriptions: ['agents', 'alerts'] },
  { type: 'unsubscribe', subscriptions: [] },
  { type: 'request_data', data_type: 'agent_status' },
  { type: 'control', action: 'start', agent: 'code-agent', confirm: true },
  { type: 'control', action: 'stop_all' },
  { type: 'control', action: 'send_prompt', agent: 'code-agent', text: 'Go on.' },
];
const badClients: readonly unknown[] = [
  null,
  [],
  4,
  'ping',
  {},
  { type: 'pong' },
  { type: 'hello' },
  { type: 'ping', correlation_id: 4 },
  { type: 'ping', correlation_id: 'x'.repeat(129) },
  { type: 'subscribe', subscriptions: 'agents' },
  { type: 'subscribe', subscriptions: ['everything'] },
  { type: 'subscribe', subscriptions: Array(11).fill('agents') },
  { type: 'request_data', data_type: 'secrets' },
  { type: 'control', action: 'start' },
  { type: 'control', action: 'start', agent: '../../x' },
  { type: 'control', action: 'erase', agent: 'code-agent' },
  { type: 'control', action: 'send_prompt', agent: 'code-agent' },
  { type: 'control', action: 'send_prompt', agent: 'code-agent', text: '' },
];
const established = {
  type: 'connection_established',
  ...id,
  connection_id: uuid,
  contract_version: '1.0',
  epoch: uuid,
  seq: 0,
  role: 'viewer',
  server_time: at,
  subscriptions: [],
  replay: 'none',
};
const update = { type: 'agent_update', ...id, subscription: 'agents', seq: 1, at, data: { any: [1] } };
const servers: readonly unknown[] = [
  established,
  update,
  { ...update, type: 'task_event', subscription: 'tasks', agent: 'a' },
  { ...update, type: 'critical_alert', subscription: 'alerts' },
  { type: 'subscription_updated', ...id, subscriptions: ['tasks'] },
  { type: 'data_response', ...id, data_type: 'system_health', data: {}, server_time: at },
  { type: 'data_error', ...id, code: 'unavailable', message: 'No.', subscription: 'tasks' },
  { type: 'control_result', ...id, action: 'stop_all', ok: true },
  { type: 'pong', ...id, server_time: at },
  { type: 'disconnect_notice', ...id, reason: 'backpressure' },
  { type: 'error', ...id, code: 'rate_limited', message: 'Slower.', retry_after_ms: 3 },
];
const badServers: readonly unknown[] = [
  { ...established, correlation_id: undefined, more: 1 },
  { ...established, seq: -1 },
  { ...established, server_time: '2026-01-01T00:00:00+01:00' },
  { ...update, subscription: 'tasks' },
  { ...update, seq: 0 },
  { ...update, extra: true },
  { type: 'pong', server_time: at },
  { type: 'error', ...id, code: 'oops', message: '' },
];

describe('frames of the hub', () => {
  it('of a client are taken where they are of the schema, unknown keys included', () => {
    for (const frame of clients) assert.deepEqual(validateClient(frame), [], JSON.stringify(frame));
    for (const frame of badClients) assert.notDeepEqual(validateClient(frame), [], JSON.stringify(frame));
  });

  it('of the hub have exactly what the schema says', () => {
    for (const frame of servers) assert.deepEqual(validateServer(frame), [], JSON.stringify(frame));
    for (const frame of badServers) assert.notDeepEqual(validateServer(frame), [], JSON.stringify(frame));
  });

  it('have types and validators that are made of the schema as it is', async () => {
    const { makeSources } = await import(pathToFileURL(path.resolve('scripts/schemas.mjs')).href);
    const made: ReadonlyMap<string, string> = await makeSources();
    for (const file of ['src/protocol/wsMessages.generated.ts', 'src/protocol/wsSchema.generated.ts'])
      assert.ok(readFileSync(file, 'utf8') === made.get(file), `${file} is old. Run: npm run build`);
  });
});
