// Findings and sums as lines of text or as JSON. Everything that comes from a file is shown escaped.
import type { Finding, Severity } from '../findings/finding.ts';
import { visible } from '../findings/visible.ts';
import type { AgentStatus } from '../outputs/fleet.ts';
import type { Io } from './verb.ts';

const colours: Readonly<Record<Severity, string>> = { error: '31', warning: '33', information: '36' };

/** The text in a colour, where colour is wanted. */
export function coloured(io: Pick<Io, 'hasColour'>, severity: Severity, text: string): string {
  return io.hasColour ? `\u001b[${colours[severity]}m${text}\u001b[0m` : text;
}

/** One finding as a line that editors and terminals can jump to: `file:line:column: severity: message [code]`. */
export function findingLine(io: Pick<Io, 'hasColour'>, finding: Finding): string {
  const place = `${visible(finding.file)}:${finding.line}:${finding.column}`;
  const key =
    finding.key === undefined || finding.message.startsWith(finding.key) ? '' : ` ${visible(finding.key)}:`;
  return `${place}: ${coloured(io, finding.severity, finding.severity)}:${key} ${visible(finding.message)} [${finding.code}]`;
}

/** Prints findings, information only if asked for, and says how many were held back. */
export function printFindings(io: Io, findings: readonly Finding[], withNotes: boolean): void {
  const shown = findings.filter((finding) => withNotes || finding.severity !== 'information');
  for (const finding of shown) io.out(`${findingLine(io, finding)}\n`);
}

/** The JSON of FORMATS.md "finding". */
export function printJson(io: Io, value: unknown): void {
  io.out(`${JSON.stringify(value, null, 2)}\n`);
}

export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;

/** What a sum counts. */
export type Marks = Pick<AgentStatus, 'health' | 'sync'>;

/** How many agents are in which state, for the last line and for JSON. Counts that are zero are left out. */
export function fleetCounts(agents: readonly Marks[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = { agents: agents.length };
  const add = (name: string): void => {
    counts[name] = (counts[name] ?? 0) + 1;
  };
  for (const { health, sync } of agents) {
    if (health === 'disarmed') add('disarmed');
    else if (health === 'missing') add('missing');
    else if (sync === 'outOfSync') add('outOfSync');
    else if (sync === 'unknown') add('unknown');
    else if (health === 'degraded') add('degraded');
    else add('inSync');
  }
  return counts;
}

/** How many agents have which mark, for either of the two. */
export function agentMarks(agents: readonly Marks[]): Record<keyof Marks, Readonly<Record<string, number>>> {
  const marks: Record<keyof Marks, Record<string, number>> = { sync: {}, health: {} };
  for (const agent of agents)
    for (const name of ['sync', 'health'] as const)
      marks[name][agent[name]] = (marks[name][agent[name]] ?? 0) + 1;
  return marks;
}

const countWords: readonly (readonly [string, string])[] = [
  ['inSync', 'in sync'],
  ['outOfSync', 'out of sync'],
  ['degraded', 'degraded'],
  ['missing', 'not generated yet'],
  ['unknown', 'unreadable'],
  ['disarmed', 'disarmed'],
];

/** `26 agents: 24 in sync, 1 out of sync, 1 disarmed`. */
export function countLine(agents: readonly Marks[]): string {
  const counts = fleetCounts(agents);
  const parts = countWords.flatMap(([key, words]) =>
    counts[key] === undefined ? [] : [`${counts[key]} ${words}`],
  );
  const sum = plural(agents.length, 'agent');
  return parts.length === 0 ? sum : `${sum}: ${parts.join(', ')}`;
}
