// What is said of a session beside its row: on the card, in its own row and its tooltip.
import { ageWords } from '../findings/age.ts';
import { visibleShort } from '../findings/visible.ts';
import { stateWords } from '../sessions/attention.ts';
import type { StateSource } from '../sessions/crossCheck.ts';
import { isOver } from '../sessions/liveStates.ts';
import type { ConfigPart } from '../sessions/olderThanDisk.ts';
import { worktreeWords } from '../sessions/worktreeState.ts';
import { code, plain } from './markdown.ts';
import type { ShownSession } from './sessions.ts';

const sources = {
  hooks: 'its hooks',
  list: '`claude agents`',
  process: 'the process table',
  record: 'the record of its start',
} as const satisfies Record<StateSource, string>;

const partNames = {
  settings: 'settings',
  memory: 'memory',
  context: 'persona or context files',
} as const satisfies Record<ConfigPart, string>;

/** `config older than disk: settings`; empty when it runs with what the disk says. */
export function olderWords({
  older,
  restartsAtRest,
}: Pick<ShownSession, 'older' | 'restartsAtRest'>): string {
  const words =
    older.length === 0 ? '' : `config older than disk: ${older.map((part) => partNames[part]).join(', ')}`;
  return [words, restartsAtRest ? 'restarts when it is at rest' : ''].filter(Boolean).join(', ');
}

/** `idle · 12 m, config older than disk: settings`. Safe to show as plain text. `now`: milliseconds since 1970. */
export function sessionWords(session: ShownSession, now: number): string {
  return [stateWords(session.state, now), olderWords(session)].filter(Boolean).join(', ');
}

/** All that is known of a session, as Markdown. `now`: milliseconds since 1970. */
export function sessionCard(session: ShownSession, now: number): string {
  const { record, state, sessionId, worktree } = session;
  const heard = state.heardAt === undefined ? '' : `, heard ${ageWords(state.heardAt, now)}`;
  const model = record.argv[record.argv.indexOf('--model') + 1];
  const place = record.runner === 'tmux' ? 'in tmux' : 'in a terminal';
  const pid = record.pid === undefined || isOver(state) ? '' : `, process ${record.pid}`;
  return [
    `**${plain(sessionWords(session, now))}**`,
    `By ${sources[state.source]}: ${plain(visibleShort(state.evidence, 160))}${heard}.`,
    `Started ${ageWords(record.startedAt, now)} ${place}${pid}${model ? `, model ${plain(visibleShort(model, 60))}` : ''}.`,
    record.worktree === undefined
      ? ''
      : `Works in its own worktree ${code(record.worktree)}${worktree === undefined ? '' : `: ${plain(worktreeWords(worktree))}`}.`,
    `Session ${code(sessionId)}`,
  ]
    .filter(Boolean)
    .join('\n\n');
}
