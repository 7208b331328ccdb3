// Where archives lie on the disk, and that nothing on the way leads out of the workspace.
import path from 'node:path';
import type { Files } from '../../files/files.ts';
import { inWorkspace } from '../../files/nodeFiles.ts';
import { UserError } from '../../findings/userError.ts';
import { visible } from '../../findings/visible.ts';
import { inTheWay } from '../inTheWay.ts';
import { archiveFolder, type Manifest, manifestName, parseManifest } from './manifest.ts';

/** Refuses to work through links that lead out of the workspace, or a file where `agents/archive` belongs. @throws UserError */
export function requireOwnFolders(files: Files, root: string): void {
  const obstacle = inTheWay(`${archiveFolder}/-`, files, root);
  if (obstacle !== undefined) throw new UserError(`${obstacle.message} Nothing was changed.`);
}

/** A folder for a new archive: of that day, or with a number behind it where there is one already. Relative. */
export function freeFolder(files: Files, root: string, day: string): string {
  for (let count = 1; ; count++) {
    const folder = `${archiveFolder}/${day}${count === 1 ? '' : `-${count}`}`;
    if (files.kind(inWorkspace(root, folder)) === undefined) return folder;
  }
}

/** An archive that has a manifest. Paths relative to the workspace. */
export interface FoundArchive {
  readonly folder: string;
  readonly file: string;
  readonly manifest: Manifest;
}

/** The archives of a workspace whose manifest can be read, oldest first. */
export function archivesOf(files: Files, root: string): readonly FoundArchive[] {
  if (inTheWay(`${archiveFolder}/-`, files, root) !== undefined) return [];
  return files.list(inWorkspace(root, archiveFolder)).flatMap((name) => {
    const folder = `${archiveFolder}/${name}`;
    const file = `${folder}/${manifestName}`;
    if (files.kind(inWorkspace(root, folder)) !== 'directory') return [];
    const text = files.read(inWorkspace(root, file))?.text;
    const read = text === undefined ? undefined : parseManifest(text, folder);
    return read?.kind === 'good' ? [{ folder, file, manifest: read.manifest }] : [];
  });
}

/**
 * The archive that a person names, by its manifest or its folder; `from` is where a relative path begins.
 * @throws UserError when it is none of this workspace, damaged or of a newer version
 */
export function archiveNamed(files: Files, root: string, from: string, named: string): FoundArchive {
  const shown = visible(named);
  const tries = [path.resolve(from, named), path.resolve(root, named)];
  const given = tries.find((each) => files.kind(each) !== undefined);
  if (given === undefined)
    throw new UserError(`${shown} is not there. Give --undo the manifest.json of an archive.`);
  const file = files.kind(given) === 'directory' ? path.join(given, manifestName) : given;
  const real = files.realPath(file);
  // Compared by where they really are: agents/ may be a link within the workspace.
  const archive = files.realPath(inWorkspace(root, archiveFolder));
  const inside =
    real === undefined || archive === undefined ? [] : path.relative(archive, real).split(path.sep);
  const [name = '', last] = inside;
  if (inside.length !== 2 || name === '..' || last !== manifestName)
    throw new UserError(
      `${shown} is not the manifest of an archive of this workspace: those are ${archiveFolder}/<date>/${manifestName}.`,
    );
  const folder = `${archiveFolder}/${name}`;
  const relative = `${folder}/${manifestName}`;
  const content = files.read(file);
  const read = content?.text === undefined ? undefined : parseManifest(content.text, folder);
  if (read === undefined)
    throw new UserError(`${visible(relative)} ${content?.unreadable ?? 'is gone'}. Mend that first.`);
  if (read.kind === 'newer')
    throw new UserError(
      `${visible(relative)} was written by a newer version (format ${read.format}). Update Native Orchestrator. Nothing was changed.`,
    );
  if (read.kind === 'damaged')
    throw new UserError(
      `${visible(relative)} cannot be used: ${read.reason}. Move the directories back by hand. Nothing was changed.`,
    );
  return { folder, file: relative, manifest: read.manifest };
}
