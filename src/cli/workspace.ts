// Which workspace a command is about.
import path from 'node:path';
import type { Files } from '../files/files.ts';
import { inWorkspace } from '../files/nodeFiles.ts';
import { UserError } from '../findings/userError.ts';
import { registryPath } from '../registry/model.ts';
import { UsageError } from './usageError.ts';

/**
 * The workspace named by `--workspace`, else by PROJECT_ROOT, else the nearest folder upwards that has a registry,
 * else the current folder. Absolute. @throws UserError when a named folder is none.
 */
export function findWorkspace(
  files: Files,
  cwd: string,
  named: string | undefined,
  projectRoot: string | undefined,
): string {
  const wanted = named ?? (projectRoot === '' ? undefined : projectRoot);
  if (named === '')
    throw new UsageError('--workspace is empty. Give it the folder that has agents/registry.yaml.');
  if (wanted !== undefined) {
    const folder = path.resolve(cwd, wanted);
    const real = files.realPath(folder);
    if (real === undefined || files.kind(real) !== 'directory')
      throw new UserError(
        `${folder} is not a folder. ${named === undefined ? 'Correct PROJECT_ROOT or unset it.' : 'Give --workspace the folder that has agents/registry.yaml.'}`,
      );
    return folder;
  }
  for (let at = cwd; ; at = path.dirname(at)) {
    if (files.kind(inWorkspace(at, registryPath)) !== undefined) return at;
    if (at === path.dirname(at)) return cwd;
  }
}
