// Where machine-local things live: `<state>`, outside every workspace, one folder per workspace.
import type { WritableFiles } from './files.ts';

/** The environment that decides where `<state>` is. */
export interface StateEnvironment {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The user's home directory. */
  readonly home: string;
}

/** `<state>`: `$NATIVE_ORCHESTRATOR_STATE`, else the platform's state directory + `native-orchestrator`. Absolute. */
export declare function stateRoot(environment: StateEnvironment): string;

/** The folder of one workspace below `<state>`, by the hash of its real path. Absolute; need not exist. */
export declare function workspaceState(files: WritableFiles, state: string, root: string): string;
