// Where else in a workspace settings files lie: below every folder, in a search that is bounded.
import type { Files } from '../files/files.ts';
import { inWorkspace } from '../files/nodeFiles.ts';

/** Folders that hold what others wrote or what programs made; `worktrees` are whole copies of the workspace. */
const skippedFolders: ReadonlySet<string> = new Set(
  'node_modules bower_components vendor venv __pycache__ target dist build out coverage worktrees'.split(' '),
);

/** Bounds of the search: folders looked into, and how many levels deep. */
const mostFolders = 2000;
const deepest = 6;

/** What ends like this is a file, as far as anybody names things; to ask the disk of each would cost too much. */
const looksLikeFile = /\.\w{1,8}$/;

/** Whether a path relative to a workspace is that of a settings file the search is for. */
export function isSettingsFile(file: string): boolean {
  const folders = file.split('/');
  const name = folders.pop() ?? '';
  return (
    folders.pop() === '.claude' &&
    /^settings(\.[\w-]+)?\.json$/.test(name) &&
    !folders.some((folder) => folder.startsWith('.') || skippedFolders.has(folder))
  );
}

/**
 * The settings files of a workspace, relative to it. The search goes breadth first, leaves out folders of other
 * people’s code and of products, hidden ones but `.claude`, and links, and ends after 2 000 folders. Of the folders
 * right below `agents/` it asks for the usual two files only, and of those of known agents, whose settings are
 * outputs, for the local one.
 */
export function findSettings(
  files: Files,
  root: string,
  isAgent: (name: string) => boolean,
): readonly string[] {
  const found: string[] = [];
  let folders: readonly string[] = [''];
  let left = mostFolders;
  for (let depth = 0; depth <= deepest && folders.length > 0; depth++) {
    const next: string[] = [];
    for (const folder of folders) {
      if (left-- <= 0) return found;
      const at = (name: string): string => (folder === '' ? name : `${folder}/${name}`);
      const names = files.list(inWorkspace(root, folder));
      if (folder === 'agents') {
        for (const name of names)
          for (const kind of isAgent(name) ? ['settings.local'] : ['settings', 'settings.local']) {
            const file = `agents/${name}/.claude/${kind}.json`;
            if (!name.startsWith('.') && files.kind(inWorkspace(root, file)) === 'file') found.push(file);
          }
        continue;
      }
      for (const name of names) {
        if (name === '.claude')
          for (const each of files.list(inWorkspace(root, at(name)))) found.push(at(`${name}/${each}`));
        const isLeftOut = name.startsWith('.') || skippedFolders.has(name) || looksLikeFile.test(name);
        if (isLeftOut || depth === deepest) continue;
        if (files.kind(inWorkspace(root, at(name))) === 'directory') next.push(at(name));
      }
    }
    folders = next;
  }
  return found.filter(isSettingsFile);
}
