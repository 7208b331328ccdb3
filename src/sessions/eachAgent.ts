// Does something for many agents, a few at a time, and keeps what came of each.
import { isUserError } from '../findings/userError.ts';
import type { SessionRecord } from './sessionRecord.ts';

/** What came of one agent. */
export interface AgentResult {
  readonly agent: string;
  readonly result: string;
  /** One sentence for a person. */
  readonly message: string;
  readonly isFailure: boolean;
  readonly record?: SessionRecord;
}

/**
 * Does the work for every agent, at most so many at a time; the results are in their order. What a UserError refuses is
 * the result of that agent alone. Once `isCancelled` nothing more is begun, and what was not begun has no result.
 */
export async function eachAgent(
  ids: readonly string[],
  most: number,
  work: (id: string) => Promise<AgentResult>,
  isCancelled: () => boolean = () => false,
): Promise<readonly AgentResult[]> {
  const results = new Map<string, AgentResult>();
  const waiting = [...ids];
  const next = async (): Promise<void> => {
    for (let id = waiting.shift(); id !== undefined && !isCancelled(); id = waiting.shift()) {
      try {
        results.set(id, await work(id));
      } catch (error) {
        if (!isUserError(error)) throw error;
        results.set(id, { agent: id, result: 'refused', message: error.message, isFailure: true });
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(most, ids.length) }, next));
  return ids.flatMap((id) => results.get(id) ?? []);
}
