// Registry → files. Everything is rendered and validated before the first byte is written; then all or nothing.
import type { WritableFiles } from '../files/files.ts';
import type { Finding } from '../findings/finding.ts';
import type { HookSources } from './output.ts';

export interface GenerateOptions {
  readonly files: WritableFiles;
  readonly root: string;
  readonly hooks: HookSources;
  /** Absolute path of this workspace's folder in the state directory: backups of what is overwritten go there. */
  readonly stateDirectory: string;
  /** Only these agents (and the shared hooks); absent means all. */
  readonly ids?: readonly string[];
  /** Render and compare, write nothing. */
  readonly dryRun?: boolean;
  readonly signal?: AbortSignal;
  /** Called as files reach the disk. */
  readonly onProgress?: (done: number, total: number) => void;
}

export interface GenerateResult {
  /** False when it refused or was cancelled: then nothing was written. */
  readonly done: boolean;
  /** Paths written (or, in a dry run, that would be), relative to the workspace. */
  readonly written: readonly string[];
  /** How many outputs were already as they should be. */
  readonly unchanged: number;
  /** Where the overwritten contents of edited files were kept; absent when nothing needed it. */
  readonly backup?: string;
  /** Why it refused (errors), and what else is worth knowing. */
  readonly findings: readonly Finding[];
}

/**
 * Writes the outputs of some or all agents.
 * @throws UserError when the disk refuses (read-only, full): the message says which file and what to do; nothing is half-written.
 */
export declare function generate(options: GenerateOptions): Promise<GenerateResult>;
