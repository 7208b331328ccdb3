// Everything that a path in a call may be called: as it is written, and where it really leads.
import { lstatSync, readlinkSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, parse, resolve } from 'node:path';
import type { ResolvedPath } from '../policy/call.ts';
import { foldName } from '../policy/globs.ts';
import { Refusal } from './refusal.ts';

/** The workspace root, and its other checkout if there is one, under the names that paths below it may begin with. */
export interface Root {
  readonly names: readonly string[];
}

/** As many as Linux follows itself. */
const mostLinks = 40;
/** More than any disk allows in one call, and few enough for the globs to be judged at once. */
const mostLength = 4096;
const mostSegments = 256;

const isWindows = process.platform === 'win32';

function unclear(shown: string, why: string): Refusal {
  return new Refusal('guard/unclear-call', `The path ${JSON.stringify(shown.slice(0, 120))} ${why}.`);
}

/** Absolute readings of a text: the plain one, and those that a tool, a shell or another system would give it. */
function readingsOf(text: string, cwd: string): readonly string[] {
  const readings = new Set([text, text.trim()]);
  if (/^~([/\\]|$)/.test(text)) readings.add(join(homedir(), text.slice(1)));
  if (/^file:/i.test(text)) {
    const path = text.replace(/^file:(\/\/[^/]*)?/i, '');
    readings.add(path);
    try {
      readings.add(decodeURIComponent(path));
    } catch {
      // Not percent-encoded: the plain reading is there.
    }
  }
  for (const reading of [...readings])
    if (reading.includes('\\'))
      readings.add(reading.replace(/^\\\\[?.]\\(UNC\\)?/i, '').replaceAll('\\', '/'));
  return [...readings].map((reading) => (isAbsolute(reading) ? reading : `${cwd}/${reading}`));
}

/** Segments as Windows opens them: without a stream's name, trailing dots and spaces. */
function openedSegment(segment: string): string {
  if (!isWindows || segment === '.' || segment === '..' || /^[A-Za-z]:$/.test(segment)) return segment;
  return segment.replace(/:.*$/, '').replace(/[. ]+$/, '');
}

const segmentsOf = (path: string): string[] =>
  path.split(isWindows ? /[\\/]/ : '/').filter((segment) => segment !== '' && segment !== '.');

/** Whether a symlink lies at a path. Below a file there is nothing; throws where nobody may look. */
function isLink(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return false;
    throw error;
  }
}

/**
 * Where a path leads, symlinks followed one by one as the system does it (`..` after a link is the parent of its
 * target), dangling ones included: a write through one creates the file that it names.
 */
function realPlace(path: string, shown: string): string {
  const top = parse(path).root;
  const pending = segmentsOf(path.slice(top.length)).reverse();
  let place = top;
  let links = 0;
  for (let segment = pending.pop(); segment !== undefined; segment = pending.pop()) {
    if (segment === '..') {
      place = dirname(place);
      continue;
    }
    const next = join(place, openedSegment(segment));
    if (!isLink(next)) {
      place = next;
      continue;
    }
    // Links in /proc name what a process has open: another one in this process than in the CLI's.
    if (next.startsWith('/proc/')) throw unclear(shown, 'leads through /proc, where no rule can follow');
    if (++links > mostLinks) throw unclear(shown, 'leads through too many symbolic links');
    const target = readlinkSync(next);
    if (isAbsolute(target)) place = parse(target).root;
    pending.push(...segmentsOf(isAbsolute(target) ? target.slice(place.length) : target).reverse());
  }
  return place;
}

/** The place by the name that the disk has for it, where Windows knows several (`TESTS~1`); else as it is. */
function longName(place: string): string {
  if (!isWindows) return place;
  for (let known = place; ; known = dirname(known)) {
    try {
      return realpathSync.native(known) + place.slice(known.length);
    } catch {
      if (dirname(known) === known) return place;
    }
  }
}

/** A path with `/`, as rules know it. */
export const slashed = (path: string): string => (isWindows ? path.replaceAll('\\', '/') : path);

/** The name below a root; undefined outside. Compared as rules are, so a root in other case is the same root. */
export function nameBelow(root: string, path: string): string | undefined {
  const rootSegments = segmentsOf(root);
  const segments = segmentsOf(path);
  const isBelow = rootSegments.every(
    (segment, at) => segments[at] !== undefined && foldName(segment) === foldName(segments[at]),
  );
  return isBelow ? segments.slice(rootSegments.length).join('/') : undefined;
}

/** The roots as given and where they really are. */
export function rootOf(...paths: readonly [string, ...string[]]): Root {
  const given = paths.map((path) => resolve(path));
  return { names: [...new Set(given.flatMap((path) => [path, realPlace(path, path)]))] };
}

/**
 * A path of a call with all its names. `cwd` is the call's own directory. Throws a Refusal for what no tool can mean
 * or what cannot be followed; throws the system's error when a directory on the way may not be looked at. Either way
 * the guard denies.
 */
export function resolvePath(text: string, cwd: string, root: Root): ResolvedPath {
  if (text.includes('\0') || /[\ud800-\udfff]/u.test(text))
    throw unclear(text, 'holds characters that no path has');
  if (text.length > mostLength || segmentsOf(text).length > mostSegments)
    throw unclear(text, 'is longer than any path');
  const places = new Set<string>();
  for (const reading of readingsOf(text, cwd)) {
    const lexical = resolve(reading);
    places.add(lexical);
    places.add(longName(realPlace(lexical, text)));
    // A `..` after a link leads elsewhere for the system than for a reader.
    if (lexical !== reading) places.add(longName(realPlace(reading, text)));
  }
  const relative = new Set<string>();
  for (const place of places)
    for (const name of root.names) {
      const below = nameBelow(name, place);
      if (below !== undefined) relative.add(below);
    }
  return { shown: text, relative: [...relative], absolute: [...places].map(slashed) };
}
