// The second of three kinds of wrong: something that a person can mend. Its message is the interface.

/** An error whose message is shown as it is: what happened, and what to do next. Anything else thrown is a bug. */
export class UserError extends Error {
  override readonly name = 'UserError';
}

/** Whether something thrown is a UserError. By its name: the editor's two bundles each have a class of their own. */
export function isUserError(error: unknown): error is UserError {
  return error instanceof Error && error.name === 'UserError';
}
