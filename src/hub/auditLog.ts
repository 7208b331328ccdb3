// Who did what: a line for every control, generate, adopt, ignore, start and stop, in a file that only grows. Honest, not proof
// against tampering: an agent without a sandbox owns the disk.
import path from 'node:path';
import { appendLines } from '../files/appendLines.ts';
import { makePrivate } from '../files/stateDirectory.ts';
import { redact } from '../protocol/redact.ts';
import type { RecordStore } from '../sessions/sessionRecord.ts';

const format = 1;
/** Longest text of an entry, in UTF-16 units, and most agents that are named. */
const mostText = 256;
const mostAgents = 1000;

/** Something that was done, or tried. It never has the text of a prompt. */
export interface AuditEntry {
  /** The verb, as on the command line: `start`, `adopt`… */
  readonly action: string;
  readonly by: 'cli' | 'editor' | 'hub';
  /** Those it was about, as they were named; absent where it was about all, or none. */
  readonly agents?: readonly string[];
  /** `done`, or what became of it instead. */
  readonly outcome: string;
  /** More of it, such as the flags that were given or the id of a connection. */
  readonly details?: Readonly<Record<string, string | number | boolean>>;
  /** The agent in whose session it was done, as the environment there says. */
  readonly inSessionOf?: string;
}

/** Where a workspace's audit log is in its folder of the state directory. */
export const auditFile = (stateDirectory: string): string => path.join(stateDirectory, 'audit.jsonl');

/** In this order, so that no half of a secret is left. */
const short = (text: string): string => redact(text).slice(0, mostText);

/** The line of an entry, with its line end. Keys sorted; secrets are taken out and long texts are cut. Pure. */
export function auditLine(entry: AuditEntry, at: string, pid: number): string {
  const { action, by, agents, outcome, details, inSessionOf } = entry;
  const kept = Object.entries(details ?? {})
    .map(([key, value]) => [short(key), typeof value === 'string' ? short(value) : value] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const line = {
    action: short(action),
    ...(agents === undefined ? {} : { agents: agents.slice(0, mostAgents).map(short) }),
    at,
    by,
    ...(kept.length === 0 ? {} : { details: Object.fromEntries(kept) }),
    format,
    ...(inSessionOf === undefined ? {} : { inSessionOf: short(inSessionOf) }),
    outcome: short(outcome),
    pid,
  };
  return `${JSON.stringify(line)}\n`;
}

/**
 * Writes an entry down. `at`: ISO 8601. False when it could not be: what was done is done all the same, so nothing is
 * thrown.
 */
export async function audit(store: RecordStore, at: string, entry: AuditEntry): Promise<boolean> {
  try {
    await makePrivate(store.files, store.stateRoot, store.stateDirectory);
    appendLines(auditFile(store.stateDirectory), auditLine(entry, at, process.pid));
    return true;
  } catch {
    return false;
  }
}
