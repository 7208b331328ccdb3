// A proof as the ladder of the guard takes it.
import type { ProofMark } from '../claude/hookEvidence.ts';
import { type ProofStatus, verdictOf } from './proofStatus.ts';

/** What no guard could refuse says nothing against it, and neither does what went through where it did not stand. */
export function proofMark(status: ProofStatus): ProofMark {
  switch (status.state) {
    case 'proven':
    case 'notEnforceable':
      return { state: 'proven', at: status.record.at, cli: status.record.cli };
    case 'failed': {
      const { record } = status;
      const isOfRules = record.attempts.every(
        (attempt) =>
          attempt.carrier === 'rules' ||
          verdictOf(attempt) === 'notEnforceable' ||
          attempt.got === attempt.expected,
      );
      return { state: isOfRules ? 'proven' : 'failed', at: record.at, cli: record.cli };
    }
    case 'unproven':
    case 'never':
      return { state: 'unproven' };
  }
}
