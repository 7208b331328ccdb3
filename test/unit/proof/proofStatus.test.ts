import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Attempt, ProofRecord } from '../../../src/proof/proofRecord.ts';
import { type PresentState, proofStatus, proofWords, verdictOf } from '../../../src/proof/proofStatus.ts';

const attempt = (given: Partial<Attempt> = {}): Attempt => ({
  kind: 'write',
  tool: 'Write',
  target: 'tests/a.txt',
  expected: 'blocked',
  got: 'blocked',
  enforceable: true,
  form: 'launch',
  carrier: 'all',
  ...given,
});
const control = attempt({ expected: 'allowed', got: 'allowed' });

const outputs = { 'agents/a/.claude/settings.json': 'aa', '//launch/guard.cjs': 'bb' };
const record = (attempts: readonly Attempt[]): ProofRecord => ({
  format: 1,
  agent: 'a',
  at: '2026-11-21T08:00:00.000Z',
  cli: '2.1.329',
  platform: 'linux-x64',
  sandbox: false,
  outputs,
  attempts,
  notCovered: [],
});
const present: PresentState = { outputs, cli: '2.1.329', platform: 'linux-x64' };

function check(attempts: readonly Attempt[], words: string, now: Partial<PresentState> = {}): void {
  assert.equal(proofWords(proofStatus(record(attempts), { ...present, ...now })), words);
}

describe('what a kept proof is worth', () => {
  it('is nothing when there is none', () =>
    assert.equal(proofWords(proofStatus(undefined, present)), 'never proven'));

  it('is proven when every attempt went as expected', () => check([attempt(), control], 'proven on 2.1.329'));

  it('fails by one forbidden thing that went through', () =>
    check(
      [attempt(), attempt({ got: 'allowed' }), control],
      'proof failed on 2.1.329: 1 forbidden thing went through',
    ));

  it('fails by a control that was refused, and by one that did not run', () => {
    const words = 'proof failed on 2.1.329: something allowed was refused';
    check([attempt(), attempt({ expected: 'allowed', got: 'blocked' })], words);
    check([attempt(), attempt({ expected: 'allowed', got: 'not-run' })], words);
  });

  it('is unproven while an attempt did not run', () =>
    check([attempt({ got: 'not-run' }), control], 'unproven: 1 attempt did not run'));

  it('is unproven when nothing was tried', () => check([], 'unproven: nothing was tried'));

  it('names what nothing here can enforce, and is not proven whole', () => {
    const open = attempt({ got: 'allowed', enforceable: false });
    assert.equal(proofStatus(record([open, control]), present).state, 'notEnforceable');
    check([open, control], 'proven on 2.1.329, 1 not enforceable here');
    check(
      [open, attempt({ got: 'allowed' }), control],
      'proof failed on 2.1.329: 1 forbidden thing went through',
    );
  });

  it('is no longer one when something has changed', () => {
    check([control], 'unproven: claude is 2.1.330 now, and it was proven on 2.1.329', { cli: '2.1.330' });
    check([control], 'unproven: proven on linux-x64, and this is darwin-arm64', { platform: 'darwin-arm64' });
    check([control], 'unproven: guard.cjs changed', { outputs: { ...outputs, '//launch/guard.cjs': 'cc' } });
    check([control], 'unproven: settings.json is gone', { outputs: { '//launch/guard.cjs': 'bb' } });
    check([control], 'unproven: policy.json changed', { outputs: { ...outputs, 'x/policy.json': 'dd' } });
  });

  it('does not hold an unknown version against it', () =>
    check([control], 'proven on 2.1.329', { cli: undefined }));

  it('is not misled by names that every object has', () =>
    check([control], 'unproven: constructor changed', { outputs: { ...outputs, constructor: 'x' } }));

  it('judges each attempt by itself', () => {
    const all = (['blocked', 'allowed'] as const).flatMap((expected) =>
      (['blocked', 'allowed', 'not-run'] as const).flatMap((got) =>
        [true, false].map((enforceable) => verdictOf(attempt({ expected, got, enforceable }))),
      ),
    );
    assert.deepEqual(all, [
      ...['blocked', 'blocked', 'through', 'notEnforceable', 'notRun', 'notRun'],
      ...['wronglyBlocked', 'wronglyBlocked', 'allowed', 'allowed', 'notRun', 'notRun'],
    ]);
  });
});
