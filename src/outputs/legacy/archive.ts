// Moves directories to agents/archive/<date>/, the manifest first, so that whatever ends us on the way, `undo` brings them back.
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { WritableFiles } from '../../files/files.ts';
import { inWorkspace } from '../../files/nodeFiles.ts';
import { asideOf, hashTree, moveTree, removeTree } from '../../files/trees.ts';
import { UserError } from '../../findings/userError.ts';
import { visible } from '../../findings/visible.ts';
import { withGeneratorLock } from '../generatorLock.ts';
import { attempt, isLeftover, temporaryFor } from '../write.ts';
import { type ArchivedDirectory, archiveFolder, manifestName, renderManifest } from './manifest.ts';
import { archivesOf, type FoundArchive, freeFolder, requireOwnFolders } from './places.ts';
import type { SurveyedDirectory } from './survey.ts';

export interface ArchiveOptions {
  readonly files: WritableFiles;
  /** Absolute. */
  readonly root: string;
  /** Our own version; it goes into the manifest. */
  readonly version: string;
  readonly now: Date;
  readonly signal?: AbortSignal;
  /** Called before each directory is moved. */
  readonly onProgress?: (done: number, total: number) => void;
}

export interface Archived {
  /** The manifest, relative to the workspace; undefined when nothing was left to move. */
  readonly manifest: string | undefined;
  readonly directories: readonly ArchivedDirectory[];
}

/**
 * Archives directories of a survey, all or none. Those that somebody else moved meanwhile are left out.
 * Undefined when cancelled before anything was moved. @throws UserError, with nothing changed or saying what was.
 */
export async function archiveDirectories(
  options: ArchiveOptions,
  chosen: readonly SurveyedDirectory[],
): Promise<Archived | undefined> {
  const { files, root, signal } = options;
  requireOwnFolders(files, root);
  return withGeneratorLock(
    files,
    root,
    async (isLost) => {
      await settleAll(files, root);
      const there = chosen.filter(({ path: at }) => files.kind(inWorkspace(root, at)) === 'directory');
      if (there.length === 0 || signal?.aborted) return { manifest: undefined, directories: [] };
      return move(options, there, isLost);
    },
    options,
  );
}

async function move(
  { files, root, version, now, onProgress }: ArchiveOptions,
  chosen: readonly SurveyedDirectory[],
  isLost: AbortSignal,
): Promise<Archived> {
  const folder = freeFolder(files, root, now.toISOString().slice(0, 10));
  const at = (relative: string): string => inWorkspace(root, relative);
  const made = [archiveFolder, folder].filter((each) => files.kind(at(each)) === undefined);
  const directories: ArchivedDirectory[] = [];
  for (const directory of chosen) {
    const tree = await attempt('read', at(directory.path), () => hashTree(at(directory.path)));
    directories.push(entryOf(directory, `${folder}/${directory.name}`, tree));
  }
  const tag = randomBytes(6).toString('hex');
  const manifest = `${folder}/${manifestName}`;
  await attempt('make the folder', at(folder), () => files.makeDirectory(at(folder)));
  const moved: ArchivedDirectory[] = [];
  try {
    const text = renderManifest({ tag, at: now.toISOString(), generator: version, made, directories });
    await writeWhole(files, at(manifest), text);
    for (const entry of directories) {
      onProgress?.(moved.length, directories.length);
      if (isLost.aborted) throw new UserError('Another program took over in this workspace. Run it again.');
      await moveDirectory(at(entry.from), at(entry.to), tag);
      moved.push(entry);
    }
  } catch (error) {
    await takeBack(files, root, tag, moved, manifest, made, error);
    throw error;
  }
  return { manifest, directories };
}

/** Moves one directory. Absolute paths. @throws UserError with nothing of it changed */
export async function moveDirectory(from: string, to: string, tag: string): Promise<void> {
  await attempt('move', from, async () => {
    try {
      await moveTree(from, to, tag);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      const why =
        code === 'ECHANGED'
          ? 'it changed while it was copied to another disk. Close what writes in it'
          : code === 'ENOTSUP'
            ? 'it goes to another disk, and holds something that is neither file, folder nor link. Move that away'
            : undefined;
      if (why === undefined) throw error;
      throw new UserError(`Could not move ${visible(from)}: ${why} and run it again. Nothing was changed.`, {
        cause: error,
      });
    }
  });
}

function entryOf(directory: SurveyedDirectory, to: string, tree: string): ArchivedDirectory {
  const { kind, rule, why, successor, lastCommit, references } = directory;
  return {
    from: directory.path,
    to,
    tree,
    evidence: {
      kind,
      rule,
      why,
      ...(successor === undefined ? {} : { successor }),
      ...(lastCommit === undefined ? {} : { lastCommit }),
      references: references.map(({ file, line }) => `${file}:${line}`),
    },
  };
}

