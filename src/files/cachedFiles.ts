// A disk whose answers are remembered until a watcher says that something changed.
import path from 'node:path';
import type { EntryKind, FileContent, Files } from './files.ts';

export interface CachedFiles extends Files {
  /** Forgets what is known of a path, of all below it, and of the listings it appears in. */
  forget(path: string): void;
  /** Forgets everything. */
  forgetAll(): void;
}

/** What was answered for one path; a missing member was never asked. */
interface Known {
  content?: { readonly answer: FileContent | undefined };
  kind?: { readonly answer: EntryKind | undefined };
  names?: readonly string[];
  realPath?: { readonly answer: string | undefined };
  isExecutable?: boolean;
  isOwn?: boolean;
}

/** Remembers the answers of `files`. The owner must call `forget` for every change, or answers grow old. */
export function cachedFiles(files: Files): CachedFiles {
  const known = new Map<string, Known>();
  const of = (file: string): Known => {
    const entry = known.get(file) ?? {};
    known.set(file, entry);
    return entry;
  };
  return {
    read(file) {
      const entry = of(file);
      entry.content ??= { answer: files.read(file) };
      return entry.content.answer;
    },
    kind(file) {
      const entry = of(file);
      entry.kind ??= { answer: files.kind(file) };
      return entry.kind.answer;
    },
    list(directory) {
      const entry = of(directory);
      entry.names ??= files.list(directory);
      return entry.names;
    },
    realPath(file) {
      const entry = of(file);
      entry.realPath ??= { answer: files.realPath(file) };
      return entry.realPath.answer;
    },
    isExecutable(file) {
      const entry = of(file);
      entry.isExecutable ??= files.isExecutable(file);
      return entry.isExecutable;
    },
    isOwn(file) {
      const entry = of(file);
      entry.isOwn ??= files.isOwn(file);
      return entry.isOwn;
    },
    forget(file) {
      const below = `${file}${path.sep}`;
      // A file deep in the workspace may be the first thing in a new directory: what was said of its parents goes too.
      for (let at = file; ; at = path.dirname(at)) {
        known.delete(at);
        if (at === path.dirname(at)) break;
      }
      for (const other of known.keys()) if (other.startsWith(below)) known.delete(other);
    },
    forgetAll() {
      known.clear();
    },
  };
}
