// Every entry below a path on the disk, by all its names, for calls that take a whole tree in.
import { type Dirent, readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { ResolvedPath } from '../policy/call.ts';
import { anyName, type PathNames } from '../policy/globs.ts';
import { Refusal } from './refusal.ts';
import { nameBelow, type Root, slashed } from './resolvePath.ts';

/** Entries and milliseconds that a walk may take: a guard has five seconds for all that it does. */
const mostEntries = 200_000;
const mostMs = 2_500;

/** Installed packages have hundreds of folders such as `test`, which nobody means with a glob (docs/decisions/0007). */
const installed = 'node_modules';

const joined = (name: string, rest: string): string => (name === '' ? rest : `${name}/${rest}`);

interface Start extends PathNames {
  readonly folder: string;
}

/** Where to begin: at the path under its real name, or, when the workspace lies below it, at the workspace. */
function startsOf(path: ResolvedPath, root: Root): readonly Start[] {
  const starts = new Map<string, Start>();
  for (const place of path.absolute) {
    const inside = root.names.filter((name) => (nameBelow(place, name) ?? '') !== '');
    for (const folder of inside)
      starts.set(real(folder), { folder, relative: [''], absolute: [slashed(folder)] });
    if (inside.length === 0)
      starts.set(real(place), { folder: place, relative: path.relative, absolute: path.absolute });
  }
  return [...starts.values()];
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function listed(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    // Not there, not a directory, or not to be listed: then whoever runs the command cannot do it either.
    return [];
  }
}

/** The names of what a link leads to, and of whatever may be in there. */
function targetOf(link: string, root: Root): PathNames {
  const place = real(link);
  const relative = root.names.flatMap((name) => nameBelow(name, place) ?? []);
  const both = (name: string): readonly string[] => [name, joined(name, anyName)];
  return { relative: relative.flatMap(both), absolute: both(slashed(place)) };
}

/**
 * What lies below a path. Symlinks are named but not gone into, as `rm -r` treats them; `followsLinks`: with the names
 * of what they lead to, as `grep -R` reads it. What lies in installed packages is left out. Throws a Refusal where all of it is too much to be looked through.
 */
export function* entriesBelow(path: ResolvedPath, root: Root, followsLinks: boolean): Generator<PathNames> {
  const until = Date.now() + mostMs;
  let left = mostEntries;
  for (const { folder: start, relative, absolute } of startsOf(path, root)) {
    const open = start.split(/[\\/]/).includes(installed) ? [] : [''];
    for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
      for (const entry of listed(join(start, folder))) {
        if (--left < 0 || Date.now() > until)
          throw new Refusal(
            'guard/unclear-command',
            `Below ${JSON.stringify(path.shown.slice(0, 120))} there is too much to be looked through, so the command was refused. Name less at once.`,
          );
        const rest = joined(folder, entry.name);
        yield {
          relative: relative.map((name) => joined(name, rest)),
          absolute: absolute.map((name) => joined(name, rest)),
        };
        if (entry.isDirectory()) {
          if (entry.name !== installed) open.push(rest);
        } else if (followsLinks && entry.isSymbolicLink()) yield targetOf(join(start, rest), root);
      }
    }
  }
}
