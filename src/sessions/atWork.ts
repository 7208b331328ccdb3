// Whether ending a session may lose work: unless it is known to have nothing to do, it may.
import type { LiveSession } from './liveStates.ts';

/** Whether work may be lost with a session; one of which nothing is known may be at work. */
export function isAtWork(session: Pick<LiveSession, 'state'> | undefined): boolean {
  const { state, need } = session?.state ?? {};
  const isAtRest = state === 'idle' || state === 'stopped' || state === 'crashed' || state === 'limit';
  return !isAtRest && !(state === 'needsYou' && (need === 'done' || need === 'failed'));
}

/** Those whose end may lose work. */
export function atWork(
  sessions: ReadonlyMap<string, Pick<LiveSession, 'state'>>,
  ids: readonly string[],
): readonly string[] {
  return ids.filter((id) => isAtWork(sessions.get(id)));
}

/** Says of agents at work what would be lost, as two sentences. `ids`: not empty. */
export function lossWords(
  sessions: ReadonlyMap<string, Pick<LiveSession, 'state'>>,
  ids: readonly string[],
): string {
  const words = ids.map((id) => `${id} (${sessions.get(id)?.state.state ?? 'unknown'})`).join(', ');
  return `Not known to be at rest: ${words}. What ${ids.length === 1 ? 'it does' : 'they do'} now would be lost.`;
}
