// Puts outputs on the disk, all or nothing. The only place that does (DESIGN.md section 14, invariant 4).
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { WritableFiles } from '../files/files.ts';
import { UserError } from '../findings/userError.ts';
import { visible } from '../findings/visible.ts';

/** One file to be written, by its absolute path. */
export interface FileChange {
  readonly path: string;
  readonly text: string;
  /** The file is removed instead of written. Its text before must be known. */
  readonly isRemoval?: true;
  /** The absolute path of a file whose bytes are written instead of the text, whatever they are. */
  readonly copyOf?: string;
  /** Its text before, to be put back should a later file fail; undefined when it did not exist, or has no text. */
  readonly before: string | undefined;
  /** A copy of a file that has no text to be read; it is put back from there. */
  readonly keptAs?: string;
}

export interface WriteOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
  /** Directories are removed again only below this one. Absolute. */
  readonly root: string;
  /** Permission bits of new files and folders; absent means the system's usual ones. */
  readonly mode?: { readonly file: number; readonly folder: number };
}

/** How many files are on their way to the disk at once: enough to share the flushes. */
const atOnce = 16;

const temporaryForm = /^\..+\.[0-9a-f]{12}\.native-orchestrator-tmp$/;

/** Whether a file's name is that of a file we had begun to write when something ended us. */
export function isLeftover(name: string): boolean {
  return temporaryForm.test(name);
}

/** A name beside a file under which its next content is written before it takes the file's place. */
export function temporaryFor(file: string): string {
  return path.join(
    path.dirname(file),
    `.${path.basename(file)}.${randomBytes(6).toString('hex')}.native-orchestrator-tmp`,
  );
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  const results = await Promise.allSettled(
    Array.from({ length: Math.min(atOnce, items.length) }, async () => {
      while (next < items.length) {
        const item = items[next++];
        if (item === undefined) return;
        await work(item).catch((error: unknown) => {
          next = items.length; // begin no further file
          throw error;
        });
      }
    }),
  );
  const failed = results.find((result) => result.status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}

/** The directories that must be made for a folder to be there, outermost first. */
function absentDirectories(files: WritableFiles, folder: string, root: string): string[] {
  const absent: string[] = [];
  for (let at = folder; at !== root && at !== path.dirname(at); at = path.dirname(at)) {
    if (files.kind(at) !== undefined) break;
    absent.unshift(at);
  }
  return absent;
}

/**
 * Writes every change beside its target, flushed, then moves them all into place. When anything fails before the first
 * move nothing has changed; when a move fails, those made are undone. Resolves to false when cancelled, with nothing changed.
 * @throws UserError naming the file and the way out.
 */
export async function writeAll(
  files: WritableFiles,
  changes: readonly FileChange[],
  options: WriteOptions,
): Promise<boolean> {
  const written = changes.filter(({ isRemoval }) => isRemoval !== true);
  const made = new Set<string>();
  const temporaries = new Map<FileChange, string>();
  let done = 0;
  const cleanUp = async (): Promise<void> => {
    // What cannot be removed now (a disk that became read-only) is swept by the next generate.
    for (const temporary of temporaries.values()) await files.remove(temporary).catch(() => {});
    for (const directory of [...made].sort((a, b) => b.length - a.length))
      await files.removeEmptyDirectory(directory).catch(() => {});
  };
  try {
    for (const folder of new Set(written.map((change) => path.dirname(change.path)))) {
      for (const directory of absentDirectories(files, folder, options.root)) made.add(directory);
      await attempt('make the folder', folder, () => files.makeDirectory(folder, options.mode?.folder));
    }
    await inParallel(written, async (change) => {
      if (options.signal?.aborted) return;
      const temporary = temporaryFor(change.path);
      temporaries.set(change, temporary);
      await attempt('write', change.path, () =>
        change.copyOf === undefined
          ? files.createFile(temporary, change.text, options.mode?.file)
          : files.copyFile(change.copyOf, temporary, options.mode?.file),
      );
      options.onProgress?.(++done, written.length);
    });
  } catch (error) {
    await cleanUp();
    throw error;
  }
  if (options.signal?.aborted) {
    await cleanUp();
    return false;
  }
  const moved: FileChange[] = [];
  try {
    for (const [change, temporary] of temporaries) {
      await attempt('replace', change.path, () => files.rename(temporary, change.path));
      moved.push(change);
    }
    for (const change of changes.filter(({ isRemoval }) => isRemoval === true)) {
      await attempt('remove', change.path, () => files.remove(change.path));
      moved.push(change);
    }
  } catch (error) {
    const stuck = await undo(files, moved, options.mode?.file);
    await cleanUp();
    if (stuck.length === 0) throw error;
    throw new UserError(
      `${error instanceof Error ? error.message.replace(nothingChanged, '') : String(error)} Already written, and not to be put back: ${stuck.join(', ')}. Run it again when that is mended.`,
      { cause: error },
    );
  }
  return true;
}

/** Puts back what was there before. Gives the files with which that failed, too. */
async function undo(
  files: WritableFiles,
  moved: readonly FileChange[],
  mode: number | undefined,
): Promise<readonly string[]> {
  const stuck: string[] = [];
  for (const { path: file, before, keptAs } of [...moved].reverse()) {
    const temporary = temporaryFor(file);
    try {
      if (before !== undefined) await files.createFile(temporary, before, mode);
      else if (keptAs !== undefined) await files.copyFile(keptAs, temporary, mode);
      else {
        await files.remove(file);
        continue;
      }
      await files.rename(temporary, file);
    } catch {
      await files.remove(temporary).catch(() => {});
      stuck.push(file);
    }
  }
  return stuck;
}

const nothingChanged = ' Nothing was changed.';

const ways: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full. Free some space and run it again',
  EDQUOT: 'your disk quota is used up. Free some space and run it again',
  EROFS: 'the disk is read-only. Make it writable and run it again',
  EACCES: 'there is no permission. Change the permissions of the folder and run it again',
  EPERM: 'it is not permitted. Change the permissions of the folder and run it again',
  ENOTDIR: 'a file stands where a folder should be. Move it away and run it again',
  EEXIST: 'something of that name is in the way. Move it away and run it again',
  EISDIR: 'a folder stands where a file should be. Move it away and run it again',
  ENAMETOOLONG: 'the path is too long for this disk',
};

/** Runs one step on the disk; a refusal of the system becomes a UserError that says what to do. */
export async function attempt<T>(verb: string, file: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
    if (code === undefined) throw error;
    throw new UserError(
      `Could not ${verb} ${visible(file)}: ${ways[code] ?? `the system says ${code}`}.${nothingChanged}`,
      { cause: error },
    );
  }
}