/** Puts back what was moved before the failure. @throws UserError when that fails, too, with the command that goes on. */
async function takeBack(
  files: WritableFiles,
  root: string,
  tag: string,
  moved: readonly ArchivedDirectory[],
  manifest: string,
  made: readonly string[],
  cause: unknown,
): Promise<void> {
  const at = (relative: string): string => inWorkspace(root, relative);
  try {
    for (const { from, to } of [...moved].reverse()) await moveDirectory(at(to), at(from), tag);
    await files.remove(at(manifest));
    for (const folder of [...made].reverse()) await files.removeEmptyDirectory(at(folder));
  } catch {
    const reason =
      cause instanceof Error ? cause.message.replace(' Nothing was changed.', '') : String(cause);
    throw new UserError(
      `${reason} What was already moved could not be put back. When the cause is mended: native-orchestrator clean --undo ${visible(manifest)}`,
      { cause },
    );
  }
}

/** Where each directory of an archive is now. */
export interface ArchiveState {
  /** In the archive, its old place free. */
  readonly archived: readonly ArchivedDirectory[];
  /** At its old place, and not in the archive: never moved, or already back. */
  readonly atHome: readonly ArchivedDirectory[];
  /** In both places. */
  readonly twice: readonly ArchivedDirectory[];
  /** In neither. */
  readonly gone: readonly ArchivedDirectory[];
}

/** Looks where the directories of an archive are. */
export function stateOf(files: WritableFiles, root: string, { manifest }: FoundArchive): ArchiveState {
  const isAt = (relative: string): boolean => files.kind(inWorkspace(root, relative)) !== undefined;
  const where = (inArchive: boolean, isHome: boolean): readonly ArchivedDirectory[] =>
    manifest.directories.filter(({ from, to }) => isAt(to) === inArchive && isAt(from) === isHome);
  return {
    archived: where(true, false),
    atHome: where(false, true),
    twice: where(true, true),
    gone: where(false, false),
  };
}

/** Clears up after moves that were killed: what was being copied, and manifests that name what was never moved. */
async function settleAll(files: WritableFiles, root: string): Promise<void> {
  await attempt('tidy', inWorkspace(root, archiveFolder), () => sweepBegun(files, root));
  for (const archive of archivesOf(files, root)) {
    await sweep(files, root, archive);
    const { atHome, gone } = stateOf(files, root, archive);
    const stayed = new Set([...atHome, ...gone]);
    const left = archive.manifest.directories.filter((entry) => !stayed.has(entry));
    if (left.length > 0 && atHome.length > 0)
      await writeWhole(
        files,
        inWorkspace(root, archive.file),
        renderManifest({ ...archive.manifest, directories: left }),
      );
    else if (left.length === 0 && atHome.length > 0) await forget(files, root, archive);
  }
}

/** Folders that an archive was begun in and whose manifest was never written: nothing is in them but what we had begun. */
async function sweepBegun(files: WritableFiles, root: string): Promise<void> {
  const archive = inWorkspace(root, archiveFolder);
  const begun = files
    .list(archive)
    .filter((name) => /^\d{4}-\d\d-\d\d(-\d+)?$/.test(name))
    .map((name) => path.join(archive, name))
    .filter((folder) => files.kind(folder) === 'directory' && files.list(folder).every(isLeftover));
  for (const folder of begun) {
    for (const name of files.list(folder)) await files.remove(path.join(folder, name));
    await files.removeEmptyDirectory(folder);
  }
  if (begun.length > 0) await files.removeEmptyDirectory(archive);
}

/** Removes what a killed move across disks left beside a directory, once a whole one is seen at either place. */
export async function sweep(files: WritableFiles, root: string, { manifest }: FoundArchive): Promise<void> {
  for (const { from, to, tree } of manifest.directories) {
    const places = [inWorkspace(root, from), inWorkspace(root, to)];
    for (const rest of places.map((place) => asideOf(place, manifest.tag))) {
      if (files.kind(rest) !== 'directory') continue;
      const hashes = await Promise.all(places.map((place) => hashTree(place).catch(() => undefined)));
      if (hashes.includes(tree)) await attempt('remove', rest, () => removeTree(rest));
    }
  }
}

/** Writes beside and moves into place, so that a manifest is there as a whole or not at all. */
async function writeWhole(files: WritableFiles, target: string, text: string): Promise<void> {
  const temporary = temporaryFor(target);
  await attempt('write', target, async () => {
    try {
      await files.createFile(temporary, text);
      await files.rename(temporary, target);
    } catch (error) {
      await files.remove(temporary).catch(() => {}); // swept by the next archive
      throw error;
    }
  });
}

/** Removes a manifest of which nothing is archived any more, and the folders that were made for it, where they are empty. */
export async function forget(
  files: WritableFiles,
  root: string,
  { file, folder, manifest }: FoundArchive,
): Promise<void> {
  await attempt('remove', inWorkspace(root, file), () => files.remove(inWorkspace(root, file)));
  for (const each of new Set([folder, ...manifest.made].sort((a, b) => b.length - a.length)))
    if (manifest.made.includes(each))
      await attempt('remove', inWorkspace(root, each), () =>
        files.removeEmptyDirectory(inWorkspace(root, each)),
      );
}

/** The name that a directory of an archive has, escaped. */
export const nameOf = ({ from }: ArchivedDirectory): string => visible(path.posix.basename(from));
