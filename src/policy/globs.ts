// Which rules of a policy a path falls under. Gitignore syntax by the library `ignore`, as the CLI itself uses.
import ignore from 'ignore';
import type { PathRule } from './policy.ts';

/** All the names that one path goes by, with `/`, without `.`, `..` or empty segments. */
export interface PathNames {
  /** Relative to the workspace root; empty when the path lies outside it. The root itself is `''`. */
  readonly relative: readonly string[];
  /** From the root of the disk, such as `/home/x/a.ts` or `C:/x/a.ts`. */
  readonly absolute: readonly string[];
}

export interface RuleSet {
  /** The rules that a path falls under, in the policy's order. */
  matches(path: PathNames): readonly PathRule[];
  /** The rules that forbid a directory itself, or all that lies directly in it. */
  covers(directory: PathNames): readonly PathRule[];
  /**
   * The absolute rules that begin at or below a directory. What they are about lies outside the workspace, where
   * nobody lists every file to know; of all others, ask `matches` for each entry.
   */
  reaches(directory: PathNames): readonly PathRule[];
}

/** A name in one of the forms that a disk may compare, and as the search for a rule's fixed text wants it. */
interface Form {
  readonly text: string;
  readonly lower: string;
}

/** Takes all forms of one name. */
type Matcher = (forms: readonly Form[]) => boolean;

interface Compiled {
  readonly rule: PathRule;
  readonly absolute: boolean;
  /** The literal segments that an absolute glob begins with, folded; empty for all others. */
  readonly base: readonly string[];
  readonly matches: Matcher;
}

const everything: Matcher = () => true;

/** A name that no glob has in mind: what matches it in a directory matches whatever may be there. */
export const anyName = '\u0001';

/** Longer globs, or more `**` inside one, can take the regular expression minutes. */
const mostGlobLength = 1024;
const mostInnerStars = 2;

// What case-insensitive disks leave out of a name when they compare: HFS+ and ext4 skip default-ignorable characters.
const ignorable = /\p{Default_Ignorable_Code_Point}/gu;
const asciiOnly = /^[\x20-\x7e]*$/;

/** A name as a case-insensitive, normalising disk sees it. */
export function foldName(name: string): string {
  if (asciiOnly.test(name)) return name.toLowerCase();
  return name.normalize('NFD').replace(ignorable, '').toUpperCase().toLowerCase().normalize('NFC');
}

/** The names that a text may stand for: as composed, and as a disk that ignores case may compare it. */
function formsOf(text: string): readonly string[] {
  if (asciiOnly.test(text)) return [text];
  const composed = text.normalize('NFC');
  const folded = foldName(text);
  return composed === folded ? [composed] : [composed, folded];
}

/**
 * Whether the library reads a glob as something that can match. What it would silently make a rule that never
 * matches (a negation, an open bracket, a dangling backslash, `..`) must not protect nothing.
 */
export function isSound(glob: string): boolean {
  if (glob.trim() === '' || glob.length > mostGlobLength || glob.includes('\0')) return false;
  if (glob.startsWith('!') || /(^|[^\\])(\\\\)*\\(\/|$)/.test(glob)) return false;
  // Only whole classes within one segment; `[[:name:]]` is left out, since an unknown name never matches.
  if (glob.includes('[') && /\[/.test(glob.replace(/\\./gs, '').replace(/\[[!^]?\]?[^\][/]*\]/g, '')))
    return false;
  const segments = glob.split('/');
  if (segments.includes('..') || segments.every((segment) => segment === '' || segment === '.')) return false;
  return segments.slice(1, -1).filter((segment) => /^\*{2,}$/.test(segment)).length <= mostInnerStars;
}

/**
 * The glob as the library has to be told it: anchored with `/`, or for any depth. A second `**` in a row says nothing
 * more and costs its regular expression seconds. A `/` after a last `**` would leave out the files right in the
 * directory, which the CLI does not.
 */
function libraryGlob(glob: string, anchored: boolean): string {
  const segments = glob
    .split('/')
    .filter((segment) => segment !== '' && segment !== '.')
    .filter((segment, at, all) => segment !== '**' || all[at - 1] !== '**');
  const isBelow = segments.length > 1 && segments.at(-1) === '**';
  const directoryOnly = glob.endsWith('/') && !isBelow ? '/' : '';
  const body = segments.join('/');
  if (anchored) return `/${body}${directoryOnly}`;
  // The library anchors a glob with an inner slash; ours holds at any depth unless it starts with one.
  if (segments.length > 1 && segments[0] !== '**') return `**/${body}${directoryOnly}`;
  // A leading `#` would make it a comment.
  return `${body.startsWith('#') ? '\\' : ''}${body}${directoryOnly}`;
}

