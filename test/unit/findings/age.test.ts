import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { ageWords } from '../../../src/findings/age.ts';

const now = Date.UTC(2026, 0, 2);
const cases: readonly (readonly [number, string])[] = [
  [0, 'just now'],
  [999, 'just now'],
  [-5000, 'just now'],
  [1000, '1 s ago'],
  [59_999, '59 s ago'],
  [60_000, '1 m ago'],
  [3_599_999, '59 m ago'],
  [3_600_000, '1 h ago'],
  [86_399_999, '23 h ago'],
  [86_400_000 * 3, '3 d ago'],
];

describe('ageWords', () => {
  for (const [age, words] of cases)
    it(words, () => assert.equal(ageWords(new Date(now - age).toISOString(), now), words));
  it('of no time', () => assert.equal(ageWords('soon', now), 'at an unknown time'));
});
