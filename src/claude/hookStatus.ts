// How far a hook was seen to get by its file alone, and what that was worked out from.
import type { Files } from '../files/files.ts';
import type { Finding } from '../findings/finding.ts';
import type { DeclaredHook } from './settingsReport.ts';

/**
 * The rungs of the ladder that a look at the files can reach, lowest first (DESIGN.md section 6). Those above, proven
 * and fired, are evidence of a machine: `ladderOf`.
 */
export const hookRungs = ['declared', 'rendered', 'exists', 'inside', 'runs', 'ours'] as const;
export type HookRung = (typeof hookRungs)[number];

/** What a script of ours should be, and whether it is. */
export interface OurContent {
  readonly kind: 'guard' | 'report';
  /** What is there does what was generated: the same bytes, or those of another version that the lock vouches for. */
  readonly isInOrder: boolean;
  /** What is wrong with it, as the end of a sentence about "its script"; empty when it is in order. */
  readonly words: string;
}

export interface HookStatus {
  readonly hook: DeclaredHook;
  /** The settings file that declares it, relative to the workspace, with `/`. */
  readonly file: string;
  /** The highest rung that is known to be reached, with all below it. */
  readonly rung: HookRung;
  /** Why it cannot be said whether the next rung is reached, when that is so. */
  readonly unknown?: string;
  /** Absolute path of the file that the hook runs, when it names one. */
  readonly script?: string;
  /** The same relative to the workspace, with `/`, when it lies there. */
  readonly relative?: string;
  /** The folder that its sessions start in, relative to the workspace, with `/`; absent: the workspace itself. */
  readonly project?: string;
  /** Set for hooks of ours. For anybody else's, "runs" is the highest rung there is. */
  readonly ours?: OurContent;
  /** A malformed or legacy entry has none here: `checkSettings` reports it. */
  readonly findings: readonly Finding[];
}

export interface ClimbOptions {
  readonly files: Files;
  /** Absolute. */
  readonly workspaceRoot: string;
  /**
   * The folder that the session starts in, relative to the workspace, with `/`: the CLI's `CLAUDE_PROJECT_DIR`, and where
   * relative paths begin. Absent: the workspace itself.
   */
  readonly project?: string;
  /** The settings file, relative to the workspace, with `/`. */
  readonly file: string;
  readonly agent?: string;
  /** Finds a program on PATH; absent where the verdict may not depend on the machine. */
  readonly findProgram?: (name: string) => string | undefined;
  /** The user's home directory, for `~`; absent where the verdict may not depend on the machine. */
  readonly home?: string;
  /** What a script of ours should be, by its path relative to the workspace; undefined for anybody else's. */
  readonly ours?: (relative: string) => OurContent | undefined;
}
