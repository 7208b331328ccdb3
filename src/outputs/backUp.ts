// Keeps what is about to be overwritten, in the state directory, where no agent may write.
import path from 'node:path';
import type { WritableFiles } from '../files/files.ts';
import { makePrivate } from '../files/stateDirectory.ts';
import { UserError } from '../findings/userError.ts';
import { sha256 } from './lock.ts';

export interface Kept {
  /** Path relative to the workspace. */
  readonly relative: string;
  readonly text: string;
}

/**
 * Copies texts to `<state>/backups/<hash of them all>/`, so that keeping the same twice keeps it once.
 * Gives the folder, absolute. @throws UserError when it cannot be kept: then nothing may be overwritten.
 */
export async function backUp(
  files: WritableFiles,
  stateDirectory: string,
  kept: readonly Kept[],
): Promise<string> {
  const name = sha256(JSON.stringify(kept)).slice(0, 16);
  const folder = path.join(stateDirectory, 'backups', name);
  await makePrivate(files, path.dirname(stateDirectory), folder);
  try {
    for (const { relative, text } of kept) {
      const target = path.join(folder, ...relative.split('/'));
      if (files.kind(target) !== undefined) continue;
      await files.makeDirectory(path.dirname(target), 0o700);
      await files.createFile(target, text, 0o600);
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    throw new UserError(
      `What would be overwritten could not be kept in ${folder}${code}, so nothing was changed. Point NATIVE_ORCHESTRATOR_STATE at a folder that can be written.`,
      { cause: error },
    );
  }
  return folder;
}
