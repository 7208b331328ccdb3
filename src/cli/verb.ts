// What a verb of the command line is, and what it may use of the process it runs in.
import type { WritableFiles } from '../files/files.ts';
import type { HookSources } from '../outputs/output.ts';
import type { Machine } from '../sessions/programs.ts';

/** The process as the verbs see it; tests hand in their own. */
export interface Io {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Standard output is a terminal, and colour is wanted. */
  readonly hasColour: boolean;
  readonly files: WritableFiles;
  readonly machine: Machine;
  /** Shows how far a long command is, in one line that the next text replaces; absent where nobody watches. */
  readonly progress?: (text: string) => void;
  /** Loaded on first use from the package. */
  readonly hooks: () => HookSources;
  /** The same for launch copies. */
  readonly launchHooks: () => HookSources;
  readonly version: string;
  /** ISO date. */
  readonly today: string;
  /** Asks a person and gives the line they typed; absent where there is no terminal. */
  readonly ask?: (question: string) => Promise<string>;
  /** All that comes in on standard input; absent where that is a terminal. */
  readonly input?: () => Promise<string>;
  /** The time, ISO 8601. */
  readonly now: () => string;
  /** Runs a verb in a process of its own and gives what it printed; undefined when it could not. Absent where there is no program. */
  readonly apart?: (words: readonly string[], signal: AbortSignal) => Promise<string | undefined>;
}

export type OptionSpec =
  | { readonly type: 'boolean'; readonly help: string; readonly short?: string }
  | {
      readonly type: 'string';
      readonly help: string;
      readonly value: string;
      readonly short?: string;
      /** It may be given several times. */
      readonly isMany?: true;
      /** The values that there are, for completion; absent where `value` has them, or any will do. */
      readonly choices?: readonly string[];
    };

/** How a verb prints what it has to say. */
export type Format = 'text' | 'json' | 'sarif' | 'github';

export interface VerbContext {
  readonly io: Io;
  /** Absolute path of the workspace. */
  readonly root: string;
  readonly positionals: readonly string[];
  readonly flag: (name: string) => boolean;
  readonly option: (name: string) => string | undefined;
  /** All values of an option that may be given several times; absent where a caller gives none. */
  readonly list?: (name: string) => readonly string[];
  readonly format: Format;
}

/** Exit codes: no error, warning or drift · some · usage or crash (DESIGN.md section 11). */
export type ExitCode = 0 | 1 | 2;

export interface Verb {
  readonly name: string;
  /** One line for the list of verbs. */
  readonly summary: string;
  /** What follows the verb in the usage line. */
  readonly usage: string;
  /** A paragraph for `help <verb>`. */
  readonly help: string;
  readonly options: Readonly<Record<string, OptionSpec>>;
  /** What its first argument can be, for completion; absent: agents, or anything, as `usage` says. */
  readonly choices?: readonly string[];
  /** The values of `--format` that it takes; absent: all of them. */
  readonly formats?: readonly Format[];
  readonly run: (context: VerbContext) => Promise<number> | number;
}
