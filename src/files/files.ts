// The file port: all that the rooms may ask of a disk. Reads answer with values; an absent file is undefined.

/** A file's text, or why it cannot be had. `unreadable` is a short reason in words, such as "is a directory". */
export type FileContent =
  | { readonly text: string; readonly unreadable?: never }
  | { readonly unreadable: string; readonly text?: never };

export type EntryKind = 'file' | 'directory' | 'symlink' | 'other';

/** Reads. Paths are absolute. No call throws. */
export interface Files {
  /**
   * The text of a regular file (symlinks followed); undefined when nothing is there. Bytes that are not UTF-8 are
   * unreadable, since a text made of them could not be written back.
   */
  read(path: string): FileContent | undefined;
  /** What is there itself, symlinks not followed; undefined when nothing, or when a parent is not a directory. */
  kind(path: string): EntryKind | undefined;
  /** The names in a directory, sorted; empty when it is absent or cannot be listed. */
  list(path: string): readonly string[];
  /** The path with every symlink resolved; undefined when nothing is there. */
  realPath(path: string): string | undefined;
  /** True when what is there, symlinks not followed, belongs to this user; always true where the system knows no owners. */
  isOwn(path: string): boolean;
  /** True when a regular file may be executed by this user; false when not or absent. */
  isExecutable(path: string): boolean;
}

/** Writes, for `outputs/write` and the state directory alone. Each call throws the system's own error. */
export interface WritableFiles extends Files {
  /** Makes the directory and its parents; no error when it is there. */
  makeDirectory(path: string, mode?: number): Promise<void>;
  /** Writes a file that must not exist yet, and flushes it to the disk. */
  createFile(path: string, text: string, mode?: number): Promise<void>;
  /** Copies a file's bytes, whatever they are, to a file that must not exist yet, and flushes it to the disk. */
  copyFile(from: string, to: string, mode?: number): Promise<void>;
  /** Moves a file onto its target, replacing it in one step. */
  rename(from: string, to: string): Promise<void>;
  /** Removes a file; no error when it is absent. */
  remove(path: string): Promise<void>;
  /**
   * Keeps other processes that hold the same directory out, on all machines that share it, until what it gives is
   * called. `mark` is the path of a folder that shows it is held. Throws at once, with code `ELOCKED`, when another
   * holds it; a process that ended without letting go counts as gone after five seconds. `onLost`: it was taken over
   * on the way, as after a long sleep of the machine.
   */
  hold(directory: string, mark: string, onLost: () => void): Promise<() => Promise<void>>;
  /** Removes a directory if it is empty; no error when it is absent or holds something. */
  removeEmptyDirectory(path: string): Promise<void>;
}
