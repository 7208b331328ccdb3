// The session of an agent as a row below it: what it does, whether its configuration is of yesterday, a click to its terminal.

import { stateWords } from '../../sessions/attention.ts';
import { isOver } from '../../sessions/liveStates.ts';
import { worktreeWords } from '../../sessions/worktreeState.ts';
import type { AgentArgument } from '../ids.ts';
import { commandIds, rowKinds } from '../ids.ts';
import type { ShownSession } from '../sessions.ts';
import { olderWords, sessionCard } from '../sessionWords.ts';
import { sessionIcon } from './marks.ts';
import type { Row } from './row.ts';

function kindOf({ state, older, restartsAtRest }: ShownSession): string {
  if (isOver(state)) return rowKinds.endedSession;
  if (restartsAtRest) return rowKinds.leavingSession;
  return older.length > 0 ? rowKinds.olderSession : rowKinds.session;
}

/** The row. `now`: milliseconds since 1970. `label`: of one that has no agent's row above it. */
export function sessionRow(
  parent: string,
  argument: AgentArgument,
  session: ShownSession,
  now: number,
  label = 'Session',
): Row {
  const older = olderWords(session);
  const branch = session.worktree === undefined ? '' : worktreeWords(session.worktree);
  const words = [stateWords(session.state, now), older, branch].filter(Boolean).join(' · ');
  const isLive = !isOver(session.state);
  return {
    id: `${parent}#session`,
    label,
    description: words,
    icon: older === '' ? sessionIcon(session) : { id: 'history', color: 'list.warningForeground' },
    // Made when somebody points at the row.
    get tooltip() {
      return sessionCard(session, now);
    },
    spoken: `Session of ${argument.agent}, ${words}`,
    kind: kindOf(session),
    ...(isLive
      ? { click: { command: commandIds.attachAgent, title: 'Open Terminal', arguments: [argument] } }
      : {}),
    argument,
  };
}
