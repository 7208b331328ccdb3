// What is wrong or worth knowing, as data. Messages, squiggles and command-line lines are renderings of it.

export type Severity = 'error' | 'warning' | 'information';

/** A span of text. Lines and columns are 1-based, columns count UTF-16 units, the end is exclusive. */
export interface Range {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** The other end of a finding that concerns two places, such as drift. */
export interface Related extends Range {
  /** Path relative to the workspace, with `/`. */
  readonly file: string;
  readonly message: string;
}

export type FindingArg = string | number | boolean | readonly string[];

export interface Finding extends Range {
  /** `room/kebab-case`, permanent once released. */
  readonly code: string;
  readonly severity: Severity;
  /** Path relative to the workspace, with `/`. */
  readonly file: string;
  /** The agent it concerns; absent when it concerns the fleet. */
  readonly agent?: string;
  /** RFC 6901 pointer into a JSON file, or absent. */
  readonly key?: string;
  /** The values that the message was made of. */
  readonly args: Readonly<Record<string, FindingArg>>;
  /** One sentence or two: what is, what should be, what it means. */
  readonly message: string;
  readonly related?: readonly Related[];
}

/** What a room's `codes.ts` says about each of its codes. */
export interface CodeInfo {
  readonly severity: Severity;
  /** One or two sentences for a person who has just met the code: what it means and the way out. */
  readonly help: string;
}

/** The first line of a file: where a finding goes when it has no better place. */
export const startOfFile: Range = { line: 1, column: 1, endLine: 1, endColumn: 1 };

/** True when any finding is an error. */
export function hasErrors(findings: readonly Finding[]): boolean {
  return findings.some((finding) => finding.severity === 'error');
}
