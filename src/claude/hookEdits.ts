// Rewrites of one hook in the text of its settings file: another path, another interpreter, no shell. Text before → text after.

import { placeholder, type WrittenWord, writtenWords } from './hookLine.ts';
import { invocationOf } from './interpreters.ts';
import { insertAfter, nodeAt, replaceValue } from './jsonEdit.ts';
import { isObject, type Json, readJson } from './jsonText.ts';
import { shellWords } from './shellWords.ts';

interface Line {
  readonly form: 'exec' | 'shell';
  readonly command: string;
  readonly args: readonly string[];
  readonly words: readonly WrittenWord[];
  /** Which word names the script, or the program where there is no script. */
  readonly at: number;
}

/** The command line of the handler at a pointer; undefined when there is none that runs a command. */
function lineAt(text: string, pointer: string): Line | undefined {
  const node = nodeAt(text, pointer);
  const handler = node && readJson(text.slice(node.offset, node.offset + node.length)).value;
  if (!isObject(handler) || typeof handler.command !== 'string') return undefined;
  const { command, args } = handler;
  const isExec = Array.isArray(args);
  if (isExec && !args.every((each: Json) => typeof each === 'string')) return undefined;
  const form = isExec ? ('exec' as const) : ('shell' as const);
  const texts = isExec ? args.map(String) : [];
  const words = writtenWords({ form, command, args: texts });
  const at = invocationOf(words.map(({ meant }) => meant))?.at;
  return at === undefined ? undefined : { form, command, args: texts, words, at };
}

/** A path of the workspace as a word of a shell line. */
function shellPath(relative: string): string {
  return /^[\w./@%+=:,-]+$/.test(relative)
    ? `"$CLAUDE_PROJECT_DIR"/${relative}`
    : `"$CLAUDE_PROJECT_DIR/${relative.replace(/["\\$`]/g, '\\$&')}"`;
}

/** The text with one word of a hook's line replaced, as an exec and as a shell form have it. */
function withWord(
  text: string,
  pointer: string,
  { form, command, words }: Line,
  at: number,
  word: { readonly exec: string; readonly shell: string },
): string | undefined {
  if (form === 'exec')
    return replaceValue(text, at === 0 ? `${pointer}/command` : `${pointer}/args/${at - 1}`, word.exec);
  const written = words[at];
  if (written === undefined) return undefined;
  const { start, end } = written;
  return replaceValue(text, `${pointer}/command`, command.slice(0, start) + word.shell + command.slice(end));
}

/** The hook with its script at a path of the workspace (with `/`), in the spelling that its form finds from anywhere. */
export function withScript(text: string, pointer: string, relative: string): string | undefined {
  const line = lineAt(text, pointer);
  const word = { exec: `${placeholder}/${relative}`, shell: shellPath(relative) };
  return line && withWord(text, pointer, line, line.at, word);
}

/** The hook with another program in place of the one that it begins with, its folder and options kept. */
export function withProgram(text: string, pointer: string, from: string, to: string): string | undefined {
  const line = lineAt(text, pointer);
  const at = line?.words.findIndex(({ meant }) => meant === from) ?? -1;
  return line === undefined || at < 0 || at > line.at
    ? undefined
    : withWord(text, pointer, line, at, { exec: to, shell: to });
}

/** The hook with an interpreter in front of a script that was itself the command. */
export function withInterpreter(text: string, pointer: string, interpreter: string): string | undefined {
  const line = lineAt(text, pointer);
  const first = line?.words[0];
  if (line === undefined || first === undefined || line.at !== 0) return undefined;
  if (line.form === 'shell')
    return withWord(text, pointer, line, 0, { exec: '', shell: `${interpreter} ${first.raw}` });
  const named = replaceValue(text, `${pointer}/args`, [line.command, ...line.args]);
  return named && replaceValue(named, `${pointer}/command`, interpreter);
}

/**
 * The hook in the exec form: command and args, no shell. `relative` puts the script at another path. Undefined for what
 * only a shell can do: more than one command, other variables, a value set in front.
 */
export function inExecForm(text: string, pointer: string, relative?: string): string | undefined {
  const line = lineAt(text, pointer);
  if (line?.form !== 'shell' || /^\s*[A-Za-z_]\w*=/.test(line.command)) return undefined;
  const quoted = relative === undefined ? line.command : commandWith(line, relative);
  const read = shellWords(quoted, { CLAUDE_PROJECT_DIR: placeholder });
  const [program, ...args] = read.words ?? [];
  if (program === undefined) return undefined;
  const named = replaceValue(text, `${pointer}/command`, program);
  return named && insertAfter(named, `${pointer}/command`, 'args', args);
}

function commandWith({ command, words, at }: Line, relative: string): string {
  const word = words[at];
  return word === undefined
    ? command
    : command.slice(0, word.start) + shellPath(relative) + command.slice(word.end);
}
