// The one mark that a row carries: the most urgent of an agent's health, sync and session, as icon and words (UI.md).
import type { AgentStatus } from '../../outputs/fleet.ts';
import { neverProven, type ProofState, shortProof } from '../proofWords.ts';
import type { RowIcon } from './row.ts';

export interface Mark {
  readonly icon: RowIcon;
  /** Right of the name; empty when all is well. */
  readonly words: string;
}

/** Urgency, most urgent first; the status item orders by it too. */
export const urgencies = ['disarmed', 'broken', 'drifted', 'unknown', 'fine'] as const;
export type Urgency = (typeof urgencies)[number];

const healthWords = { missing: 'no settings yet', degraded: 'a hook does not work' } as const;

/** How urgent an agent is. */
export function urgencyOf(status: AgentStatus): Urgency {
  if (status.health === 'disarmed') return 'disarmed';
  if (status.health === 'missing' || status.health === 'degraded') return 'broken';
  if (status.sync === 'outOfSync') return 'drifted';
  if (status.health === 'unknown' || status.sync === 'unknown') return 'unknown';
  return 'fine';
}

/** Whether a failed proof is what an agent's mark is about: nothing graver is amiss. */
export function isProofFailure(status: AgentStatus, proof: ProofState): boolean {
  return proof.state === 'failed' && status.health === 'degraded';
}

/** The mark of an agent; `inTerminal` says that a terminal of ours runs it. */
export function markOf(status: AgentStatus, inTerminal: boolean, proof: ProofState = neverProven): Mark {
  switch (urgencyOf(status)) {
    case 'disarmed': {
      const gone = status.disarmed.join(', ');
      const words = status.summary || (gone ? `disarmed: ${gone}` : 'disarmed');
      return { icon: { id: 'error', color: 'list.errorForeground' }, words };
    }
    case 'broken':
      return {
        icon: { id: 'warning', color: 'list.warningForeground' },
        words: isProofFailure(status, proof)
          ? shortProof(proof)
          : status.summary || (status.health === 'missing' ? healthWords.missing : healthWords.degraded),
      };
    case 'drifted':
      return {
        icon: { id: 'diff', color: 'gitDecoration.modifiedResourceForeground' },
        words: status.summary || 'out of step with the registry',
      };
    case 'unknown':
      return { icon: { id: 'question' }, words: status.summary || 'unknown' };
    case 'fine':
      return inTerminal
        ? { icon: { id: 'terminal' }, words: status.summary || 'in a terminal' }
        : { icon: { id: 'circle-outline' }, words: status.summary || shortProof(proof) };
  }
}
