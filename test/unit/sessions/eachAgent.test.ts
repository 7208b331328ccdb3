// Many agents, a few at a time: order, refusals, and what a cancel leaves out.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { UserError } from '../../../src/findings/userError.ts';
import { type AgentResult, eachAgent } from '../../../src/sessions/eachAgent.ts';

const ids = ['a', 'b', 'c', 'd', 'e'];
const done = (agent: string): AgentResult => ({
  agent,
  result: 'done',
  message: `${agent}.`,
  isFailure: false,
});

describe('for each agent', () => {
  for (const [most, expected] of [
    [1, 1],
    [2, 2],
    [8, 5],
  ] as const)
    it(`at most ${most} at the same time, results in the order asked for`, async () => {
      let [now, highest] = [0, 0];
      const results = await eachAgent(ids, most, async (id) => {
        now += 1;
        highest = Math.max(highest, now);
        for (let turn = 0; turn < 10 - ids.indexOf(id); turn++) await Promise.resolve();
        now -= 1;
        return done(id);
      });
      assert.equal(highest, expected);
      assert.deepEqual(
        results.map(({ agent }) => agent),
        ids,
      );
    });

  it('what one refuses is its own result', async () => {
    const results = await eachAgent(ids, 2, async (id) => {
      if (id === 'b') throw new UserError('Not b.');
      return done(id);
    });
    assert.deepEqual(
      results.filter(({ isFailure }) => isFailure),
      [{ agent: 'b', result: 'refused', message: 'Not b.', isFailure: true }],
    );
    assert.equal(results.length, 5);
  });

  it('a bug is no result', async () => {
    const bug = eachAgent(ids, 2, () => Promise.reject(new Error('a bug')));
    await assert.rejects(bug, /a bug/);
  });

  it('once cancelled nothing more begins, and what began has its result', async () => {
    const begun: string[] = [];
    const results = await eachAgent(
      ids,
      2,
      async (id) => {
        begun.push(id);
        await Promise.resolve();
        return done(id);
      },
      () => begun.length >= 3,
    );
    assert.deepEqual(begun, ['a', 'b', 'c']);
    assert.deepEqual(
      results.map(({ agent }) => agent),
      begun,
    );
  });
});
