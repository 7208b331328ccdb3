// Brings the directories of an archive back to where they were, after a look that nothing stands there.
import type { WritableFiles } from '../../files/files.ts';
import { inWorkspace } from '../../files/nodeFiles.ts';
import { hashTree, removeTree } from '../../files/trees.ts';
import { UserError } from '../../findings/userError.ts';
import { visible } from '../../findings/visible.ts';
import { withGeneratorLock } from '../generatorLock.ts';
import { attempt } from '../write.ts';
import { forget, moveDirectory, nameOf, stateOf, sweep } from './archive.ts';
import type { ArchivedDirectory } from './manifest.ts';
import { archiveNamed, type FoundArchive, requireOwnFolders } from './places.ts';

export interface Undone {
  /** Directories that were moved back, relative to the workspace. */
  readonly restored: readonly string[];
  /** Of these, what is not as it was when it was archived. */
  readonly changed: readonly string[];
  /** Directories that were at their old place already. */
  readonly atHome: readonly string[];
}

/**
 * Undoes one archive, named by its manifest or folder. All or none of what is archived; a half-done move is finished.
 * @throws UserError when something stands where a directory belongs, or the disk refuses; nothing is lost then.
 */
export async function undoArchive(
  files: WritableFiles,
  root: string,
  cwd: string,
  named: string,
): Promise<Undone> {
  requireOwnFolders(files, root);
  archiveNamed(files, root, cwd, named); // before anything is waited for
  const done = await withGeneratorLock(files, root, () =>
    restore(files, root, archiveNamed(files, root, cwd, named)),
  );
  return done ?? { restored: [], changed: [], atHome: [] };
}

async function restore(files: WritableFiles, root: string, archive: FoundArchive): Promise<Undone> {
  const at = (relative: string): string => inWorkspace(root, relative);
  await sweep(files, root, archive);
  await settleTwins(files, root, archive);
  const { archived, atHome, twice, gone } = stateOf(files, root, archive);
  const [twin] = twice;
  if (twin !== undefined)
    throw new UserError(
      `${twice.map(nameOf).join(', ')}: something stands at ${visible(twin.from)} again. Move it away and run it again. Nothing was changed.`,
    );
  if (gone.length > 0 && archived.length === 0 && atHome.length === 0)
    throw new UserError(
      `None of ${gone.map(nameOf).join(', ')} is in ${visible(archive.folder)} any more, so there is nothing to bring back.`,
    );
  const changed: string[] = [];
  for (const { to, from, tree } of archived)
    if ((await attempt('read', at(to), () => hashTree(at(to)))) !== tree) changed.push(from);
  const back: ArchivedDirectory[] = [];
  try {
    for (const entry of archived) {
      await moveDirectory(at(entry.to), at(entry.from), archive.manifest.tag);
      back.push(entry);
    }
  } catch (error) {
    for (const { from, to } of back.reverse())
      await moveDirectory(at(from), at(to), archive.manifest.tag).catch(() => {}); // what is back already may stay so
    throw error;
  }
  await forget(files, root, archive);
  return { restored: archived.map(({ from }) => from), changed, atHome: atHome.map(({ from }) => from) };
}

/** A directory that is whole in both places, as after a kill between copy and removal, is kept at its old place alone. */
async function settleTwins(files: WritableFiles, root: string, archive: FoundArchive): Promise<void> {
  for (const { from, to, tree } of stateOf(files, root, archive).twice) {
    const [home, copy] = [inWorkspace(root, from), inWorkspace(root, to)];
    const isSame = (await hashTree(home)) === tree && (await hashTree(copy)) === tree;
    if (isSame) await attempt('remove', copy, () => removeTree(copy));
  }
}
