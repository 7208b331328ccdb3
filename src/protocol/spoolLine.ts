// One line of a launch's spool: what a hook tells about one event. An allow-list, so nothing else can slip in.
import { redact } from './redact.ts';

/** FORMATS.md, "spool line". Texts are shown to people as data only: agents can write to a spool without a sandbox. */
export interface SpoolLine {
  readonly v: 1;
  /** ISO 8601, milliseconds, `Z`. */
  readonly t: string;
  /** Unique per line; readers deliver once per id. */
  readonly id: string;
  /**
   * The how-manieth line of its writer, from 1. A hook process writes one line and ends, so its lines always have 1;
   * order among writers is the order in the file, which `O_APPEND` keeps.
   */
  readonly n: number;
  readonly launch: string;
  readonly agent: string;
  /** The CLI's session id, empty when the event has none. It changes within a launch (`/clear`, resume). */
  readonly session: string;
  readonly src: 'guard' | 'report';
  readonly event: string;
  readonly tool?: string;
  readonly toolUseId?: string;
  /** The type of the sub-agent, or the name of the teammate, that the event comes from or is about. */
  readonly subagent?: string;
  /** The path that a file tool names, as the call wrote it. */
  readonly file?: string;
  readonly ms?: number;
  readonly verdict?: 'allow' | 'deny';
  readonly code?: string;
  /** The rule behind a verdict; of a SessionStart: why it started. */
  readonly source?: string;
  /** The sentence of a verdict; of a SessionEnd: why it ended. */
  readonly reason?: string;
  /** The type of a Notification. */
  readonly notification?: string;
  /** The CLI's id of the task of its list that is created or completed; lists of different sessions have the same ids. */
  readonly task?: string;
  /** The title of that task, as the model wrote it; never what is to be done. */
  readonly subject?: string;
  /** How many background tasks still ran. */
  readonly background?: number;
  /** The kind of a failure, in one word; never what a tool printed. */
  readonly error?: string;
  /** The fields that were too long and have been cut. */
  readonly cut?: readonly string[];
}

/** What a writer knows of a line; `spoolLine` adds the version and the cut. */
export type SpoolFields = Omit<SpoolLine, 'v' | 'cut'>;

/** Longest line, in bytes of UTF-8, its line end included. */
export const mostBytes = 16 * 1024;

/** Longest text of a field, in UTF-16 units; each can be halved twice. Fourteen texts of this length, escaped, stay under the line's limit. */
const mostText: Readonly<Record<string, number>> = {
  file: 1024,
  reason: 1024,
  source: 256,
  subject: 200,
};
const mostOtherText = 128;
/** How much of a text beyond that is looked at, so that no half of a secret stays where it is cut. */
const beyond = 4096;

/** The order of the keys is the format's; what is not named here never reaches a line. */
export const spoolFields = [
  't',
  'id',
  'n',
  'launch',
  'agent',
  'session',
  'src',
  'event',
  'tool',
  'toolUseId',
  'subagent',
  'file',
  'ms',
  'verdict',
  'code',
  'source',
  'reason',
  'notification',
  'task',
  'subject',
  'background',
  'error',
] as const satisfies readonly (keyof SpoolFields)[];

/** Texts that somebody else writes; the others are ids, times and words of ours. */
export const freeFields = [
  'agent',
  'tool',
  'subagent',
  'file',
  'code',
  'source',
  'reason',
  'notification',
  'subject',
  'error',
] as const satisfies readonly (keyof SpoolFields)[];

/** Longest text of a field in a line, in UTF-16 units. */
export const mostTextOf = (field: string): number => mostText[field] ?? mostOtherText;

/** Cut to a length, never through a surrogate pair. */
export function cutText(text: string, most: number): string {
  const cut = text.slice(0, most);
  return /[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut;
}

function lineOf(given: SpoolFields, divisor: number): string {
  const line: Record<string, unknown> = { v: 1 };
  const cut: string[] = [];
  for (const field of spoolFields) {
    const value = given[field];
    if (typeof value === 'string') {
      const most = mostTextOf(field) / divisor;
      const isFree = (freeFields as readonly string[]).includes(field);
      const text = isFree ? redact(cutText(value, most + beyond)) : value;
      const kept = cutText(text, most);
      if (kept !== text || value.length > most + beyond) cut.push(field);
      line[field] = kept;
    } else if (Number.isFinite(value)) line[field] = value;
  }
  if (cut.length > 0) line.cut = cut;
  return `${JSON.stringify(line)}\n`;
}

/**
 * The text of one line with its line end, at most 16 KiB of UTF-8. Secrets are taken out; long texts are cut and named in `cut`. Keys other
 * than those of the format, and values of other types, are left out.
 */
export function spoolLine(given: SpoolFields): string {
  // A control character takes six bytes in JSON: only hostile texts come to the second try.
  const line = lineOf(given, 1);
  return Buffer.byteLength(line) <= mostBytes ? line : lineOf(given, 4);
}
