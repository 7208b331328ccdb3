// What keeps an output from being written where it belongs: a file where a folder should be, or a link out of the workspace.
import path from 'node:path';
import type { Files } from '../files/files.ts';
import { inWorkspace } from '../files/nodeFiles.ts';
import type { OutputCode } from './codes.ts';

export interface Obstacle {
  readonly code: OutputCode;
  /** Relative to the workspace: the thing that is in the way. */
  readonly file: string;
  readonly message: string;
}

/** The first thing in the way of an output, outermost first; undefined when there is none. `target` is relative to the workspace. */
export function inTheWay(target: string, files: Files, root: string): Obstacle | undefined {
  const realRoot = files.realPath(root) ?? root;
  const segments = target.split('/');
  for (let length = 1; length <= segments.length; length++) {
    const relative = segments.slice(0, length).join('/');
    const at = inWorkspace(root, relative);
    const kind = files.kind(at);
    if (kind === undefined) return undefined;
    const isLast = length === segments.length;
    if (kind === 'symlink') {
      const real = files.realPath(at);
      const inside = real === undefined ? '..' : path.relative(realRoot, real);
      if (inside === '' || inside === '..' || inside.startsWith(`..${path.sep}`) || path.isAbsolute(inside))
        return {
          code: 'outputs/leads-outside',
          file: relative,
          message: `${relative} is a symbolic link that leads out of the workspace. Nothing is written through it; replace it by a ${isLast ? 'file' : 'folder'}.`,
        };
    } else if (isLast ? kind !== 'file' : kind !== 'directory')
      return {
        code: 'outputs/unreadable',
        file: relative,
        message: isLast
          ? `${relative} is not a file, and one must stand there. Move it away and run it again.`
          : `${relative} is a file, and a folder must stand there. Move it away and run it again.`,
      };
  }
  return undefined;
}
