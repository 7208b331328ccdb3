// What is known of a settings file once it is judged.
import type { Finding, Range } from '../findings/finding.ts';
import type { ClaudeCode } from './codes.ts';
import type { Json } from './jsonText.ts';

/**
 * Which of the CLI's sources a file is (CLAUDE-CODE-CONTRACT.md section 1.1); `flag` is a file that `--settings` names,
 * `inline` the text itself given to it.
 */
export type SettingsSource = 'project' | 'local' | 'user' | 'flag' | 'inline';

export interface SettingsPlace {
  /** Path relative to the workspace, with `/`. */
  readonly file: string;
  readonly source: SettingsSource;
  readonly agent?: string;
}

/** A mistake at a place of the file, before it becomes a finding. */
export interface Mistake {
  readonly code: ClaudeCode;
  /** RFC 6901 pointer of the value. */
  readonly key: string;
  readonly message: string;
  readonly args?: Readonly<Record<string, string>>;
  /** What is marked: the value, unless said otherwise. */
  readonly on?: 'key' | 'value';
  /** What is marked, where a pointer can't name it. */
  readonly range?: Range;
}

/** A hook as a settings file declares it, well-formed or not. */
export interface DeclaredHook {
  readonly event: string;
  /** Empty when the entry names none: it then fires for everything. */
  readonly matcher: string;
  /** RFC 6901 pointer of the handler, or of the entry in the legacy form. */
  readonly pointer: string;
  /** `command`, `http`, …; empty when it names none. */
  readonly type: string;
  readonly command?: string;
  readonly args?: readonly string[];
  readonly url?: string;
  /** Seconds. */
  readonly timeout?: number;
  readonly onFailure?: string;
  readonly isAsync: boolean;
  /** `exec`: command and args, no shell. `shell`: a line for /bin/sh. `legacy`: the command lies directly under the event. */
  readonly form: 'exec' | 'shell' | 'legacy' | 'other';
  /** The CLI does not take it as it stands: it skips the handler or drops the file. */
  readonly isMalformed?: true;
  readonly range: Range;
}

export interface SettingsReport {
  /** Undefined when the text is not strict JSON. */
  readonly value: Json | undefined;
  /** The CLI ignores the whole file. */
  readonly dropped: boolean;
  readonly disablesHooks: boolean;
  readonly findings: readonly Finding[];
  readonly hooks: readonly DeclaredHook[];
}
