// Old, test artefact or kept: what a directory that no entry of the registry owns is, and why. Pure.
import { visible, visibleShort } from '../../findings/visible.ts';
import type { Reference } from './references.ts';
import type { Sign } from './signs.ts';
import { type LikenessRule, likenessOf, stemOf } from './successor.ts';

/** The last commit that touched a directory, or another one that is evidence. */
export interface Commit {
  /** Abbreviated. */
  readonly hash: string;
  /** ISO 8601 date. */
  readonly date: string;
  readonly subject: string;
}

/** An id that was in the registry once, and the commit that took it out. */
export interface Retirement {
  readonly id: string;
  readonly commit: Commit;
  /** Ids that the same commit put in. */
  readonly added: readonly string[];
}

export type DirectoryKind = 'old' | 'artefact' | 'kept';

export type Rule =
  | LikenessRule
  | 'once-registered'
  | 'once-generated'
  | 'says-retired'
  | 'generated-for-nobody'
  | 'placeholder-name'
  | 'archive'
  | 'linked'
  | 'several-like-it'
  | 'unknown';

/** What is known of one directory. */
export interface DirectoryFacts {
  readonly name: string;
  /** The registered id whose directory is a link to this one. */
  readonly linkedBy?: string;
  /** The directory itself is a link. */
  readonly isLink: boolean;
  /** The lock has outputs of ours in it. */
  readonly isLocked: boolean;
  readonly signs: readonly Sign[];
  readonly retirement?: Retirement;
  /** Places in tests that have the name as a word. */
  readonly inTests: readonly Reference[];
}

export interface Verdict {
  readonly kind: DirectoryKind;
  readonly rule: Rule;
  /** The one registered agent that took its place. */
  readonly successor?: string;
  /** How its name is like the successor's, in a few words. */
  readonly likeness?: string;
  /** Registered agents that may have, where it is not one. */
  readonly candidates: readonly string[];
  /** A sentence for a person; text of files in it is escaped. */
  readonly why: string;
}

/** Words that stand for nothing in particular, as tests use them for what must not be there. */
const placeholderWords: ReadonlySet<string> = new Set(
  'invalid nonexistent nonexisting bogus dummy fake foo bar baz qux foobar xyz'.split(' '),
);

/** How many signs of a made-up name there are: each placeholder word, and a number of several digits at the end. */
export function placeholderSigns(name: string): number {
  const words = stemOf(name).split('-');
  return (
    words.filter((word) => placeholderWords.has(word)).length + Number(/^\d{3,}$/.test(words.at(-1) ?? ''))
  );
}

/** So many signs make a test artefact by themselves; one less does where a test has the name. */
const enoughSigns = 3;

const listOf = (ids: readonly string[]): string =>
  ids.length < 2 ? ids.join('') : `${ids.slice(0, -1).join(', ')} and ${ids.at(-1)}`;

/** A commit in words: hash, day and what it says of itself. */
export function commitWords({ hash, date, subject }: Commit): string {
  return `${hash}, ${date.slice(0, 10)}, "${visibleShort(subject, 60)}"`;
}

/** Decides. The registered ids may hold the name itself only when its directory is a link or linked to. */
export function classify(facts: DirectoryFacts, registered: readonly string[]): Verdict {
  const { name, signs, retirement } = facts;
  const kept = (rule: Rule, why: string, candidates: readonly string[] = []): Verdict => ({
    kind: 'kept',
    rule,
    candidates,
    why,
  });
  if (name.toLowerCase() === 'archive') return kept('archive', 'Archived directories go here.');
  if (facts.linkedBy !== undefined)
    return kept('linked', `The directory of ${facts.linkedBy}, which is registered, is this one.`);
  if (facts.isLink) return kept('linked', 'It is a symbolic link; what it leads to is not looked at.');

  const likeness = likenessOf(name, registered);
  const [successor, ...others] = likeness?.ids ?? [];
  if (likeness !== undefined && successor !== undefined && others.length === 0)
    return {
      kind: 'old',
      rule: likeness.rule,
      successor,
      likeness: likeness.why,
      candidates: [],
      why: `${successor} is registered: ${visible(likeness.why)}.`,
    };

  const nobody = signs.find(({ kind }) => kind === 'generated-for-nobody');
  const artefact = (rule: Rule, why: string): Verdict => ({ kind: 'artefact', rule, candidates: [], why });
  const [test] = facts.inTests;
  const tested = test === undefined ? '' : ` ${visible(test.file)}:${test.line} has it.`;
  if (nobody !== undefined)
    return artefact(
      'generated-for-nobody',
      `It was generated for an agent that no registry had: ${visible(nobody.file)} says \`${nobody.words}\`.${tested}`,
    );
  const placeholders = placeholderSigns(name);
  if (placeholders + Number(test !== undefined) >= enoughSigns)
    return artefact(
      'placeholder-name',
      `Its name is one that stands for nothing, as tests make them up.${tested}`,
    );

  const candidates = likeness?.ids ?? retirement?.added ?? [];
  const gone = (rule: Rule, why: string): Verdict => ({ kind: 'old', rule, candidates, why });
  if (retirement !== undefined) {
    const { id, commit, added } = retirement;
    const instead = added.length > 0 ? `, which put in ${listOf(added)}` : '';
    return gone(
      'once-registered',
      `${id} was in the registry until ${commitWords(commit)}${instead}. No single agent took its place.`,
    );
  }
  if (facts.isLocked)
    return gone(
      'once-generated',
      'The lock has files of ours in it: it was registered when they were generated.',
    );
  const generated = signs.find(({ kind }) => kind === 'generated');
  if (generated !== undefined)
    return gone('once-generated', `${visible(generated.file)} was generated from a registry that had it.`);
  const retired = signs.find(({ kind }) => kind === 'says-retired');
  if (retired !== undefined)
    return gone('says-retired', `${visible(retired.file)} says so: "${retired.words}".`);
  if (likeness !== undefined)
    return kept(
      'several-like-it',
      `${listOf(likeness.ids)} have names like it; which of them took its place, if any, is for you to say.`,
      likeness.ids,
    );
  return kept(
    'unknown',
    'No registered agent has a name like it, and nothing says that it ever was registered.',
  );
}
