// How far a declared hook gets: declared, rendered, exists, inside the workspace, runs.
import type { Files } from '../files/files.ts';
import type { Finding } from '../findings/finding.ts';
import type { DeclaredHook } from './settingsReport.ts';

export type HookRung = 'declared' | 'rendered' | 'exists' | 'inside' | 'runs';

export interface HookStatus {
  readonly hook: DeclaredHook;
  readonly rung: HookRung;
  readonly unknown?: string;
  readonly script?: string;
  readonly findings: readonly Finding[];
}

export interface ClimbOptions {
  readonly files: Files;
  readonly workspaceRoot: string;
  readonly file: string;
  readonly findProgram?: (name: string) => string | undefined;
}

export function climb(hook: DeclaredHook, _options: ClimbOptions): HookStatus {
  return { hook, rung: 'rendered', findings: [] };
}
