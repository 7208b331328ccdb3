// Versions are compared by their numbers.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { atLeast } from '../../../src/claude/cliVersion.ts';

describe('atLeast', () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ['2.1.295', '2.1.295', true],
    ['2.1.294', '2.1.295', false],
    ['2.2.0', '2.1.295', true],
    ['2.10.0', '2.9.9', true],
    ['3', '2.1.295', true],
    ['2', '2.1.295', false],
    ['20.20.0', '20', true],
    ['18.0.0', '20', false],
  ];
  for (const [version, wanted, expected] of cases)
    it(`${version} and ${wanted}`, () => assert.equal(atLeast(version, wanted), expected));
});
