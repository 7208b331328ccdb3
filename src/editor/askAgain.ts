// How often claude itself is asked what its sessions do. Pure.
import { isOver, type LiveSession } from '../sessions/liveStates.ts';
import { settledByLook } from '../sessions/seen.ts';

/** Milliseconds between two askings, each of which starts a program, by what the sessions do. */
const askMs = { question: 2500, working: 4000, idle: 30_000 };

/** How long after one asking claude is asked again, in milliseconds; undefined while nothing runs. */
export function askAgainMs(sessions: Iterable<Pick<LiveSession, 'state' | 'process'>>): number | undefined {
  let least: number | undefined;
  for (const { state, process } of sessions) {
    if (process === 'gone' || isOver(state)) continue;
    const { state: name } = state;
    const isOpen = settledByLook(state) === undefined && name === 'needsYou';
    const own =
      isOpen || name === 'starting' || name === 'unknown'
        ? askMs.question
        : name === 'working'
          ? askMs.working
          : askMs.idle;
    least = Math.min(least ?? own, own);
  }
  return least;
}
