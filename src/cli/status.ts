// `status`: what the sessions do, how that is known, and which of them wait for a person.
import { ageWords } from '../findings/age.ts';
import { isUserError } from '../findings/userError.ts';
import { visibleShort } from '../findings/visible.ts';
import { configHashes } from '../outputs/configHashes.ts';
import type { Fleet } from '../outputs/fleet.ts';
import { attention, stateWords, urgencyOf } from '../sessions/attention.ts';
import type { SessionState } from '../sessions/crossCheck.ts';
import { type HandoffRecord, readHandoffs } from '../sessions/handoffRecord.ts';
import { isOver, type LiveSession } from '../sessions/liveStates.ts';
import { type ConfigPart, olderThanDisk } from '../sessions/olderThanDisk.ts';
import { sessionJson } from '../sessions/sessionJson.ts';
import { type WorktreeState, worktreeStates, worktreeWords } from '../sessions/worktreeState.ts';
import { inspect } from './check.ts';
import { lookAtSessions } from './liveSessions.ts';
import { coloured, plural, printJson } from './render.ts';
import { sessionHostOf } from './sessionHost.ts';
import { UsageError } from './usageError.ts';
import type { Io, Verb } from './verb.ts';

interface Row {
  readonly id: string;
  readonly session: LiveSession;
  readonly state: SessionState;
  /** What changed on the disk since it started; empty for a session that is over. */
  readonly older: readonly ConfigPart[];
  /** Absent when it has none. */
  readonly worktree?: WorktreeState;
}

const sources = {
  hooks: 'hooks',
  list: 'claude agents',
  process: 'process table',
  record: 'record of the start',
} as const satisfies Record<SessionState['source'], string>;

const severityOf = (state: SessionState): 'error' | 'warning' | undefined => {
  const urgency = urgencyOf(state);
  return urgency === 'crashed' ? 'error' : urgency === undefined ? undefined : 'warning';
};

function lineOf(io: Io, { id, state, older, worktree }: Row, width: number, now: number): string {
  const words = stateWords(state, now);
  const severity = severityOf(state);
  const mark = severity === undefined ? words : coloured(io, severity, words);
  const isSaid = state.heardAt === undefined || words.includes('last heard');
  const heard = isSaid ? '' : `, heard ${ageWords(state.heardAt ?? '', now)}`;
  const because = `${sources[state.source]}: ${visibleShort(state.evidence, 80)}${heard}`;
  const config = older.length === 0 ? '' : `  config older than disk: ${older.join(', ')}`;
  return `${visibleShort(id, 64).padEnd(width)}  ${mark}  (${because})${config}${worktree === undefined ? '' : `  worktree: ${worktreeWords(worktree)}`}\n`;
}

const rowJson = ({ session, older }: Row): object => ({ ...sessionJson(session), olderThanDisk: older });

function rowOf(
  io: Io,
  root: string,
  fleet: Fleet,
  id: string,
  session: LiveSession,
  worktree: WorktreeState | undefined,
): Row {
  const { state, record } = session;
  const agent = fleet.agents.find((each) => each.agent.id === id)?.agent;
  const older =
    agent === undefined || isOver(state) ? [] : olderThanDisk(record, configHashes(io.files, root, agent));
  return { id, session, state, older, ...(worktree === undefined ? {} : { worktree }) };
}

/** The newest handoffs; none where there is no state directory to be had. */
function recentHandoffs(io: Io, root: string): readonly HandoffRecord[] {
  try {
    return readHandoffs(sessionHostOf(io, root)).handoffs.slice(0, 20);
  } catch (error) {
    if (!isUserError(error)) throw error;
    return [];
  }
}

export const status: Verb = {
  name: 'status',
  summary: 'show what the sessions do and which wait for you',
  usage: '[ids…]',
  help: 'Shows the session of each agent that was started: what it does, since when, and how that is known. What nobody told is unknown.\nThe CLI is asked too (claude agents --json), since no hook tells of a refused permission or of Esc.',
  formats: ['text', 'json'],
  options: {},
  async run({ io, root, positionals, format }) {
    const fleet = inspect(io, root);
    const { sessions, skipped, hasAnswered } = await lookAtSessions(io, root);
    const registered = fleet.agents.map(({ agent }) => agent.id);
    // An agent that is gone from the registry, or a registry that cannot be read, ends no session.
    const known = [...new Set([...registered, ...sessions.keys()])];
    const stranger = positionals.find((id) => !known.includes(id));
    if (stranger !== undefined)
      throw new UsageError(`There is no agent ${visibleShort(JSON.stringify(stranger))} in the registry.`);
    const ids = positionals.length === 0 ? known : known.filter((id) => positionals.includes(id));
    const withWorktree = known.filter(
      (id) =>
        fleet.registry?.agents.get(id)?.worktree === true || sessions.get(id)?.record.worktree !== undefined,
    );
    // git is asked only where somebody has a worktree.
    const worktrees =
      withWorktree.length === 0
        ? new Map<string, WorktreeState>()
        : await worktreeStates(io.machine, root, withWorktree);
    const rows = ids.flatMap((id) => {
      const session = sessions.get(id);
      return session === undefined ? [] : [rowOf(io, root, fleet, id, session, worktrees.get(id))];
    });
    const waiting = attention(rows);
    const live = rows.filter(({ state }) => !isOver(state));
    const stopped = rows.filter(({ state }) => state.state === 'stopped').length;
    if (format === 'json') {
      printJson(io, {
        agents: ids.map((id) => {
          const row = rows.find((each) => each.id === id);
          return {
            id,
            session: row === undefined ? null : rowJson(row),
            worktree: worktrees.get(id) ?? null,
          };
        }),
        attention: waiting.map(({ id, state }) => ({ id, urgency: urgencyOf(state), since: state.since })),
        skipped,
        handoffs: recentHandoffs(io, root),
        summary: {
          agents: ids.length,
          sessions: live.length,
          needYou: waiting.length,
          claudeAnswered: hasAnswered ?? null,
        },
      });
      return 0;
    }
    for (const { file, reason } of skipped)
      io.err(`The session record ${visibleShort(file, 80)} is not used: ${visibleShort(reason, 120)}.\n`);
    if (hasAnswered === false)
      io.err(
        'claude did not say what its sessions do (claude agents --json), so refused permissions and Esc may not be seen.\n',
      );
    const width = Math.max(0, ...rows.map(({ id }) => id.length));
    const now = Date.parse(io.now());
    for (const row of rows) io.out(lineOf(io, row, width, now));
    const without = ids.length - rows.length;
    const parts = [
      ...(live.length === 0 ? [] : [plural(live.length, 'session')]),
      ...(waiting.length === 0
        ? []
        : [
            `${waiting.length} ${waiting.length === 1 ? 'needs' : 'need'} you: ${waiting.map(({ id }) => id).join(', ')}`,
          ]),
      ...(stopped === 0 ? [] : [`${stopped} stopped`]),
      ...(without === 0 ? [] : [`${plural(without, 'agent')} without a known session`]),
    ];
    io.out(`${parts.join(' · ') || 'No session is known'}\n`);
    return 0;
  },
};
