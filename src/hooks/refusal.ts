// A call that cannot be judged, and so is refused.
import type { GuardCode } from '../policy/codes.ts';

/** Its message is the reason that the model and the person read. */
export class Refusal extends Error {
  readonly code: GuardCode;

  constructor(code: GuardCode, message: string) {
    super(message);
    this.code = code;
  }
}
