// Whether a command is given from inside the session of an agent, and what no session may do: control sessions.
import { UserError } from '../findings/userError.ts';
import { visibleShort } from '../findings/visible.ts';
import type { Io } from './verb.ts';

/**
 * The agent in whose session the command is given, as its environment says; undefined for a person. Whoever can run any
 * program can take the variable away: this holds an agent that uses the command line as it is, not one that hides.
 */
export function ownSession({ env }: Pick<Io, 'env'>): string | undefined {
  return env.NATIVE_ORCHESTRATOR_AGENT || undefined;
}

/** `what`: what is refused, with the verb in the third person, such as "ends no session". @throws UserError in the session of an agent. */
export function refuseInSession(io: Pick<Io, 'env'>, what: string): void {
  const own = ownSession(io);
  if (own !== undefined)
    throw new UserError(
      `This is the session of ${visibleShort(own, 64)}, and the session of an agent ${what}. Ask the user to do it.`,
    );
}