/**
 * A text that every path holds, in lower case, that the glob can match; empty when none is easily told. Most rules
 * are settled by it, which saves their regular expressions: compiling a hundred costs a guard ten milliseconds.
 */
function necessaryText(glob: string): string {
  if (!asciiOnly.test(glob) || /[[\\]/.test(glob)) return '';
  let longest = '';
  for (const part of glob.split(/[*?/ ]+/)) if (part.length > longest.length && part !== '.') longest = part;
  return longest.toLowerCase();
}

/** The forms of a name for the matchers, worked out once for all rules. */
const formsFor = (name: string): readonly Form[] =>
  formsOf(name).map((text) => ({ text, lower: text.toLowerCase() }));

function matcherOf(glob: string, anchored: boolean): Matcher {
  if (!isSound(glob)) return everything;
  const needed = necessaryText(glob);
  let rules: ignore.Ignore | undefined;
  return (forms) => {
    try {
      for (const { text, lower } of forms) {
        if (text === '' || !lower.includes(needed)) continue;
        rules ??= ignore({ ignorecase: true }).add(formsOf(glob).map((form) => libraryGlob(form, anchored)));
        if (rules.ignores(text)) return true;
      }
      return false;
    } catch {
      return true;
    }
  };
}

function baseOf(glob: string): readonly string[] {
  const segments = foldName(glob)
    .split('/')
    .filter((segment) => segment !== '' && segment !== '.');
  const wild = segments.findIndex((segment) => /[*?[\\]/.test(segment));
  return wild < 0 ? segments : segments.slice(0, wild);
}

function compileRule(rule: PathRule): Compiled {
  const absolute = rule.glob.startsWith('//');
  const anchored = rule.glob.startsWith('/');
  return {
    rule,
    absolute,
    base: absolute ? baseOf(rule.glob) : [],
    matches: matcherOf(rule.glob, anchored),
  };
}

const withoutRoot = (name: string): string => name.replace(/^\/+/, '');

/** Whether the folded directory is the base or one of its ancestors. */
function isAbove(directory: string, base: readonly string[]): boolean {
  if (base.length === 0) return false;
  const segments = foldName(directory)
    .split('/')
    .filter((segment) => segment !== '');
  return segments.length <= base.length && segments.every((segment, at) => segment === base[at]);
}

/**
 * The rules, compiled once, to be asked about many paths.
 *
 * Meaning: gitignore syntax; a glob holds at ANY depth below the workspace, an inner slash or not, unless it starts
 * with `/` (anchored at the workspace root) or `//` (absolute). What matches a directory matches all that is in it;
 * a trailing `/**` does not match the directory itself. Matching always ignores case, Unicode composition and the
 * characters that disks leave out when they compare, whatever this disk does, so that a disk that ignores them
 * cannot be used to slip by.
 *
 * Never throws. A glob that cannot be compiled, that the library would silently make a rule that never matches
 * (`!x`, `[a`, `x\`, `..`), or that would take too long denies everything it could mean: it matches every path.
 */
export function ruleSet(rules: readonly PathRule[]): RuleSet {
  const compiled = rules.map(compileRule);
  const rulesWhere = (
    path: PathNames,
    test: (one: Compiled, own: readonly Form[], inside: readonly Form[], name: string) => boolean,
    looksInside: boolean,
  ): readonly PathRule[] => {
    const named = (names: readonly string[]) =>
      names.map((name) => ({
        name,
        own: formsFor(name),
        inside: looksInside ? formsFor(name === '' ? anyName : `${name}/${anyName}`) : [],
      }));
    const relative = named(path.relative);
    let absolute: typeof relative | undefined;
    const found: PathRule[] = [];
    for (const one of compiled) {
      if (one.absolute) absolute ??= named(path.absolute.map(withoutRoot));
      const names = one.absolute ? (absolute ?? []) : relative;
      if (names.some(({ name, own, inside }) => test(one, own, inside, name))) found.push(one.rule);
    }
    return found;
  };
  const covers = (one: Compiled, own: readonly Form[], inside: readonly Form[]): boolean =>
    one.matches(own) || one.matches(inside);
  return {
    matches: (path) => rulesWhere(path, (one, own) => one.matches(own), false),
    covers: (directory) => rulesWhere(directory, covers, true),
    reaches: (directory) =>
      rulesWhere(
        directory,
        (one, own, inside, name) => one.absolute && (covers(one, own, inside) || isAbove(name, one.base)),
        true,
      ),
  };
}
