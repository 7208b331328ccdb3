// Rules about single globs and paths: what leaves the workspace, and what could never match.
import { visibleShort } from '../../findings/visible.ts';
import type { RegistryCode } from '../codes.ts';
import type { Draft } from '../draft.ts';
import { type Entry, textsOf, valueSpan } from '../entry.ts';

export const globFields = ['cannot_access', 'exclusive_access', 'cannot_read'] as const;

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const control = /[\u0000-\u001f\u007f]/;
const drive = /^[a-z]:/i;

/** Why a glob reaches outside; undefined when it does not. A leading `/` is the workspace's root in gitignore syntax. */
function globExit(glob: string): string | undefined {
  if (glob.split(/[/\\]/).includes('..')) return 'it goes up with `..`';
  if (glob.startsWith('//')) return 'two slashes begin an absolute path';
  if (/^\\[^!#\s[*?]/.test(glob)) return 'it begins with a backslash, as paths of Windows do';
  if (drive.test(glob)) return 'it names a drive';
  if (/^~([/\\]|$)/.test(glob)) return '`~` is the home directory';
  return undefined;
}

/** Why a path reaches outside; undefined when it does not. */
function pathExit(path: string): string | undefined {
  if (path.startsWith('/')) return 'it is absolute';
  if (path.startsWith('\\')) return 'it begins with a backslash, as paths of Windows do';
  if (drive.test(path)) return 'it names a drive';
  if (/^~([/\\]|$)/.test(path)) return '`~` is the home directory';
  let depth = 0;
  for (const part of path.split(/[/\\]/)) {
    if (part === '..') depth--;
    else if (part !== '' && part !== '.') depth++;
    if (depth < 0) return 'it goes up with `..`';
  }
  return undefined;
}

/** Why a glob is no glob; undefined when it is one. */
function globFlaw(glob: string): string | undefined {
  if (glob.trim() === '') return 'is empty, so it matches nothing';
  if (control.test(glob)) return 'holds a line break or another control character';
  if (glob.startsWith('#')) return 'begins with `#`, which gitignore syntax reads as a comment; write `\\#`';
  if (/(^|[^\\])(\\\\)*\\(\/|$)/.test(glob)) return 'has a lone backslash, which matches nothing';
  return unreadableGlob(glob);
}

/** The longest glob that is taken, in UTF-16 units; longer ones can keep the guard's regular expression busy for minutes. */
const longestGlob = 1024;

/**
 * Why the guard and the CLI would not read a glob alike; undefined when they do. The guard takes a glob that it cannot
 * read as one that matches every path, so that it never protects nothing.
 */
function unreadableGlob(glob: string): string | undefined {
  if (glob.length > longestGlob) return `is longer than ${longestGlob} characters`;
  const plain = glob.replace(/\\./gs, '');
  if (/\[[!^]/.test(plain))
    return 'negates a class of characters, which the CLI reads the other way round; write `?`';
  if (/\[/.test(plain.replace(/\[\]?[^\][/]*\]/g, '')))
    return 'has a `[` that begins no plain class of characters; close it, or write `\\[`';
  const segments = glob.split('/');
  if (segments.every((segment) => segment === '' || segment === '.')) return 'names nothing';
  const inner = segments.slice(1, -1).filter((segment, at, all) => segment === '**' && all[at - 1] !== '**');
  return inner.length > 2 ? 'has more than two `**` inside; two say the same' : undefined;
}

export function* badGlobs(entry: Entry): Generator<Draft> {
  for (const field of globFields)
    for (const [index, glob] of textsOf(entry, field)) {
      const found = globProblem(glob);
      if (found === undefined) continue;
      const args = { field, path: visibleShort(glob) };
      yield { code: found.code, span: valueSpan(entry, field, index), args, message: found.message };
    }
}

function globProblem(glob: string): { readonly code: RegistryCode; readonly message: string } | undefined {
  const shown = visibleShort(glob);
  const flaw = globFlaw(glob);
  if (flaw !== undefined) return { code: 'registry/bad-glob', message: `The glob \`${shown}\` ${flaw}.` };
  if (glob.startsWith('!'))
    return {
      code: 'registry/negated-glob',
      message: `\`${shown}\` is negated, and the CLI ignores such globs, so it would protect nothing. Write the globs that are meant.`,
    };
  const exit = globExit(glob);
  return exit === undefined
    ? undefined
    : { code: 'registry/path-outside-workspace', message: outside(shown, exit) };
}

const outside = (shown: string, reason: string): string =>
  `\`${shown}\` leaves the workspace: ${reason}. Write it relative to the workspace, with forward slashes.`;

export function* contextOutside(entry: Entry): Generator<Draft> {
  for (const [index, path] of textsOf(entry, 'context_files')) {
    const reason = pathExit(path);
    if (reason === undefined) continue;
    const shown = visibleShort(path);
    yield {
      code: 'registry/path-outside-workspace',
      span: valueSpan(entry, 'context_files', index),
      args: { field: 'context_files', path: shown },
      message: outside(shown, reason),
    };
  }
}
