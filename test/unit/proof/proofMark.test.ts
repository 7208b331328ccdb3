import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { proofMark } from '../../../src/proof/proofMark.ts';
import type { Attempt, ProofRecord } from '../../../src/proof/proofRecord.ts';
import { proofStatus } from '../../../src/proof/proofStatus.ts';

const attempt: Attempt = {
  ...{ kind: 'write', tool: 'Write', target: 'a', expected: 'blocked', got: 'blocked', enforceable: true },
  ...{ form: 'launch', carrier: 'all' },
};

function stateOf(...more: readonly Partial<Attempt>[]): string {
  const record: ProofRecord = {
    ...{ format: 1, agent: 'a', at: '2026-01-01T00:00:00.000Z', cli: '2.1.329', platform: 'linux-x64' },
    ...{ sandbox: false, outputs: {}, notCovered: [] },
    attempts: [attempt, ...more.map((each) => ({ ...attempt, ...each }))],
  };
  return proofMark(proofStatus(record, record)).state;
}

describe('what a proof says of the guard', () => {
  for (const [state, title, more] of [
    ['proven', 'everything was refused', {}],
    ['proven', 'a rule let something through where no guard stood', { got: 'allowed', carrier: 'rules' }],
    ['proven', 'nothing could have refused it', { got: 'allowed', enforceable: false }],
    ['failed', 'the guard let something through', { got: 'allowed', carrier: 'guard' }],
    ['failed', 'something got through all of them', { got: 'allowed' }],
    ['failed', 'something allowed was refused', { expected: 'allowed', carrier: 'guard' }],
  ] as const)
    it(`${state} when ${title}`, () => assert.equal(stateOf(more), state));
});
