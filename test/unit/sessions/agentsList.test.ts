// The answer of `claude agents --json`, as 2.1.329 gives it, and what is no answer.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { parseAgentsList, pollAgents } from '../../../src/sessions/agentsList.ts';

const sessionId = 'eae9a88b-b296-42a9-8f2f-1e2d81c55baf';
/** An entry as 2.1.329 prints it. */
const entry = { pid: 14863, cwd: '/w', kind: 'interactive', startedAt: 1795259553471, sessionId, name: 'x' };
const kept = { pid: 14863, sessionId };

describe('the list of the CLI', () => {
  const cases: readonly (readonly [string, unknown, unknown])[] = [
    ['nobody', [], []],
    ['idle', [{ ...entry, status: 'idle' }], [{ ...kept, status: 'idle' }]],
    [
      'waiting',
      [{ ...entry, status: 'waiting', waitingFor: 'permission prompt' }],
      [{ ...kept, status: 'waiting', waitingFor: 'permission prompt' }],
    ],
    ['no status yet', [entry], [kept]],
    ['a status of a later version', [{ ...entry, status: 'dreaming' }], [kept]],
    ['entries that make no sense', [null, 7, {}, { pid: '1', sessionId }, { pid: 1 }, [], entry], [kept]],
    ['an object', { sessions: [entry] }, undefined],
    ['null', null, undefined],
  ];
  for (const [title, answer, expected] of cases)
    it(title, () => assert.deepEqual(parseAgentsList(JSON.stringify(answer)), expected));

  it('is asked for with its own arguments, and dated by when it was asked', async () => {
    const asked: unknown[] = [];
    let time = 5;
    const run = async (...call: unknown[]): Promise<string> => {
      asked.push(call);
      time = 9;
      return '[]';
    };
    const poll = await pollAgents({ run }, '/bin/claude', () => time);
    assert.deepEqual(asked, [['/bin/claude', ['agents', '--json']]]);
    assert.deepEqual(poll, { at: 5, sessions: [] });
  });
  for (const answer of [undefined, '', 'Usage: claude', '{}'])
    it(`is unknown when the CLI answers ${JSON.stringify(answer)}`, async () =>
      assert.equal(await pollAgents({ run: async () => answer }, '/bin/claude', () => 0), undefined));
});
