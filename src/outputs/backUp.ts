// Keeps what is about to be overwritten, in the state directory, where no agent may write.
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { WritableFiles } from '../files/files.ts';
import { makePrivate } from '../files/stateDirectory.ts';
import { UserError } from '../findings/userError.ts';
import { sha256 } from './lock.ts';
import { temporaryFor } from './write.ts';

export interface Kept {
  /** Path relative to the workspace. */
  readonly relative: string;
  /** Absolute path of the file to keep. Its bytes are copied as they are. */
  readonly path: string;
  /** Its text, by which a second copy of the same is known; undefined when it has none that can be read. */
  readonly text: string | undefined;
}

/** Where a file lies in a backup. */
export function keptPath(backup: string, relative: string): string {
  return path.join(backup, ...relative.split('/'));
}

/**
 * Copies files to `<state>/backups/<hash of them all>/`, so that keeping the same twice keeps it once. A file appears
 * there only when it is whole. Gives the folder, absolute. @throws UserError when it cannot be kept: then nothing may be overwritten.
 */
export async function backUp(
  files: WritableFiles,
  stateDirectory: string,
  kept: readonly Kept[],
): Promise<string> {
  const contents = kept.map(({ relative, text }) => [relative, text ?? randomUUID()]);
  const name = sha256(JSON.stringify(contents)).slice(0, 16);
  const folder = path.join(stateDirectory, 'backups', name);
  await makePrivate(files, path.dirname(stateDirectory), folder);
  try {
    for (const { relative, path: source } of kept) {
      const target = keptPath(folder, relative);
      if (files.kind(target) !== undefined) continue;
      await files.makeDirectory(path.dirname(target), 0o700);
      const temporary = temporaryFor(target);
      await files.copyFile(source, temporary, 0o600);
      await files.rename(temporary, target);
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    throw new UserError(
      `What would be overwritten could not be kept in ${folder}${code}, so nothing was changed. Point NATIVE_ORCHESTRATOR_STATE at a folder that can be written, and move away what cannot be read.`,
      { cause: error },
    );
  }
  return folder;
}
