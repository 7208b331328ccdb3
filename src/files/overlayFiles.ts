// A disk with some texts laid over it: unsaved editors are seen as if they were saved.
import type { Files } from './files.ts';

/** Reads `texts` (by absolute path) first, `files` otherwise. Only `read` and the existence of a file are laid over. */
export function overlayFiles(files: Files, texts: ReadonlyMap<string, string>): Files {
  return {
    read(path) {
      const text = texts.get(path);
      return text === undefined ? files.read(path) : { text };
    },
    kind: (path) => files.kind(path) ?? (texts.has(path) ? 'file' : undefined),
    list: (path) => files.list(path),
    realPath: (path) => files.realPath(path),
    isOwn: (path) => files.isOwn(path),
    isExecutable: (path) => files.isExecutable(path),
  };
}
