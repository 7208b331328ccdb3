import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import {
  neverProven,
  type ProofState,
  proofAge,
  proofAxis,
  proofLine,
  shortProof,
} from '../../../src/editor/proofWords.ts';
import {
  attemptOf,
  changed,
  control,
  failed,
  notEnforceable,
  now,
  outdated,
  proven,
  provenAt,
  recordOf,
  refused,
  unreadable,
  worth,
} from './proofs.ts';

/** The words in the tree, on the lens, and in the tooltip. */
function checkWords(name: string, proof: ProofState, tree: string, lens: string, axis: string): void {
  it(name, () =>
    assert.deepEqual([shortProof(proof), proofLine(proof, now), proofAxis(proof, now)], [tree, lens, axis]),
  );
}

describe('proofWords', () => {
  checkWords('proven', proven, '✓ proven', 'proven on 2.1.329, 3 h ago', 'proven on 2.1.329, 3 h ago');
  checkWords(
    'failed',
    failed,
    'proof failed: 2 got through',
    'proof failed on 2.1.329, 3 h ago: 2 got through',
    'proof failed on 2.1.329, 3 h ago: 2 got through',
  );
  checkWords(
    'a control refused',
    refused,
    'proof failed: 1 allowed thing refused',
    'proof failed on 2.1.329, 3 h ago: 1 allowed thing refused',
    'proof failed on 2.1.329, 3 h ago: 1 allowed thing refused',
  );
  checkWords(
    'not enforceable: no tick',
    notEnforceable,
    'proven, 1 not enforceable here',
    'proven on 2.1.329 but for 1 not enforceable here, 3 h ago',
    'proven on 2.1.329 but for 1 not enforceable here, 3 h ago',
  );
  checkWords(
    'another claude',
    outdated,
    'unproven: claude is 2.1.331 now, and it was proven on 2.1.329',
    'unproven: claude is 2.1.331 now, and it was proven on 2.1.329',
    'unproven: claude is 2.1.331 now, and it was proven on 2.1.329 (last proof 3 h ago on 2.1.329)',
  );
  checkWords(
    'outputs changed, seen by this window',
    { ...changed, since: new Date(2026, 10, 21, 14, 2) } as ProofState,
    'unproven: settings.json is gone',
    'unproven: settings.json is gone',
    'unproven since 14:02: settings.json is gone (last proof 3 h ago on 2.1.329)',
  );
  checkWords('never', neverProven, '', 'never proven', 'never proven');
  checkWords(
    'unreadable',
    unreadable,
    'proof unknown',
    'unknown: the record of its proof cannot be read',
    'unknown: the record of its proof cannot be read',
  );

  it('shows a hostile record as text', () => {
    const hostile = worth(recordOf([attemptOf(), control], { cli: `\u202e${'9'.repeat(500)}\n` }));
    for (const words of [shortProof(hostile), proofLine(hostile, now), proofAxis(hostile, now)]) {
      assert.ok(words.length < 200, words);
      assert.doesNotMatch(words, /[\u202e\n]/);
    }
  });
});

describe('proofAge', () => {
  const cases: readonly (readonly [string, number, string])[] = [
    ['at once', 0, 'just now'],
    ['under a minute', 59_000, 'just now'],
    ['minutes', 61_000, '1 m ago'],
    ['days', 50 * 3_600_000, '2 d ago'],
    ['a clock that is ahead', -5000, 'just now'],
  ];
  for (const [name, age, expected] of cases)
    it(name, () => assert.equal(proofAge(provenAt, Date.parse(provenAt) + age), expected));
  it('of no time', () => assert.equal(proofAge('yesterday', now), 'at an unknown time'));
});
