// A call that cannot be judged, and so is refused.
import type { Denial } from '../policy/call.ts';
import type { GuardCode } from '../policy/codes.ts';

/** Its message is the reason that the model and the person read. */
export class Refusal extends Error {
  readonly code: GuardCode;

  constructor(code: GuardCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** What is said when the guard could not decide, for whatever reason. */
export function refusalFor(problem: unknown): Denial {
  const isOurs = problem instanceof Refusal;
  return {
    allow: false,
    code: isOurs ? problem.code : 'guard/cannot-decide',
    reason: isOurs
      ? problem.message
      : 'The guard failed on this call and so refused it. Ask the user to look at it.',
    source: 'guard',
  };
}
