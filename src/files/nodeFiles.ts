// The file port on a real disk. Reads are synchronous: the files are small and many, and a promise each costs more than the read.
import { isUtf8 } from 'node:buffer';
import fs from 'node:fs';
import path from 'node:path';
import type { EntryKind, FileContent, WritableFiles } from './files.ts';

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown error';

const reasons: Readonly<Record<string, string>> = {
  EISDIR: 'is a directory',
  EACCES: 'may not be read (no permission)',
  EPERM: 'may not be read (no permission)',
  ELOOP: 'is a symbolic link that leads in a circle',
  ERR_STRING_TOO_LONG: 'is too large',
  ERR_FS_FILE_TOO_LARGE: 'is too large',
};

const kindOf = (entry: fs.Stats): EntryKind =>
  entry.isFile() ? 'file' : entry.isDirectory() ? 'directory' : entry.isSymbolicLink() ? 'symlink' : 'other';

/** A file larger than this is not read: nothing of ours comes near it. Bytes. */
const largestFile = 64 * 1024 * 1024;

/** What is first read of a file whose size the system does not say, as of those below /proc. Bytes. */
const firstBytes = 4096;

/** The rest of a file that says it is empty. The runtime would take 64 KB for each, thousands of which are read in a minute. */
function readUnsized(descriptor: number): Buffer {
  let bytes = Buffer.alloc(firstBytes);
  let length = 0;
  for (;;) {
    const count = fs.readSync(descriptor, bytes, length, bytes.length - length, null);
    if (count === 0) return bytes.subarray(0, length);
    length += count;
    if (length === bytes.length) bytes = Buffer.concat([bytes, Buffer.alloc(length)]);
  }
}

function read(file: string): FileContent | undefined {
  let descriptor: number | undefined;
  try {
    // Non-blocking, so that a pipe in place of a file cannot hang us.
    descriptor = fs.openSync(file, fs.constants.O_RDONLY | (fs.constants.O_NONBLOCK ?? 0));
    const entry = fs.fstatSync(descriptor);
    if (entry.isDirectory()) return { unreadable: 'is a directory' };
    if (!entry.isFile()) return { unreadable: 'is not a regular file' };
    if (entry.size > largestFile) return { unreadable: 'is too large' };
    const bytes = entry.size === 0 ? readUnsized(descriptor) : fs.readFileSync(descriptor);
    return isUtf8(bytes) ? { text: bytes.toString('utf8') } : { unreadable: 'is not UTF-8 text' };
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    return { unreadable: reasons[code] ?? `cannot be read (${code})` };
  } finally {
    if (descriptor !== undefined) fs.closeSync(descriptor);
  }
}

/** The disk of this machine. */
export const nodeFiles: WritableFiles = {
  read,
  kind(file) {
    try {
      const entry = fs.lstatSync(file, { throwIfNoEntry: false });
      return entry && kindOf(entry);
    } catch {
      return undefined; // a parent that is a file, or may not be searched
    }
  },
  list(directory) {
    try {
      return fs.readdirSync(directory).sort();
    } catch {
      return [];
    }
  },
  realPath(file) {
    try {
      return fs.realpathSync.native(file);
    } catch {
      return undefined;
    }
  },
  isOwn(file) {
    if (process.getuid === undefined) return true;
    try {
      return fs.lstatSync(file).uid === process.getuid();
    } catch {
      return false;
    }
  },
  isExecutable(file) {
    try {
      if (!fs.statSync(file).isFile()) return false;
      fs.accessSync(file, fs.constants.X_OK);
      return true;
    } catch {
      return false;
    }
  },
  async makeDirectory(directory, mode) {
    await fs.promises.mkdir(directory, { recursive: true, ...(mode === undefined ? {} : { mode }) });
  },
  async createFile(file, text, mode = 0o644) {
    const handle = await fs.promises.open(file, 'wx', mode);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
  async copyFile(from, to, mode = 0o644) {
    await fs.promises.copyFile(from, to, fs.constants.COPYFILE_EXCL);
    const handle = await fs.promises.open(to, 'r+');
    try {
      await handle.chmod(mode);
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
  async rename(from, to) {
    await fs.promises.rename(from, to);
  },
  async remove(file) {
    await fs.promises.rm(file, { force: true });
  },
  async hold(directory, mark, onLost) {
    // Loaded only where something is to be written.
    const { default: lockfile } = await import('proper-lockfile');
    return lockfile.lock(directory, {
      lockfilePath: mark,
      stale: 5_000,
      update: 1_000,
      retries: 0, // the library would ask again after every error, a read-only disk's too
      onCompromised: onLost,
    });
  },
  async removeEmptyDirectory(directory) {
    try {
      await fs.promises.rmdir(directory);
    } catch (error) {
      if (!['ENOENT', 'ENOTEMPTY', 'EEXIST', 'ENOTDIR', 'EBUSY'].includes(codeOf(error))) throw error;
    }
  },
};

/** Joins a workspace-relative path with `/` to its root, in the platform's spelling. */
export function inWorkspace(root: string, relative: string): string {
  return path.join(root, ...relative.split('/'));
}
