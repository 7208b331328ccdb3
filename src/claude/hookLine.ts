// The command line of a hook, twice: the words that really run, and the words that its author seems to have meant.
import type { DeclaredHook } from './settingsReport.ts';
import { shellWords } from './shellWords.ts';

// biome-ignore lint/suspicious/noTemplateCurlyInString: it is the CLI's own placeholder
export const placeholder = '${CLAUDE_PROJECT_DIR}';

/** The words that run, or why they can't be told. */
export function wordsOf(
  hook: DeclaredHook,
  root: string,
  home: string | undefined,
): ReturnType<typeof shellWords> {
  const command = hook.command ?? '';
  if (hook.form === 'shell')
    return shellWords(command, { CLAUDE_PROJECT_DIR: root, ...(home === undefined ? {} : { HOME: home }) });
  // No shell: only `${…}` with braces is expanded (seen with 2.1.329), quotes and tildes are taken as they are.
  return { words: [command, ...(hook.args ?? [])].map((word) => word.replaceAll(placeholder, root)) };
}

/** One word as it stands in the file. */
export interface WrittenWord {
  /** As written, quotes and variables included. */
  readonly raw: string;
  /** Without quotes, `$CLAUDE_PROJECT_DIR` as the placeholder, and `\` as `/`: what its author meant it to be. */
  readonly meant: string;
  /** Where it stands in the command of a shell form; 0 and its length in an exec form. */
  readonly start: number;
  readonly end: number;
}

const meaning = (raw: string): string =>
  raw
    .replace(/["']/g, '')
    .replace(/\$(\{CLAUDE_PROJECT_DIR\}|CLAUDE_PROJECT_DIR(?!\w))/g, () => placeholder)
    .replace(/\\(?=[ "'$])/g, '')
    .replaceAll('\\', '/');

/** The words as they stand there. In a shell form those in front that only set a variable are left out. */
export function writtenWords(hook: Pick<DeclaredHook, 'form' | 'command' | 'args'>): readonly WrittenWord[] {
  const command = hook.command ?? '';
  if (hook.form !== 'shell')
    return [command, ...(hook.args ?? [])].map((raw) => ({
      raw,
      meant: meaning(raw),
      start: 0,
      end: raw.length,
    }));
  const words = [...command.matchAll(/(?:[^\s"'\\]|\\[\s\S]|"(?:[^"\\]|\\[\s\S])*"|'[^']*')+/g)].map(
    (match) => ({
      raw: match[0],
      meant: meaning(match[0]),
      start: match.index,
      end: match.index + match[0].length,
    }),
  );
  const first = words.findIndex(({ raw }) => !/^[A-Za-z_]\w*=/.test(raw));
  const rest = first < 0 ? [] : words.slice(first);
  return rest[0]?.raw === 'exec' || rest[0]?.raw === 'command' ? rest.slice(1) : rest;
}

/** Whether a word of a shell form has the project's folder outside of double quotes, where a blank in it splits the word. */
export function isUnquoted(raw: string): boolean {
  const outside = raw.replace(/"(?:[^"\\]|\\[\s\S])*"|'[^']*'|\\[\s\S]/g, '');
  return /\$\{?CLAUDE_PROJECT_DIR(?!\w)/.test(outside);
}
