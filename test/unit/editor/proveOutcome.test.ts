import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { ProofState } from '../../../src/editor/proofWords.ts';
import { type Outcome, outcomeOf } from '../../../src/editor/proveOutcome.ts';
import { failed, notEnforceable, proven, refused } from './proofs.ts';

function checkOutcome(
  name: string,
  proofs: Readonly<Record<string, ProofState>>,
  notProven: readonly { readonly agent: string; readonly message: string }[],
  expected: Outcome,
): void {
  it(name, () => {
    const told = Object.entries(proofs).map(([agent, proof]) => ({ agent, proof }));
    assert.deepEqual(outcomeOf(told, notProven, '2.1.329'), expected);
  });
}

describe('proveOutcome', () => {
  checkOutcome('one proven', { a: proven }, [], { words: 'a proven on 2.1.329' });
  checkOutcome('all proven', { a: proven, b: proven }, [], { words: '2 agents proven on 2.1.329' });
  checkOutcome('some not enforceable', { a: proven, b: notEnforceable }, [], {
    words: '2 agents proven on 2.1.329, 1 of them but for what is not enforceable here',
  });
  checkOutcome('one not enforceable', { b: notEnforceable }, [], {
    words: 'b proven on 2.1.329 but for what is not enforceable here',
  });
  checkOutcome('one failed: its report', { a: proven, b: failed }, [], {
    words: 'b: its proof failed on 2.1.329: 2 got through.',
    failed: { only: 'b', hasReport: true },
  });
  checkOutcome('several failed: the report on all', { a: refused, b: failed }, [], {
    words: 'a: its proof failed on 2.1.329: 1 allowed thing refused. 1 more is not proven.',
    failed: { hasReport: true },
  });
  checkOutcome('not tried: nothing to show', {}, [{ agent: 'c', message: 'claude ended at once.' }], {
    words: 'c: claude ended at once.',
    failed: { only: 'c', hasReport: false },
  });
});
