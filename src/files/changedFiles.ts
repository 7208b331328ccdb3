// A disk as it will be once some files are written or removed. Reads only.
import type { Files } from './files.ts';

/** `files` with other texts at some absolute paths; undefined stands for a file that is not there. */
export function changedFiles(files: Files, texts: ReadonlyMap<string, string | undefined>): Files {
  return {
    read(path) {
      if (!texts.has(path)) return files.read(path);
      const text = texts.get(path);
      return text === undefined ? undefined : { text };
    },
    kind(path) {
      if (!texts.has(path)) return files.kind(path);
      return texts.get(path) === undefined ? undefined : 'file';
    },
    list: (path) => files.list(path),
    realPath: (path) => files.realPath(path),
    isOwn: (path) => files.isOwn(path),
    isExecutable: (path) => files.isExecutable(path),
  };
}
