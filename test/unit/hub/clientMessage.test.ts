import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { readClientMessage } from '../../../src/hub/clientMessage.ts';

const groups = (count: number): string => JSON.stringify(Array(count).fill('agents'));

const cases: readonly (readonly [text: string, expected: string, correlationId?: string])[] = [
  ['{"type":"ping"}', 'ping'],
  ['{"type":"ping","correlation_id":"a"}', 'ping', 'a'],
  ['{"type":"ping","unknown":[{}]}', 'ping'],
  ['', 'invalid_json'],
  ['{', 'invalid_json'],
  ['[]', 'invalid_json'],
  ['[{"type":"ping"}]', 'invalid_json'],
  ['4', 'invalid_json'],
  ['null', 'invalid_json'],
  ['"ping"', 'invalid_json'],
  ['true', 'invalid_json'],
  ['{"type":"ping","correlation_id":4}', 'invalid_json'],
  [`{"type":"ping","correlation_id":"${'x'.repeat(129)}"}`, 'invalid_json'],
  ['{}', 'unknown_type'],
  ['{"type":null}', 'unknown_type'],
  ['{"type":"toString","correlation_id":"b"}', 'unknown_type', 'b'],
  ['{"type":"__proto__"}', 'unknown_type'],
  ['{"__proto__":{"type":"ping"}}', 'unknown_type'],
  ['{"type":"agent_update"}', 'unknown_type'],
  ['{"type":"hello","correlation_id":"c"}', 'invalid_json', 'c'],
  ['{"type":"hello","contract_version":1}', 'invalid_json'],
  [`{"type":"subscribe","subscriptions":${groups(10)}}`, 'subscribe'],
  [`{"type":"subscribe","subscriptions":${groups(11)}}`, 'too_many_subscriptions'],
  [
    `{"type":"unsubscribe","subscriptions":${groups(11)},"correlation_id":"d"}`,
    'too_many_subscriptions',
    'd',
  ],
  ['{"type":"subscribe","subscriptions":["agents","x"]}', 'invalid_subscription'],
  ['{"type":"subscribe","subscriptions":[4]}', 'invalid_subscription'],
  ['{"type":"subscribe","subscriptions":["__proto__"]}', 'invalid_subscription'],
  ['{"type":"subscribe","subscriptions":"agents"}', 'invalid_json'],
  ['{"type":"subscribe"}', 'invalid_json'],
  ['{"type":"request_data","data_type":"x"}', 'unknown_data_type'],
  ['{"type":"request_data","data_type":4}', 'invalid_json'],
  ['{"type":"request_data"}', 'invalid_json'],
  ['{"type":"control","action":"start","agent":"a-b"}', 'control'],
  ['{"type":"control","action":"start"}', 'invalid_json'],
  ['{"type":"control","action":"start","agent":"../x"}', 'invalid_json'],
  ['{"type":"control","action":"start","agent":"a\\nb"}', 'invalid_json'],
  ['{"type":"control","action":"__proto__","agent":"a"}', 'invalid_json'],
];

describe('a frame of a client', () => {
  for (const [text, expected, correlationId] of cases)
    it(`${text.slice(0, 60)} is ${expected}`, () => {
      const read = readClientMessage(text, 10);
      assert.equal(read.message?.type ?? read.bad?.code, expected);
      assert.equal(read.correlationId, correlationId);
    });
  const checkPlace = (text: string, place: string) =>
    it(`${text.slice(0, 60)} is refused for ${place}`, () =>
      assert.match(readClientMessage(text, 10).bad?.message ?? '', new RegExp(`^${place}`)));
  checkPlace('{"type":"hello","contract_version":1}', '/contract_version');
  checkPlace('{"type":"hello"}', 'A field');
  checkPlace('{"type":"ping","correlation_id":4}', '/correlation_id');
  checkPlace('{"type":"unsubscribe","subscriptions":"agents"}', '/subscriptions');
  checkPlace('{"type":"subscribe"}', 'A field');
  checkPlace('{"type":"request_data","data_type":4}', '/data_type');
  checkPlace('{"type":"control","action":"stop","agent":"../x"}', '/agent');
  checkPlace('{"type":"control","action":"stop"}', 'A field');
  checkPlace('{"type":"control","action":"stop_all","confirm":1}', '/confirm');
  checkPlace('{"type":"control","action":"send_prompt","agent":"a"}', 'A field');
  checkPlace('{"type":"control","action":"send_prompt","agent":"a","text":""}', '/text');
  checkPlace('{"type":"control","action":"rm","agent":"a"}', '/action');

  it('is refused in words that have nothing of it', () => {
    for (const [text] of cases) {
      const { bad } = readClientMessage(text.replaceAll('x', '\u202e<b>'), 10);
      if (bad !== undefined) assert.match(bad.message, /^[\w ,;/.]+$/);
    }
  });
  it('nested as deep as a frame can be is no crash', () => {
    for (const text of ['['.repeat(60_000), `{"type":"ping","a":${'['.repeat(30_000)}${']'.repeat(30_000)}}`])
      assert.ok(readClientMessage(text, 10));
  });
});
