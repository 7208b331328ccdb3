// A file name that a glob of the registry means: what an attempt is made on. Pure.
import { ruleSet } from '../policy/globs.ts';
import type { PathRule } from '../policy/policy.ts';

/** The folder below which a glob that holds at any depth is tried a second time. */
export const depthFolder = 'proof-depth/inner';

/** One character that a class such as `[a-z]` means. */
function memberOf(inside: string): string {
  if (/^[!^]/.test(inside)) return inside.includes('x') ? '~' : 'x';
  return inside[0] ?? 'x';
}

/** A name without wildcards that a segment of a glob matches. */
function plainSegment(segment: string, word: string): string {
  return segment
    .replace(/\\(.)|\[([^\]]+)\]|\*+|\?/g, (found, escaped?: string, inside?: string) => {
      if (escaped !== undefined) return escaped;
      if (inside !== undefined) return memberOf(inside);
      return found === '?' ? 'x' : word;
    })
    .replace(/\/|\0/g, '_');
}

/** Whether a path, relative to the workspace, falls under one of the rules. Absolute rules are left out. */
export function isUnder(rules: readonly PathRule[], relative: string): boolean {
  const own = rules.filter(({ glob }) => !glob.startsWith('//'));
  return own.length > 0 && ruleSet(own).matches({ relative: [relative], absolute: [] }).length > 0;
}

/** The rules, of those with the same glob the first: to the CLI and to the guard they are one. Absolute ones are left out. */
export function eachGlob(rules: readonly PathRule[]): readonly PathRule[] {
  const seen = new Set<string>();
  return rules.filter(({ glob }) => !glob.startsWith('//') && !seen.has(glob) && seen.add(glob));
}

function candidates(glob: string, word: string, ending: string): readonly string[] {
  const segments = glob.split('/').filter((segment) => segment !== '' && segment !== '.');
  const isFolder = glob.endsWith('/');
  const inner = segments
    .slice(0, -1)
    .filter((segment) => !/^\*{2,}$/.test(segment))
    .map((segment) => plainSegment(segment, word));
  const last = segments.at(-1) ?? '';
  const file = `${word}${ending}`;
  if (/^\*{2,}$/.test(last)) return [[...inner, file].join('/')];
  const name = plainSegment(last, word);
  const asFile = [...inner, name].join('/');
  const inFolder = [...inner, name, file].join('/');
  // The last wildcard of a name may stand for its ending: `*.test.*` for `x.test.ipynb`.
  const star = last.lastIndexOf('*');
  const ended =
    star < 0 || ending === '.txt'
      ? []
      : [
          [
            ...inner,
            plainSegment(last.slice(0, star), word) +
              word +
              ending +
              plainSegment(last.slice(star + 1), word),
          ].join('/'),
        ];
  if (isFolder) return [inFolder];
  // A name without a dot is more often a folder's.
  return name.includes('.') && !name.startsWith('.git')
    ? [...ended, asFile, inFolder]
    : [...ended, inFolder, asFile];
}

export interface StandInOptions {
  /** What wildcards become; makes the names of different attempts differ. */
  readonly word: string;
  /** The ending of the file, where the glob leaves it open. */
  readonly ending: string;
  /** True: somewhere below `depthFolder`. */
  readonly isDeep?: boolean;
}

/**
 * A path, relative to the workspace, that the rule's glob matches; undefined when none is found, as for a glob that
 * is anchored and wanted at depth, or lies outside the workspace. What is given was asked of the policy's own matcher.
 */
export function standIn(rule: PathRule, { word, ending, isDeep }: StandInOptions): string | undefined {
  const { glob } = rule;
  if (glob.startsWith('//') || glob.includes('\0') || (isDeep && glob.startsWith('/'))) return undefined;
  return candidates(glob, word, ending)
    .map((path) => (isDeep ? `${depthFolder}/${path}` : path))
    .filter((path) => path.length < 200 && !path.split('/').some((part) => part === '..' || part === ''))
    .find((path) => (ending === '.txt' || path.endsWith(ending)) && isUnder([rule], path));
}
