// A session as programs get it, from whichever surface: what it runs with is left out, since that holds its first prompt.
import { urgencyOf } from './attention.ts';
import type { LiveSession } from './liveStates.ts';

/** Members that are not known are null, so that each is always there; those of the state are absent when it has none. */
export function sessionJson({ record, state, process, sessionId, sessionIds }: LiveSession) {
  const { launch, runner, pid, cwd, startedAt } = record;
  return {
    launch,
    sessionId,
    sessionIds,
    runner,
    pid: pid ?? null,
    process,
    cwd,
    startedAt,
    ...state,
    urgency: urgencyOf(state) ?? null,
    worktree: record.worktree ?? null,
  };
}
