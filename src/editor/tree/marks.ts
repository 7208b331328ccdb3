// The one mark that a row carries: the most urgent of an agent's health, sync and session, as icon and words (UI.md).
import type { AgentStatus } from '../../outputs/fleet.ts';
import { urgencyOf as neededFor, stateWords } from '../../sessions/attention.ts';
import { neverProven, type ProofState, shortProof } from '../proofWords.ts';
import type { ShownSession } from '../sessions.ts';
import type { RowIcon } from './row.ts';

export interface Mark {
  readonly icon: RowIcon;
  /** Right of the name; empty when all is well. */
  readonly words: string;
}

/** Urgency, most urgent first; the status item orders by it too. `failed`: a session that crashed or is at its limit. */
export const urgencies = ['disarmed', 'needsYou', 'failed', 'broken', 'drifted', 'unknown', 'fine'] as const;
export type Urgency = (typeof urgencies)[number];

const healthWords = { missing: 'no settings yet', degraded: 'a hook does not work' } as const;

/** A session's state, for whoever only asks how urgent it is. */
type Stated = Pick<ShownSession, 'state'>;

/** How urgent an agent is; `session` absent: none of it is known. */
export function urgencyOf(status: AgentStatus, session?: Stated): Urgency {
  if (status.health === 'disarmed') return 'disarmed';
  const need = session && neededFor(session.state);
  if (need !== undefined) return need === 'crashed' || need === 'limit' ? 'failed' : 'needsYou';
  if (status.health === 'missing' || status.health === 'degraded') return 'broken';
  if (status.sync === 'outOfSync') return 'drifted';
  if (status.health === 'unknown' || status.sync === 'unknown') return 'unknown';
  return 'fine';
}

/** Whether a failed proof is what an agent's mark is about: nothing graver is amiss. */
export function isProofFailure(status: AgentStatus, proof: ProofState): boolean {
  return proof.state === 'failed' && status.health === 'degraded';
}

/** The icon of a session by what it does. */
export function sessionIcon({ state }: Stated): RowIcon {
  switch (state.state) {
    case 'needsYou':
      return { id: 'bell-dot', color: 'notificationsWarningIcon.foreground' };
    case 'crashed':
      return state.isSeen ? { id: 'circle-slash' } : { id: 'error', color: 'list.errorForeground' };
    case 'limit':
      return { id: 'watch', color: 'list.warningForeground' };
    case 'working':
      return { id: 'sync~spin' };
    case 'idle':
      return { id: 'circle-filled' };
    case 'unknown':
      return { id: 'question' };
    default:
      return { id: 'circle-outline' };
  }
}

/** Of a session that is over, and was looked at or meant to be, there is nothing to say. */
const isQuiet = ({ state }: Stated): boolean =>
  state.state === 'stopped' || (state.isSeen === true && state.state === 'crashed');

/** What an agent's mark is made of beside the agent itself. */
export interface MarkOptions {
  readonly proof?: ProofState;
  /** Absent: no launch of it is recorded. */
  readonly session?: Stated | undefined;
  /** Milliseconds since 1970, for ages. */
  readonly now?: number;
}

/** The mark of an agent. */
export function markOf(
  status: AgentStatus,
  { proof = neverProven, session, now = 0 }: MarkOptions = {},
): Mark {
  switch (urgencyOf(status, session)) {
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
    default:
      if (session === undefined || isQuiet(session))
        return { icon: { id: 'circle-outline' }, words: status.summary || shortProof(proof) };
      return { icon: sessionIcon(session), words: stateWords(session.state, now) };
  }
}
