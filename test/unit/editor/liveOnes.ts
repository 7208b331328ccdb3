// Sessions for the tests of this room: an idle one in tmux unless a test says otherwise.
import type { ShownSession } from '../../../src/editor/sessions.ts';
import type { SessionState } from '../../../src/sessions/crossCheck.ts';

const id = 'aaaaaaaa-1111-4111-8111-111111111111';
/** Milliseconds since 1970. */
export const noon = Date.UTC(2026, 0, 2, 12);
export const minutesBefore = (minutes: number): string => new Date(noon - minutes * 60_000).toISOString();

export function sessionOf(
  state: Partial<SessionState>,
  changed: Partial<Pick<ShownSession, 'older' | 'restartsAtRest'>> & { readonly worktree?: string } = {},
): ShownSession {
  const { worktree, ...rest } = changed;
  return {
    record: {
      format: 1,
      launch: id,
      agent: 'a',
      sessionId: id,
      sessionIds: [id],
      runner: 'tmux',
      pid: 4242,
      cwd: '/w',
      argv: ['/bin/claude', '--model', 'opus'],
      settingsSha: '',
      memorySha: '',
      contextSha: '',
      startedAt: minutesBefore(60),
      phase: 'running',
      ...(worktree === undefined ? {} : { worktree }),
    },
    state: {
      state: 'idle',
      since: minutesBefore(12),
      source: 'hooks',
      evidence: 'its turn is over',
      heardAt: minutesBefore(2),
      ...state,
    },
    process: 'running',
    sessionId: id,
    sessionIds: [id],
    older: [],
    ...rest,
  };
}
