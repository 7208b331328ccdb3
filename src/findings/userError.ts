// The second of three kinds of wrong: something that a person can mend. Its message is the interface.

/** An error whose message is shown as it is: what happened, and what to do next. Anything else thrown is a bug. */
export class UserError extends Error {
  override readonly name = 'UserError';
}
