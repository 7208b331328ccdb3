// Which registered agent a directory's name was replaced by. Pure; says why, and says nothing where the name alone is not enough.

/** How a name and a registered id belong together. */
export type LikenessRule = 'same-name' | 'qualified' | 'abbreviated' | 'misspelt';

export interface Likeness {
  readonly rule: LikenessRule;
  /** The registered ids that fit; more than one means that the name alone does not decide. */
  readonly ids: readonly string[];
  /** Why, as a part of a sentence after the id. */
  readonly why: string;
}

/** A name as it is compared: lower case, words joined by hyphens, without `-agent` at its end. */
export function stemOf(name: string): string {
  const words = name.toLowerCase().replace(/[\s_.]+/g, '-');
  return words.replace(/-agents?$/, '') || words;
}

/** Letters that an abbreviated word has at least, so that it is one. */
const shortestAbbreviation = 3;

/** Each word is the other's, or short for it, and at least one is the same: `homelab-arch` for `homelab-architect`. */
function shortenedWords(short: readonly string[], long: readonly string[]): string | undefined {
  if (short.length !== long.length || !short.some((word, index) => word === long[index])) return undefined;
  const cut: string[] = [];
  for (const [index, word] of short.entries()) {
    const whole = long[index] ?? '';
    if (word === whole) continue;
    if (word.length < shortestAbbreviation || !whole.startsWith(word)) return undefined;
    cut.push(`"${word}" is short for "${whole}"`);
  }
  return cut.length > 0 ? cut.join(', ') : undefined;
}

/** The id has words in front and ends in the name: `frappe-erpnext` for `erpnext`. The last word is what a thing is. */
function addedWords(name: readonly string[], whole: readonly string[]): string | undefined {
  const added = whole.length - name.length;
  if (added <= 0 || !name.every((word, index) => word === whole[added + index])) return undefined;
  return `the same name with "${whole.slice(0, added).join('-')}" in front`;
}

/** Spelling may differ in one place in a long name; in a short one every letter counts (`test` is not `rest`). */
const shortestMisspelt = 7;

/**
 * Finds the registered agents whose name belongs to that of a directory, by the strongest rule that holds; undefined
 * when there is none. Takes the ids apart once, for many names.
 */
export function likenessFinder(registered: Iterable<string>): (name: string) => Likeness | undefined {
  const all = [...registered].map((id) => ({ id, stem: stemOf(id), words: stemOf(id).split('-') }));
  const byStem = new Map<string, string[]>();
  for (const { id, stem } of all) byStem.set(stem, [...(byStem.get(stem) ?? []), id]);
  return (name) => {
    const stem = stemOf(name);
    const same = (byStem.get(stem) ?? []).filter((id) => id !== name);
    if (same.length > 0) {
      const isSuffix = same[0] === `${name}-agent`;
      const why = isSuffix ? 'the same name with -agent' : 'the same name but for -agent, case or signs';
      return { rule: 'same-name', ids: same, why };
    }
    const words = stem.split('-');
    const others = all.filter(({ id }) => id !== name);
    const byWords = (rule: LikenessRule, test: typeof addedWords): Likeness | undefined => {
      const fits = others.flatMap((other) => {
        const why = test(words, other.words);
        return why === undefined ? [] : [{ id: other.id, why }];
      });
      const [first] = fits;
      return first && { rule, ids: fits.map(({ id }) => id), why: first.why };
    };
    const found = byWords('abbreviated', shortenedWords) ?? byWords('qualified', addedWords);
    if (found !== undefined || stem.length < shortestMisspelt) return found;
    const meant = others.filter((other) => isOneApart(stem, other.stem)).map(({ id }) => id);
    return meant.length === 0
      ? undefined
      : { rule: 'misspelt', ids: meant, why: 'the same name but for one letter' };
  };
}

/** The same for one name. */
export function likenessOf(name: string, registered: Iterable<string>): Likeness | undefined {
  return likenessFinder(registered)(name);
}

/** Whether one insertion, removal, replacement or swap of neighbours makes one word the other. */
function isOneApart(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  const [restA, restB] = [a.slice(start), b.slice(start)];
  const isSwap = restA[0] === restB[1] && restA[1] === restB[0] && restA.slice(2) === restB.slice(2);
  return isSwap || restA.slice(1) === restB.slice(1) || restA.slice(1) === restB || restA === restB.slice(1);
}
