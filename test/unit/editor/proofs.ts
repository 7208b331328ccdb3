// Proofs for the tests of this room: attempts and records that are what a run would keep, unless a test says otherwise.
import type { Attempt, ProofRecord } from '../../../src/proof/proofRecord.ts';
import { type ProofStatus, proofStatus } from '../../../src/proof/proofStatus.ts';

export const provenAt = '2026-11-21T11:00:00.000Z';
/** Three hours later. */
export const now = Date.parse(provenAt) + 3 * 3_600_000;

export function attemptOf(changed: Partial<Attempt> = {}): Attempt {
  return {
    kind: 'edit',
    tool: 'Edit',
    target: 'tests/a.js',
    expected: 'blocked',
    got: 'blocked',
    by: 'rule',
    enforceable: true,
    form: 'launch',
    carrier: 'all',
    rule: 'tests/**',
    ...changed,
  };
}

/** Something allowed that went through: without one a proof shows nothing. */
export const control: Attempt = {
  kind: 'edit',
  tool: 'Edit',
  target: 'src/a.js',
  expected: 'allowed',
  got: 'allowed',
  enforceable: true,
  form: 'launch',
  carrier: 'all',
};

export function recordOf(attempts: readonly Attempt[], changed: Partial<ProofRecord> = {}): ProofRecord {
  return {
    format: 1,
    agent: 'a',
    at: provenAt,
    cli: '2.1.329',
    platform: 'linux-x64',
    sandbox: false,
    outputs: { 'agents/a/.claude/settings.json': 'aa' },
    attempts,
    notCovered: [],
    ...changed,
  };
}

/** What a record is worth while nothing changed since, or with what is given. */
export function worth(
  record: ProofRecord,
  present: { readonly outputs?: Readonly<Record<string, string>>; readonly cli?: string } = {},
): ProofStatus {
  return proofStatus(record, {
    outputs: record.outputs,
    cli: undefined,
    platform: record.platform,
    ...present,
  });
}

export const proven = worth(recordOf([attemptOf(), control]));
export const failed = worth(
  recordOf([attemptOf({ got: 'allowed' }), attemptOf({ kind: 'write', got: 'allowed' }), control]),
);
export const refused = worth(recordOf([attemptOf(), { ...control, got: 'blocked', by: 'guard' }]));
export const notEnforceable = worth(
  recordOf([
    attemptOf(),
    control,
    attemptOf({
      kind: 'interpreter',
      tool: 'Bash',
      got: 'allowed',
      enforceable: false,
      note: 'The sandbox would.',
    }),
  ]),
);
export const outdated = worth(recordOf([attemptOf(), control]), { cli: '2.1.331' });
export const changed = worth(recordOf([attemptOf(), control]), { outputs: {} });
export const unreadable = { state: 'unknown', why: 'the record of its proof cannot be read' } as const;
