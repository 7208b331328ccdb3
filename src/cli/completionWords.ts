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

/** Whether agents follow a verb: any number of them, one, or none. */
function agentsAfter({ usage }: Verb): 'many' | 'one' | 'none' {
  if (/^(?:id|agent)\b/.test(usage)) return 'one';
  return /\b(?:ids|agents)…/.test(usage) ? 'many' : 'none';
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
  if (verb.choices !== undefined && positionals.length === 0) return fitting(verb.choices);
  const many = agentsAfter(verb);
  if (many === 'none' || (many === 'one' && positionals.length > 0)) return [];
  return fitting(sources.ids().filter((id) => !positionals.includes(id)));
}
