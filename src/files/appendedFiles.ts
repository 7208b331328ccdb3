// Files that only grow, such as a spool's: which there are, and the bytes that came since. Reads only.
import fs from 'node:fs';
import path from 'node:path';

export interface AppendedFile {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly changedAt: number;
  /** Tells a file from another one that later has its name. */
  readonly identity: number;
}

/** The disk as a reader of such files sees it. Paths are absolute. No call throws. */
export interface AppendedFiles {
  /** The names in the folder with that ending. */
  names(folder: string, ending: string): readonly string[];
  /** A regular file of this user's own, links not followed; undefined for anything else. */
  look(folder: string, name: string): AppendedFile | undefined;
  /** Up to `most` bytes from an offset; empty where there is nothing or it may not be read. */
  read(folder: string, name: string, from: number, most: number): Uint8Array;
}

const isMine = (entry: fs.Stats): boolean =>
  entry.isFile() && (process.getuid === undefined || entry.uid === process.getuid());

/** The disk of this machine. */
export const nodeAppendedFiles: AppendedFiles = {
  names(folder, ending) {
    try {
      return fs.readdirSync(folder).filter((name) => name.endsWith(ending));
    } catch {
      return [];
    }
  },
  look(folder, name) {
    try {
      const entry = fs.lstatSync(path.join(folder, name), { throwIfNoEntry: false });
      return entry && isMine(entry)
        ? { name, size: entry.size, changedAt: entry.mtimeMs, identity: entry.ino }
        : undefined;
    } catch {
      return undefined;
    }
  },
  read(folder, name, from, most) {
    let descriptor: number | undefined;
    try {
      const careful = (fs.constants.O_NOFOLLOW ?? 0) | (fs.constants.O_NONBLOCK ?? 0);
      descriptor = fs.openSync(path.join(folder, name), fs.constants.O_RDONLY | careful);
      const entry = fs.fstatSync(descriptor);
      if (!isMine(entry)) return new Uint8Array();
      const bytes = Buffer.alloc(Math.max(0, Math.min(most, entry.size - from)));
      return bytes.subarray(0, fs.readSync(descriptor, bytes, 0, bytes.length, from));
    } catch {
      return new Uint8Array();
    } finally {
      if (descriptor !== undefined) fs.closeSync(descriptor);
    }
  },
};
