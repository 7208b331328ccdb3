// Ids that came already: known again with every seed, for their own writer alone, and forgotten only after very many others.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { SeenIds } from '../../../src/hub/seenIds.ts';

describe('ids that were seen', () => {
  it('are known again, whatever the seed', () => {
    for (const seed of [0, 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 123_456_789, 3_999_999_999]) {
      const seen = new SeenIds(seed);
      for (let n = 0; n < 500; n++) seen.add('a', `id-${n}`);
      for (let n = 0; n < 500; n++) assert.ok(seen.has('a', `id-${n}`), `${seed}: id-${n}`);
      for (let n = 500; n < 1000; n++) assert.ok(!seen.has('a', `id-${n}`), `${seed}: id-${n}`);
    }
  });
  it('are their writer’s alone', () => {
    const seen = new SeenIds(7);
    seen.add('a', 'id');
    assert.ok(seen.has('a', 'id'));
    assert.ok(!seen.has('b', 'id'));
  });
  it('the last 40 000 are kept, however many come', () => {
    const seen = new SeenIds(7);
    for (let n = 0; n < 130_000; n++) seen.add('a', `id-${n}`);
    for (let n = 90_000; n < 130_000; n++) assert.ok(seen.has('a', `id-${n}`));
    assert.ok(!seen.has('a', 'id-0'));
  });
});
