// A disk in memory behind the file port, with faults to order.
import path from 'node:path';
import type { EntryKind, FileContent, WritableFiles } from '../../../src/files/files.ts';

export interface MemoryFiles extends WritableFiles {
  /** Every file by its absolute path. */
  readonly texts: Map<string, string>;
  /** What answers otherwise than its text: unreadable files, by path. */
  readonly unreadable: Map<string, string>;
  /** Called before each write; throws to fail it. */
  onWrite: (operation: 'makeDirectory' | 'createFile' | 'rename', path: string) => void;
  /** How many files were created or moved. */
  readonly writes: string[];
}

/** The error that the system would throw. */
export function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: made by a test`), { code });
}

/** A disk that holds the given files, by absolute path. */
export function memoryFiles(initial: Readonly<Record<string, string>> = {}): MemoryFiles {
  const texts = new Map(Object.entries(initial));
  const unreadable = new Map<string, string>();
  const folders = new Set<string>();
  const held = new Set<string>();
  const isFolder = (folder: string): boolean =>
    folders.has(folder) || [...texts.keys()].some((file) => file.startsWith(`${folder}/`));
  const files: MemoryFiles = {
    texts,
    unreadable,
    writes: [],
    onWrite: () => {},
    read(file): FileContent | undefined {
      const reason = unreadable.get(file);
      if (reason !== undefined) return { unreadable: reason };
      const text = texts.get(file);
      if (text !== undefined) return { text };
      return isFolder(file) ? { unreadable: 'is a directory' } : undefined;
    },
    kind(file): EntryKind | undefined {
      if (texts.has(file)) return 'file';
      return isFolder(file) ? 'directory' : undefined;
    },
    list(folder) {
      const names = [...texts.keys(), ...folders]
        .filter((file) => file.startsWith(`${folder}/`))
        .map((file) => file.slice(folder.length + 1).split('/')[0] ?? '');
      return [...new Set(names)].sort();
    },
    realPath: (file) => (files.kind(file) === undefined ? undefined : file),
    isOwn: () => true,
    isExecutable: () => false,
    async makeDirectory(folder) {
      files.onWrite('makeDirectory', folder);
      for (let at = folder; at !== path.dirname(at); at = path.dirname(at)) {
        if (texts.has(at)) throw systemError('ENOTDIR');
        folders.add(at);
      }
    },
    async createFile(file, text) {
      files.onWrite('createFile', file);
      if (texts.has(file)) throw systemError('EEXIST');
      texts.set(file, text);
      files.writes.push(file);
    },
    async copyFile(from, to) {
      files.onWrite('createFile', to);
      if (texts.has(to)) throw systemError('EEXIST');
      const text = texts.get(from);
      if (text === undefined) throw systemError('ENOENT');
      texts.set(to, text);
      files.writes.push(to);
    },
    async rename(from, to) {
      files.onWrite('rename', to);
      const text = texts.get(from);
      if (text === undefined) throw systemError('ENOENT');
      texts.delete(from);
      texts.set(to, text);
      files.writes.push(to);
    },
    async remove(file) {
      texts.delete(file);
    },
    async hold(directory) {
      if (held.has(directory)) throw systemError('ELOCKED');
      held.add(directory);
      return async () => {
        held.delete(directory);
      };
    },
    async removeEmptyDirectory(folder) {
      if (![...texts.keys()].some((file) => file.startsWith(`${folder}/`))) folders.delete(folder);
    },
  };
  return files;
}
