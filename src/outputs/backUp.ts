// Keeps what is about to be overwritten, in the state directory, where no agent may write; and says what was kept.
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { Files, WritableFiles } from '../files/files.ts';
import { makePrivate } from '../files/stateDirectory.ts';
import { UserError } from '../findings/userError.ts';
import { isBelowAgents, sha256 } from './lock.ts';
import { templatePaths } from './template/template.ts';
import { temporaryFor } from './write.ts';

export interface Kept {
  /** Path relative to the workspace. */
  readonly relative: string;
  /** Absolute path of the file to keep. Its bytes are copied as they are. */
  readonly path: string;
  /** Its text, by which a second copy of the same is known; undefined when it has none that can be read. */
  readonly text: string | undefined;
  /** The text that takes its place; absent when that is not known. */
  readonly after?: string;
}

/** What a backup was made for. */
export interface Occasion {
  /** The work that overwrote the files, such as "generate --force". */
  readonly what: string;
  /** ISO 8601. */
  readonly at?: string;
}

/** A backup as it lies in the state directory. */
export interface Backup extends Partial<Occasion> {
  /** Its name: sixteen hexadecimal digits. */
  readonly id: string;
  /** Absolute. */
  readonly folder: string;
  /** Relative to the workspace. `after` is the hash of what took the file's place, where it is known. */
  readonly files: readonly { readonly relative: string; readonly after?: string }[];
}

const idForm = /^[0-9a-f]{16}$/;
const folderOf = (stateDirectory: string): string => path.join(stateDirectory, 'backups');
const recordOf = (folder: string): string => `${folder}.json`;

/** Where a file lies in a backup. */
export function keptPath(backup: string, relative: string): string {
  return path.join(backup, ...relative.split('/'));
}

/**
 * Copies files to `<state>/backups/<hash of them all>/`, so that keeping the same twice keeps it once. A file appears
 * there only when it is whole; beside the folder lies a record of what it was made for. Gives the folder, absolute.
 * @throws UserError when it cannot be kept: then nothing may be overwritten.
 */
export async function backUp(
  files: WritableFiles,
  stateDirectory: string,
  kept: readonly Kept[],
  occasion: Occasion,
): Promise<string> {
  const contents = kept.map(({ relative, text }) => [relative, text ?? randomUUID()]);
  const name = sha256(JSON.stringify(contents)).slice(0, 16);
  const folder = path.join(folderOf(stateDirectory), name);
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
    const record = {
      format: 1,
      ...occasion,
      files: kept.map(({ relative, after }) => ({ path: relative, after: after && sha256(after) })),
    };
    const temporary = temporaryFor(recordOf(folder));
    await files.createFile(temporary, `${JSON.stringify(record, null, 2)}\n`, 0o600);
    await files.rename(temporary, recordOf(folder));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    throw new UserError(
      `What would be overwritten could not be kept in ${folder}${code}, so nothing was changed. Point NATIVE_ORCHESTRATOR_STATE at a folder that can be written, and move away what cannot be read.`,
      { cause: error },
    );
  }
  return folder;
}

const templates: ReadonlySet<string> = new Set(Object.values(templatePaths));

/** The files below a folder, relative to it. Only what can be an output's, a lock's, a registry's or a template is looked at. */
function filesBelow(files: Files, folder: string): readonly string[] {
  const found: string[] = [];
  const pending = ['agents', 'scripts'];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    const kind = files.kind(keptPath(folder, at));
    if (kind === 'file' && (isBelowAgents(at) || templates.has(at))) found.push(at);
    if (kind === 'directory')
      for (const name of files.list(keptPath(folder, at)))
        if (!/[/\\\0]/.test(name)) pending.push(`${at}/${name}`);
  }
  return found.sort();
}

interface Recorded extends Partial<Occasion> {
  readonly after: ReadonlyMap<string, string>;
}

/** What the record beside a backup says; nothing where it is missing or makes no sense. */
function readRecord(files: Files, folder: string): Recorded {
  const after = new Map<string, string>();
  try {
    const value: unknown = JSON.parse(files.read(recordOf(folder))?.text ?? '');
    if (typeof value !== 'object' || value === null) return { after };
    const { what, at, files: listed } = value as Record<string, unknown>;
    for (const each of Array.isArray(listed) ? listed : [])
      if (typeof each?.path === 'string' && typeof each.after === 'string') after.set(each.path, each.after);
    return {
      after,
      ...(typeof what === 'string' ? { what } : {}),
      ...(typeof at === 'string' ? { at } : {}),
    };
  } catch {
    return { after }; // an older backup, or one that was cut off: its files are still there
  }
}

/** The backups of a workspace, the latest first; those without a time last. */
export function listBackups(files: Files, stateDirectory: string): readonly Backup[] {
  const all = folderOf(stateDirectory);
  const backups = files
    .list(all)
    .filter((name) => idForm.test(name) && files.kind(path.join(all, name)) === 'directory')
    .map((id): Backup => {
      const folder = path.join(all, id);
      const { after, ...occasion } = readRecord(files, folder);
      const kept = filesBelow(files, folder).map((relative) => {
        const hash = after.get(relative);
        return { relative, ...(hash === undefined ? {} : { after: hash }) };
      });
      return { id, folder, ...occasion, files: kept };
    });
  const time = ({ at }: Backup): string => at ?? '';
  return backups.sort((a, b) => (time(a) < time(b) ? 1 : time(a) > time(b) ? -1 : 0));
}
