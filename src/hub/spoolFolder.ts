// What the folder of spools holds as the hub sees it: its own files, what cannot be read, and which of both is known.
import fs from 'node:fs';
import path from 'node:path';
import type { AppendedFile } from '../files/appendedFiles.ts';

const ending = '.jsonl';

export const isSpoolName = (name: string): boolean => name.endsWith(ending);

/** A regular file of this user's own: nothing else is opened. */
export const isOwnFile = (entry: fs.Stats): boolean =>
  entry.isFile() && (process.getuid === undefined || entry.uid === process.getuid());

const isGone = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

/** The names that spools have; none where there is no folder. Undefined: it is there, and cannot be read now. */
export function spoolNames(folder: string): readonly string[] | undefined {
  try {
    return fs.readdirSync(folder).filter(isSpoolName);
  } catch (error) {
    return isGone(error) ? [] : undefined;
  }
}

/**
 * What is behind a name. `gone`: nothing. `strange`: nothing that may be read as a spool, such as a link, a pipe or the file
 * of another user, or nothing that can be said now; `identity` where it is known. Links are not followed.
 */
export type SpoolEntry =
  | ({ readonly kind: 'file' } & AppendedFile)
  | { readonly kind: 'strange'; readonly identity?: number }
  | { readonly kind: 'gone' };

export function lookAtSpool(folder: string, name: string): SpoolEntry {
  try {
    const entry = fs.lstatSync(path.join(folder, name));
    if (!isOwnFile(entry)) return { kind: 'strange', identity: entry.ino };
    return { kind: 'file', name, size: entry.size, changedAt: entry.mtimeMs, identity: entry.ino };
  } catch (error) {
    return isGone(error) ? { kind: 'gone' } : { kind: 'strange' };
  }
}
