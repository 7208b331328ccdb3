// What it takes to start an agent: preflight, launch copy, launch line. Runs nothing itself.
import type { WritableFiles } from '../files/files.ts';
import type { AgentStatus, Fleet } from '../outputs/fleet.ts';
import type { HookSources } from '../outputs/output.ts';

/** Why an agent can't start now, and what would mend it. */
export interface Refusal {
  readonly kind: 'disarmed' | 'outOfSync' | 'registry' | 'missingFile';
  /** One sentence for a person. */
  readonly message: string;
  /** True when "Regenerate and start" mends it. */
  readonly regenerateMends: boolean;
}

/** A process to be started: an argument array, never a shell string. */
export interface Launch {
  readonly launchId: string;
  readonly sessionId: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Added to the environment of the terminal. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/** Whether an agent may start as things are; undefined when it may. */
export declare function preflight(fleet: Fleet, status: AgentStatus): Refusal | undefined;

export interface PrepareOptions {
  readonly files: WritableFiles;
  readonly fleet: Fleet;
  readonly id: string;
  readonly hooks: HookSources;
  /** This workspace's folder in the state directory. */
  readonly stateDirectory: string;
  /** Absolute paths of the user's programs. */
  readonly claudePath: string;
  readonly nodePath: string;
  /** Random UUIDs, made by the caller. */
  readonly launchId: string;
  readonly sessionId: string;
}

/** Writes the launch copy (DESIGN.md section 4) and gives the launch line (section 8). @throws UserError */
export declare function prepareLaunch(options: PrepareOptions): Promise<Launch>;
