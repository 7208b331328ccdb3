// What a shell command finds on the disk: the files that its globs stand for, its scripts, its directories.
import { lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import type { ShellContext } from './effects.ts';
import { mayMatch } from './globText.ts';

/** More than a person lists by a glob; above it, the directory that the glob begins in stands for all. */
const mostFound = 2_000;
const mostLooked = 20_000;
const mostScriptBytes = 64 * 1024;

const isWild = (segment: string): boolean => /(^|[^\\])(\\\\)*[*?[]/.test(segment);
const plain = (segment: string): string => segment.replace(/\\(.)/gs, '$1');

interface Entry {
  readonly name: string;
  readonly isDirectory: boolean;
}

class Search {
  private looked = 0;
  private readonly lists = new Map<string, readonly Entry[]>();
  private readonly isLoose: boolean;
  readonly found = new Set<string>();

  constructor(isLoose: boolean) {
    this.isLoose = isLoose;
  }

  /** True as soon as there is too much. */
  get isFull(): boolean {
    return this.looked > mostLooked || this.found.size > mostFound;
  }

  private list(directory: string): readonly Entry[] {
    const known = this.lists.get(directory);
    if (known !== undefined) return known;
    let entries: Entry[] = [];
    try {
      entries = readdirSync(directory === '' ? '/' : directory, { withFileTypes: true }).map((entry) => ({
        name: entry.name,
        isDirectory: entry.isDirectory(),
      }));
    } catch {
      // Not a directory, or not ours to look into: the glob gives nothing there.
    }
    this.looked += entries.length + 1;
    this.lists.set(directory, entries);
    return entries;
  }

  private fits(name: string, segment: string): boolean {
    if (name.startsWith('.') && !this.isLoose && !segment.startsWith('.')) return false;
    return mayMatch(segment, name);
  }

  walk(directory: string, segments: readonly string[]): void {
    if (this.isFull) return;
    const [segment, ...rest] = segments;
    if (segment === undefined) {
      this.found.add(directory === '' ? '/' : directory);
      return;
    }
    if (segment === '' && rest.length === 0) {
      this.walk(directory, rest);
      return;
    }
    if (segment === '**') {
      this.walk(directory, rest.length === 0 ? ['*'] : rest);
      for (const { name, isDirectory } of this.list(directory))
        if (isDirectory && (this.isLoose || !name.startsWith('.')))
          this.walk(`${directory}/${name}`, segments);
      return;
    }
    if (!isWild(segment)) {
      const next = `${directory}/${plain(segment)}`;
      if (rest.length > 0 || this.exists(next)) this.walk(next, rest);
      return;
    }
    for (const { name } of this.list(directory))
      if (this.fits(name, segment)) this.walk(`${directory}/${name}`, rest);
  }

  private exists(path: string): boolean {
    this.looked++;
    try {
      return statSync(path, { throwIfNoEntry: false }) !== undefined;
    } catch {
      return false;
    }
  }
}

function expandGlob(pattern: string, isLoose: boolean): readonly string[] | undefined {
  const search = new Search(isLoose);
  // `a/**/**/b` says no more than `a/**/b`, and would be walked many times over.
  const segments = pattern
    .split('/')
    .slice(1)
    .filter((segment, at, all) => segment !== '**' || all[at - 1] !== '**');
  search.walk('', segments);
  return search.isFull ? undefined : [...search.found];
}

function readText(path: string): string | undefined {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    // Anything but a regular file could keep the guard waiting for ever.
    if (found === undefined || !found.isFile() || found.size > mostScriptBytes) return undefined;
    const text = readFileSync(path, 'utf8');
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  } catch {
    return false;
  }
}

function kindOf(path: string): 'directory' | 'other' | undefined {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    return found === undefined ? undefined : found.isDirectory() ? 'directory' : 'other';
  } catch {
    return undefined;
  }
}

/** The context of a command that runs in `cwd` on this machine. */
export function diskContext(cwd: string, env: NonNullable<ShellContext['env']>): ShellContext {
  return { cwd, env, expandGlob, readText, isLink, kindOf };
}
