// The session with the committed guard alone, which agents share whose outputs are what the registry says.
import type { Attempt } from './proofRecord.ts';
import { verdictOf } from './proofStatus.ts';

export interface GuardAttempts {
  readonly attempts: readonly Attempt[];
  /** The agent that it was tried with instead; undefined when it was tried with this one. */
  readonly triedWith?: string;
}

const isAsItMust = (attempt: Attempt): boolean =>
  ['blocked', 'allowed', 'notEnforceable'].includes(verdictOf(attempt));

/**
 * Of agents in step with the registry, the committed guard is one file, and their hook entries differ by the agent's name
 * alone; what each one's policy forbids is tried with the guard of its launch copy. So one agent's session stands for
 * all, unless anything in it did not go as it must: then everybody has their own.
 */
export class SharedGuard {
  #first: { readonly agent: string; readonly isHeld: Promise<boolean> } | undefined;

  /** `work` has the session for `agent`, and is called when nobody's stands for it. */
  async attempts(agent: string, work: () => Promise<readonly Attempt[]>): Promise<GuardAttempts> {
    if (this.#first === undefined) {
      const attempts = work();
      const isHeld = attempts.then(
        (all) => all.length > 0 && all.every(isAsItMust),
        () => false,
      );
      this.#first = { agent, isHeld };
      return { attempts: await attempts };
    }
    const { agent: triedWith, isHeld } = this.#first;
    return (await isHeld) ? { attempts: [], triedWith } : { attempts: await work() };
  }
}
