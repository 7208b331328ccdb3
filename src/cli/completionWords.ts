// What can follow the words typed so far on the command line. Pure; the shells' scripts ask for it at each Tab.
import type { OptionSpec, Verb } from './verb.ts';

export interface CompletionSources {
  readonly verbs: readonly Verb[];
  readonly common: Readonly<Record<string, OptionSpec>>;
  /** Asked only where an agent can stand. */
  readonly ids: () => readonly string[];
  readonly groups: () => readonly string[];
}

/** As the shell will take it: it hands over what was typed, with its backslashes and quotes. */
const plain = (word: string): string => word.replace(/^["']/, '').replace(/\\(.)/g, '$1');

function valuesOf(
  name: string,
  spec: OptionSpec,
  verb: Verb,
  { groups }: CompletionSources,
): readonly string[] {
  if (spec.type === 'boolean') return [];
  if (name === 'group') return groups();
  if (name === 'format' && verb.formats !== undefined) return verb.formats;
  return spec.choices ?? (spec.value.includes('|') ? spec.value.split('|') : []);
}

/** How many agents follow a verb. */
function agentsAfter({ usage }: Verb): number {
  if (/^from to\b/.test(usage)) return 2;
  if (/^(?:id|agent)\b/.test(usage)) return 1;
  return /\b(?:ids|agents)\u2026/.test(usage) ? Number.POSITIVE_INFINITY : 0;
}

/**
 * The words that can stand where the last of `typed` does, in the order in which they are shown. `typed`: all words
 * after the program's name, the last one as far as it is written (empty after a blank).
 */
export function completionWords(typed: readonly string[], sources: CompletionSources): readonly string[] {
  const current = plain(typed.at(-1) ?? '');
  const [name, ...rest] = typed.slice(0, -1).map(plain);
  const fitting = (words: readonly string[]): readonly string[] =>
    // A word of several lines would be several words to the shell.
    words.filter((word) => word.startsWith(current) && word !== '' && !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(word));
  const { verbs, common } = sources;
  if (name === undefined) return fitting([...verbs.map((verb) => verb.name), '--help', '--version']);
  if (name === 'help') return rest.length === 0 ? fitting(verbs.map((verb) => verb.name)) : [];
  const verb = verbs.find((candidate) => candidate.name === name);
  if (verb === undefined || rest.includes('--')) return [];
  const options = Object.entries({ ...common, ...verb.options });
  const optionOf = (word: string | undefined): (typeof options)[number] | undefined =>
    options.find(
      ([long, { short }]) => word === `--${long}` || (short !== undefined && word === `-${short}`),
    );
  const wanted = optionOf(rest.at(-1));
  if (wanted?.[1].type === 'string') return fitting(valuesOf(...wanted, verb, sources));
  if (current.startsWith('-'))
    return fitting(options.map(([long]) => `--${long}`).filter((word) => !rest.includes(word)));
  const positionals = rest.filter(
    (word, index) => !word.startsWith('-') && optionOf(rest[index - 1])?.[1].type !== 'string',
  );
  // Where a word can stand first, agents are not meant unless the usage begins with them.
  const words = positionals.length === 0 ? (verb.choices ?? []) : [];
  const most = agentsAfter(verb);
  const isWord = words.length > 0 && most !== 2;
  if (isWord || positionals.length >= most) return fitting(words);
  return fitting([...sources.ids().filter((id) => !positionals.includes(id)), ...words]);
}
