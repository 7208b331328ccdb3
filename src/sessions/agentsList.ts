// What `claude agents --json` says of the sessions of this machine. It tells what no hook does: a prompt answered "No",
// Esc, and questions of the CLI's own (CLAUDE-CODE-CONTRACT.md section 2.4).
import { isObject, readJson } from '../claude/jsonText.ts';
import type { Machine } from './programs.ts';

export type ListedStatus = 'idle' | 'busy' | 'waiting';

/** A session as the CLI lists it. Texts are the CLI's, or what a person named a session: shown escaped. */
export interface ListedSession {
  readonly pid: number;
  readonly sessionId: string;
  /** Absent for a word that this version does not know. */
  readonly status?: ListedStatus;
  /** Seen with 2.1.329: `permission prompt`, `input needed` (questions and plans), `dialog open`. */
  readonly waitingFor?: string;
}

const statuses: ReadonlySet<string> = new Set(['idle', 'busy', 'waiting']);
const isStatus = (value: unknown): value is ListedStatus => typeof value === 'string' && statuses.has(value);

/** Sessions that are looked at, so that a list without end costs no more. */
const mostSessions = 10_000;

/** The sessions in the CLI's answer; undefined when it is no such list. Entries that make no sense are left out. Never throws. */
export function parseAgentsList(text: string): readonly ListedSession[] | undefined {
  const { value } = readJson(text);
  if (!Array.isArray(value)) return undefined;
  const sessions: ListedSession[] = [];
  for (const entry of value.slice(0, mostSessions)) {
    if (!isObject(entry)) continue;
    const { pid, sessionId, status, waitingFor } = entry;
    if (!Number.isSafeInteger(pid) || typeof sessionId !== 'string') continue;
    sessions.push({
      pid: Number(pid),
      sessionId,
      ...(isStatus(status) ? { status } : {}),
      ...(typeof waitingFor === 'string' && waitingFor !== '' ? { waitingFor } : {}),
    });
  }
  return sessions;
}

/** One asking of the CLI. */
export interface AgentsPoll {
  /** When the CLI was asked, milliseconds since 1970: what it says is at least as new. */
  readonly at: number;
  readonly sessions: readonly ListedSession[];
}

/**
 * Asks the CLI; undefined when it fails, takes more than three seconds (`Machine.run`) or answers something else, which
 * says nothing of any session. The command exists since 2.1.145 (CLAUDE-CODE-CONTRACT.md section 2.4).
 */
export async function pollAgents(
  machine: Pick<Machine, 'run'>,
  claudePath: string,
  now: () => number,
): Promise<AgentsPoll | undefined> {
  const at = now();
  const answer = await machine.run(claudePath, ['agents', '--json']);
  const sessions = answer === undefined ? undefined : parseAgentsList(answer);
  return sessions === undefined ? undefined : { at, sessions };
}
