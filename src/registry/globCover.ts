// Whether one glob covers another: a cautious answer from their texts alone, made fast for whole fleets.

/** The glob without what changes nothing: `./`, a leading any-depth part, a closing `/` or everything-below part. */
export function plainGlob(glob: string): string {
  const plain = glob
    .replace(/^\.\//, '')
    .replace(/^(\*\*\/)+/, '')
    .replace(/(\/\*\*)+$/, '')
    .replace(/\/+$/, '');
  return plain === '' ? glob : plain;
}

const wildcard = /[*?]/;
/** Classes and escapes are compared as text only: reading them right is not worth a hint. */
const unreadable = /[[\]\\]/;
/** Beyond these a pattern is compared as text only, so that no registry can make the matching slow. */
const mostWildcards = 6;
const longest = 300;

/** Stands for `**` in a glob that is tried, so that `*` and `?` do not match it. */
const anyDepth = '\u0001';

/** Which of many globs cover a given one. Those without wildcards are looked up, only the others are tried. */
export class GlobCover {
  readonly #byText = new Map<string, string[]>();
  readonly #patterns: { readonly glob: string; readonly form: RegExp }[] = [];

  constructor(globs: Iterable<string>) {
    for (const glob of new Set(globs)) {
      const plain = plainGlob(glob);
      const same = this.#byText.get(plain);
      if (same === undefined) this.#byText.set(plain, [glob]);
      else same.push(glob);
      const form = wildcard.test(plain) ? formOf(plain) : undefined;
      if (form !== undefined) this.#patterns.push({ glob, form });
    }
  }

  /** The globs, as they were given, that match all that the given one matches; itself included if it was among them. */
  covering(glob: string): ReadonlySet<string> {
    const plain = plainGlob(glob);
    const found = new Set<string>();
    for (const text of wider(plain)) for (const each of this.#byText.get(text) ?? []) found.add(each);
    if (plain.length > longest) return found;
    const tried = plain.replace(/(^|\/)\*\*(?=\/|$)/g, `$1${anyDepth}`);
    for (const { glob: each, form } of this.#patterns) if (form.test(tried)) found.add(each);
    return found;
  }
}

/** The texts of the globs without wildcards of their own that cover a plain one: it and all that it lies below. */
function* wider(plain: string): Generator<string> {
  yield plain;
  const isAnchored = plain.startsWith('/');
  const parts = plain.split('/').filter((part) => part !== '');
  if (parts.length > 32) return;
  for (let from = 0; from < parts.length; from++)
    for (let to = from + 1; to <= parts.length; to++) {
      const run = parts.slice(from, to).join('/');
      yield run;
      if (isAnchored && from === 0) yield `/${run}`;
    }
}

function formOf(plain: string): RegExp | undefined {
  if (unreadable.test(plain) || plain.length > longest) return undefined;
  if ((plain.match(/[*?]+/g)?.length ?? 0) > mostWildcards) return undefined;
  const body = plain
    .replace(/^\//, '')
    .split('/')
    .map((part) => (part === '**' ? `(?:[^/]+)` : partForm(part)))
    .join('/')
    .replaceAll('(?:[^/]+)/', '(?:[^/]+/)*');
  return new RegExp(`${plain.startsWith('/') ? '^/' : '(?:^|/)'}${body}(?:/|$)`);
}

function partForm(part: string): string {
  return part.replace(/[.+^${}()|]|\*+|\?/g, (found) => {
    if (found.startsWith('*')) return `[^/${anyDepth}]*`;
    return found === '?' ? `[^/*${anyDepth}]` : `\\${found}`;
  });
}
