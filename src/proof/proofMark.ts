// A proof as the ladder of the guard takes it.
import type { ProofMark } from '../claude/hookEvidence.ts';
import type { ProofStatus } from './proofStatus.ts';

/** What no guard could refuse says nothing against it. */
export function proofMark(status: ProofStatus): ProofMark {
  switch (status.state) {
    case 'proven':
    case 'notEnforceable':
      return { state: 'proven', at: status.record.at, cli: status.record.cli };
    case 'failed':
      return { state: 'failed', at: status.record.at, cli: status.record.cli };
    case 'unproven':
    case 'never':
      return { state: 'unproven' };
  }
}
