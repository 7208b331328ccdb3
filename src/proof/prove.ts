// `prove`: starts the user's real claude against a scripted model in a scratch copy, and keeps what was seen. In the making.
import type { WritableFiles } from '../files/files.ts';
import type { Finding } from '../findings/finding.ts';
import type { Fleet } from '../outputs/fleet.ts';
import type { HookSources } from '../outputs/output.ts';
import type { ProofRecord } from './proofRecord.ts';

export interface ProveOptions {
  readonly files: WritableFiles;
  readonly fleet: Fleet;
  /** Ids of the agents to prove. */
  readonly agents: readonly string[];
  /** Absolute paths of the user's programs. */
  readonly claudePath: string;
  readonly nodePath: string;
  /** The hooks of launch copies. */
  readonly launchHooks: HookSources;
  /** `<state>` and the workspace's folder in it, where proofs are kept. */
  readonly state: { readonly root: string; readonly workspace: string };
  /** PATH for what Bash runs; the rest of the user's environment does not reach the session. */
  readonly searchPath: string;
  /** How many agents at once. */
  readonly jobs: number;
  /** Ends every process that was started, removes the scratch copy, and makes `prove` reject with a UserError. */
  readonly signal?: AbortSignal;
  /** `agent` is the one that has just been done; undefined at the beginning. */
  readonly onProgress?: (done: number, total: number, agent: string | undefined) => void;
}

/** An agent for which there is no proof, because something about it could not be tried. */
export interface NotProven {
  readonly agent: string;
  /** A sentence or two: what happened, and what to do. */
  readonly message: string;
}

export interface ProveResult {
  /** The version of claude. */
  readonly cli: string;
  /** In the order of `agents`; already kept in `<state>`. */
  readonly records: readonly ProofRecord[];
  readonly notProven: readonly NotProven[];
  /** What failed, at the line of the registry that forbids it. */
  readonly findings: readonly Finding[];
  /** What no proof covers, in words: user settings, managed settings. */
  readonly outside: readonly string[];
}
