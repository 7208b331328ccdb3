// What a Bash command would do, as far as its text tells: the words that the guard and the shell analysis share.
// Nothing here loads the parser.

/** A file or directory that a command touches. */
export interface ShellTarget {
  /**
   * Absolute. Not normalised: `..` after a symlink leads elsewhere for the system than for a reader, so whoever
   * resolves it has to look at both. Shell globs are resolved already.
   */
  readonly path: string;
  /** As the command wrote it, for messages. */
  readonly shown: string;
  /** True when all that lies below the path is taken in as well: `rm -r`, `cp -r`, `git clean`, `find -delete`. */
  readonly below?: boolean;
}

/** A part of the command whose effect its text does not tell: an interpreter, `eval`, a substitution in a target. */
export interface Opaque {
  /** What it is, in words for a person, such as `python3` or `a substitution`. */
  readonly what: string;
  /** All the text that could name what it touches: its code, its words, what it reads from a pipe. */
  readonly text: string;
  /** `read` when it can only read; `write` when it could change something. */
  readonly does: 'read' | 'write';
  /** The directory it runs in, absolute; absent when that is not known, and then `text` has what is. */
  readonly cwd?: string;
}

/** A word of a program that nobody here knows, which may be a path that it changes. */
export interface Mention {
  /** The program. */
  readonly what: string;
  /** Absolute, as if the word were a path. */
  readonly path: string;
}

/** Everything that a command would touch or start, in the order in which it was found and without repetition. */
export interface ShellEffects {
  /** Why bash would refuse the text, or why it cannot be judged; the other lists are then incomplete. */
  readonly syntaxError?: string;
  /** What it would create, change or delete. */
  readonly writes: readonly ShellTarget[];
  readonly reads: readonly ShellTarget[];
  readonly opaque: readonly Opaque[];
  readonly mentions: readonly Mention[];
  /** Programs that nobody may start from a session, by name: `claude`, `native-orchestrator`, our `tmux` socket. */
  readonly starts: readonly string[];
  /** The words of each simple command, those behind wrappers (`env`, `sudo`, `xargs`) once more without them. */
  readonly commands: readonly (readonly string[])[];
}

/** What of the world outside its text a command depends on. */
export interface ShellContext {
  /** The directory it is started in, absolute. */
  readonly cwd: string;
  /** The environment as far as it is known; a variable that is not in it has an unknown value. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /**
   * The absolute paths that exist for a shell glob given as an absolute path, in which `\` makes the next character
   * a plain one; undefined when there are too many. `isLoose`: names in any case and such that begin with a dot too.
   * Absent: globs are unknown.
   */
  readonly expandGlob?: (pattern: string, isLoose: boolean) => readonly string[] | undefined;
  /** Whether a symbolic link lies at an absolute path now. Absent: none does. */
  readonly isLink?: (path: string) => boolean;
  /** What lies at an absolute path now, links followed; undefined when nothing does. Absent: unknown. */
  readonly kindOf?: (path: string) => 'directory' | 'other' | undefined;
  /** The text of a file at an absolute path (a script, a patch); undefined when there is none or it is too large. */
  readonly readText?: (path: string) => string | undefined;
}
