// A disk of one workspace that is a table, for tests of hooks.
import path from 'node:path';
import type { Files } from '../../../src/files/files.ts';

/** Files by their path relative to the workspace. */
export type Disk = Readonly<Record<string, { readonly text: string; readonly isExecutable?: true }>>;

export function diskOf(disk: Disk, root: string): Files {
  const at = (file: string) => disk[path.posix.relative(root, file)];
  const isFolder = (file: string): boolean =>
    file === root || Object.keys(disk).some((each) => `${root}/${each}`.startsWith(`${file}/`));
  return {
    read: (file) => {
      const found = at(file);
      return found && { text: found.text };
    },
    kind: (file) => (at(file) ? 'file' : isFolder(file) ? 'directory' : undefined),
    list: (folder) =>
      Object.keys(disk)
        .filter((each) => path.posix.dirname(`${root}/${each}`) === folder)
        .map((each) => path.posix.basename(each)),
    realPath: (file) => (at(file) || isFolder(file) ? file : undefined),
    isOwn: () => true,
    isExecutable: (file) => at(file)?.isExecutable === true,
  };
}
