// A bound on work that no timer can end, since it never lets one run.
import { Script } from 'node:vm';
import { Refusal } from './refusal.ts';

/**
 * The result of the work, which is given up when it takes more than some milliseconds: a parser or a regular
 * expression that runs away cannot be ended by a timer. Throws a Refusal then. A single call of the system is not
 * interrupted.
 */
export function within<Result>(ms: number, work: () => Result): Result {
  const name = '__nativeOrchestratorWork';
  const holder = globalThis as Record<string, unknown>;
  holder[name] = work;
  try {
    return new Script(`globalThis.${name}()`).runInThisContext({ timeout: Math.ceil(ms) }) as Result;
  } catch (problem) {
    if ((problem as { readonly code?: unknown } | null)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT')
      throw new Refusal(
        'guard/cannot-decide',
        'The guard did not come to a verdict in time and so refused the call.',
      );
    throw problem;
  } finally {
    delete holder[name];
  }
}
