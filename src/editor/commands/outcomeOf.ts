// What came of something that was done for many agents, for the audit log.
import type { AgentResult } from '../../sessions/eachAgent.ts';

/** `done`, or how many failed; undefined when there was nobody to do it for. */
export function outcomeOf(results: readonly AgentResult[]): string | undefined {
  const failed = results.filter(({ isFailure }) => isFailure).length;
  if (results.length === 0) return undefined;
  return failed === 0 ? 'done' : `${failed} of ${results.length} failed`;
}
