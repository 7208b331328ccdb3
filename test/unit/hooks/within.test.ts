import assert from 'node:assert/strict';
import { Refusal } from '../../../src/hooks/refusal.ts';
import { within } from '../../../src/hooks/within.ts';

describe('within', () => {
  it('gives what the work gives', () =>
    assert.deepEqual(
      within(1000.5, () => ['a']),
      ['a'],
    ));

  it('passes on what the work throws', () => {
    const problem = new Refusal('guard/unclear-call', 'no');
    assert.throws(
      () =>
        within(1000, () => {
          throw problem;
        }),
      (thrown) => thrown === problem,
    );
  });

  for (const [name, work] of Object.entries({
    'a loop': () => {
      for (;;);
    },
    'a regular expression': () => /^(a+)+$/.test(`${'a'.repeat(64)}b`),
  }))
    it(`ends ${name}`, () =>
      assert.throws(
        () => within<unknown>(10, work),
        (thrown) => thrown instanceof Refusal && thrown.code === 'guard/cannot-decide',
      ));
});
