// One agent's session with the committed guard stands for all that are in step, as long as everything in it went as it must.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Attempt } from '../../../src/proof/proofRecord.ts';
import { SharedGuard } from '../../../src/proof/sharedGuard.ts';

const attempt = (expected: Attempt['expected'], got: Attempt['got']): Attempt => ({
  kind: 'write',
  tool: 'Write',
  target: 'tests/a.py',
  expected,
  got,
  enforceable: true,
  form: 'committed',
  carrier: 'guard',
});

interface Case {
  readonly first: () => Promise<readonly Attempt[]>;
  readonly stands: boolean;
}

const cases: Readonly<Record<string, Case>> = {
  'that was held stands for the next one': {
    first: async () => [attempt('blocked', 'blocked'), attempt('allowed', 'allowed')],
    stands: true,
  },
  'through which something went stands for nobody': {
    first: async () => [attempt('blocked', 'blocked'), attempt('blocked', 'allowed')],
    stands: false,
  },
  'that refused what is allowed stands for nobody': {
    first: async () => [attempt('allowed', 'blocked')],
    stands: false,
  },
  'in which something was not run stands for nobody': {
    first: async () => [attempt('blocked', 'not-run')],
    stands: false,
  },
  'in which nothing was tried stands for nobody': { first: async () => [], stands: false },
  'that came to nothing stands for nobody': {
    first: () => Promise.reject(new Error('it did not start')),
    stands: false,
  },
};

describe('the session with the committed guard', () => {
  for (const [name, { first, stands }] of Object.entries(cases))
    it(name, async () => {
      const shared = new SharedGuard();
      const one = shared.attempts('a', first);
      let ownSessions = 0;
      const own = [attempt('blocked', 'blocked')];
      // Asked while the first one still runs.
      const two = shared.attempts('b', async () => {
        ownSessions++;
        return own;
      });
      await one.catch(() => {});
      assert.deepEqual(await two, stands ? { attempts: [], triedWith: 'a' } : { attempts: own });
      assert.equal(ownSessions, stands ? 0 : 1);
    });

  it('is always an agent’s own where nobody else is proven', async () => {
    const own = [attempt('blocked', 'allowed')];
    assert.deepEqual(await new SharedGuard().attempts('a', async () => own), { attempts: own });
  });
});
