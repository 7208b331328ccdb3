// The texts of a workspace, for a search that is bounded: no dependencies, no git folder, nothing binary, nothing huge.
import { isUtf8 } from 'node:buffer';
import fs from 'node:fs';
import path from 'node:path';
import type { Git } from './git.ts';

/** Folders that hold what others wrote or what programs made. */
const skippedFolders: ReadonlySet<string> = new Set([
  '.git',
  '.hg',
  '.svn',
  'node_modules',
  '.venv',
  'venv',
  '__pycache__',
]);
/** Bounds of a search: files, and bytes of one file. */
const mostFiles = 50_000;
const largestFile = 1024 * 1024;
const atOnce = 16;

/** How far a search went. */
export interface Searched {
  /** How many files were read. */
  readonly files: number;
  /** Files that are larger than a text of this kind is. Paths relative to the workspace. */
  readonly tooLarge: readonly string[];
  /** Files that could not be read. */
  readonly unreadable: readonly string[];
  /** False when there were more files than are searched. */
  readonly isComplete: boolean;
}

/** The files of a folder, relative, with `/`; links are not followed. */
function walk(root: string): string[] {
  const found: string[] = [];
  const folders = [''];
  for (
    let folder = folders.pop();
    folder !== undefined && found.length <= mostFiles;
    folder = folders.pop()
  ) {
    let entries: fs.Dirent[];
    try {
      entries = fs.readdirSync(path.join(root, folder), { withFileTypes: true });
    } catch {
      continue; // gone, or not to be listed
    }
    for (const entry of entries) {
      const relative = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isFile()) found.push(relative);
      else if (entry.isDirectory() && !skippedFolders.has(entry.name)) folders.push(relative);
    }
  }
  return found;
}

/** What git knows of and what it would: everything that it is not told to ignore. Undefined outside a repository. */
async function listed(git: Git): Promise<string[] | undefined> {
  const answer = await git(['ls-files', '-z', '--cached', '--others', '--exclude-standard']);
  return answer
    ?.split('\0')
    .filter((file) => file !== '' && !file.split('/').some((part) => skippedFolders.has(part)));
}

/** Calls `visit` with every text of the workspace, by its path relative to it. Without git: all files but the skipped. */
export async function visitTexts(
  root: string,
  git: Git | undefined,
  visit: (file: string, text: string) => void,
): Promise<Searched> {
  const all = [...new Set((git && (await listed(git))) ?? walk(root))].sort();
  const files = all.slice(0, mostFiles);
  const [tooLarge, unreadable]: [string[], string[]] = [[], []];
  let read = 0;
  let next = 0;
  const work = async (): Promise<void> => {
    for (let file = files[next++]; file !== undefined; file = files[next++]) {
      const text = await textOf(path.join(root, file));
      if (text === 'large') tooLarge.push(file);
      else if (text === 'unreadable') unreadable.push(file);
      else if (text !== undefined) {
        read++;
        visit(file, text.text);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return {
    files: read,
    tooLarge: tooLarge.sort(),
    unreadable: unreadable.sort(),
    isComplete: all.length <= mostFiles,
  };
}

/** The text of a regular file; undefined for what is none, such as a link, a picture or a file that is gone. */
async function textOf(file: string): Promise<{ readonly text: string } | 'large' | 'unreadable' | undefined> {
  try {
    const stats = await fs.promises.lstat(file);
    if (!stats.isFile()) return undefined;
    if (stats.size > largestFile) return 'large';
    const bytes = await fs.promises.readFile(file);
    return bytes.includes(0) || !isUtf8(bytes) ? undefined : { text: bytes.toString('utf8') };
  } catch (error) {
    const isGone = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return isGone ? undefined : 'unreadable';
  }
}
