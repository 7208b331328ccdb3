// Deletes directories that git has whole, and no others: a commit can bring them back, we could not.
import type { WritableFiles } from '../../files/files.ts';
import type { Git } from '../../files/git.ts';
import { inWorkspace } from '../../files/nodeFiles.ts';
import { removeTree } from '../../files/trees.ts';
import { UserError } from '../../findings/userError.ts';
import { withGeneratorLock } from '../generatorLock.ts';
import { attempt } from '../write.ts';
import { requireOwnFolders } from './places.ts';
import { repositoryFacts } from './repositoryFacts.ts';
import { lossOf, type SurveyedDirectory } from './survey.ts';

/**
 * Deletes directories of a survey. Gives those that it deleted, relative to the workspace.
 * @throws UserError, before anything is deleted, when one of them holds what no commit has
 */
export async function deleteDirectories(
  files: WritableFiles,
  root: string,
  git: Git | undefined,
  chosen: readonly SurveyedDirectory[],
): Promise<readonly string[]> {
  requireOwnFolders(files, root);
  const work = async (): Promise<readonly string[]> => {
    const there = chosen.filter(({ path: at }) => files.kind(inWorkspace(root, at)) === 'directory');
    // Asked again: a survey may be some minutes old by the time somebody has said yes.
    const repository = git && (await repositoryFacts(git));
    for (const { uncommitted: _, ...directory } of there) {
      const loss = lossOf({
        ...directory,
        ...(repository && { uncommitted: repository.uncommitted(directory.name) }),
      });
      if (loss !== undefined)
        throw new UserError(
          `${directory.path} was not deleted: ${loss}. Archive it instead. Nothing was changed.`,
        );
    }
    for (const { path: at } of there)
      await attempt('delete', inWorkspace(root, at), () => removeTree(inWorkspace(root, at)));
    return there.map(({ path: at }) => at);
  };
  return (await withGeneratorLock(files, root, work)) ?? [];
}
