// A disk whose answers are remembered until a watcher says that something changed.
import path from 'node:path';
import type { EntryKind, FileContent, Files } from './files.ts';

export interface CachedFiles extends Files {
  /** Forgets what is known of some paths, of all below them, and of the listings they appear in. */
  forget(...paths: readonly string[]): void;
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
    forget(...files) {
      const gone = new Set(files);
      // A file deep in the workspace may be the first thing in a new directory: what was said of its parents goes too.
      const parents = new Set<string>();
      for (const file of gone) for (let at = file; !parents.has(at); at = path.dirname(at)) parents.add(at);
      for (const parent of parents) known.delete(parent);
      const isBelow = gone.size <= few ? below([...gone]) : belowAny(gone);
      for (const other of known.keys()) if (isBelow(other)) known.delete(other);
    },
    forgetAll() {
      known.clear();
    },
  };
}

/** With so many changed paths or fewer, comparing each is quicker than climbing from every path that is known. */
const few = 16;

function below(files: readonly string[]): (file: string) => boolean {
  const folders = files.map((file) => `${file}${path.sep}`);
  return (file) => folders.some((folder) => file.startsWith(folder));
}

/** However many files a checkout changed, what is known is looked at once. */
function belowAny(files: ReadonlySet<string>): (file: string) => boolean {
  return (file) => {
    for (let end = file.lastIndexOf(path.sep); end > 0; end = file.lastIndexOf(path.sep, end - 1))
      if (files.has(file.slice(0, end))) return true;
    return false;
  };
}
