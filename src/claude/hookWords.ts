// What a hook's command runs: program, script, or that it can't be told without a shell. Pure.
import type { DeclaredHook } from './settingsReport.ts';

/** What a command comes down to. Paths may be relative to the workspace. */
export type HookProgram =
  /** A program looked up on PATH or named by path; `script` is the file it is given to run. */
  | { readonly kind: 'program'; readonly program: string; readonly script?: string }
  /** A shell line that is more than a simple command, or a form that runs no command. Why, in words. */
  | { readonly kind: 'unknown'; readonly why: string };

/** Programs that run the file named by their first argument that is no option. */
const interpreters =
  /^(?:node|nodejs|deno|bun|tsx|ts-node|python|python[23](?:\.\d+)?|pypy3?|ruby|perl|php|bash|sh|zsh|dash|ksh|fish|pwsh|powershell)(?:\.exe)?$/;

/** Options after which there is no script: the program is in the argument, or a module. */
const inlineOptions = /^(?:-c|-e|-m|-p|--eval|--print|--version|-v|-Command|-EncodedCommand)$/;

/** Options of interpreters that take the next word. */
const optionsWithValue = /^(?:-r|--require|--import|--loader|--experimental-loader|-W|-X|-I|-o|--env-file)$/;

/** The last segment of a path. */
function nameOf(program: string): string {
  return program.split(/[\\/]/).at(-1) ?? program;
}

/** The words of a simple shell command, quotes taken off; undefined when a shell would do more than split it. */
export function shellWords(line: string): readonly string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let at = 0; at < line.length; at++) {
    const char = line.charAt(at);
    if (quote === "'") {
      if (char === "'") quote = '';
      else word = (word ?? '') + char;
    } else if (char === '\\') {
      const next = line.charAt(++at);
      if (next === '' || next === '\n') return undefined;
      word = (word ?? '') + (quote === '"' && !'"\\$`'.includes(next) ? `\\${next}` : next);
    } else if (char === '`' || (char === '$' && /[\w({]/.test(line.charAt(at + 1)))) {
      const variable = /^\$(?:CLAUDE_PROJECT_DIR\b|\{CLAUDE_PROJECT_DIR\})/.exec(line.slice(at))?.[0];
      if (variable === undefined) return undefined;
      if (quote === '' && /\s/.test(projectDirectory)) return undefined;
      word = (word ?? '') + projectDirectory;
      at += variable.length - 1;
    } else if (quote === '"') {
      if (char === '"') quote = '';
      else word = (word ?? '') + char;
    } else if (char === '"' || char === "'") {
      quote = char;
      word ??= '';
    } else if (/\s/.test(char)) {
      if (char === '\n' && line.slice(at).trim() !== '') return undefined;
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if ('|&;<>()*?[]{}~#!'.includes(char)) {
      if (!('{}[]!#~'.includes(char) && word !== undefined)) return undefined;
      word += char;
    } else word = (word ?? '') + char;
  }
  if (quote !== '') return undefined;
  if (word !== undefined) words.push(word);
  return words;
}

/** Stands for the workspace root until a path is resolved. */
const projectDirectory = '${CLAUDE_PROJECT_DIR}';

/** What a declared hook runs. Sources: CLAUDE-CODE-CONTRACT.md section 2.1 for exec and shell form. */
export function hookProgram(hook: DeclaredHook): HookProgram {
  const { command, args, form, type } = hook;
  if (command === undefined)
    return { kind: 'unknown', why: `a hook of type ${type === '' ? 'none' : type} runs no command` };
  const words = form === 'exec' ? [command, ...(args ?? [])] : shellWords(command);
  if (words === undefined)
    return { kind: 'unknown', why: 'the command is more than one program for a shell' };
  return ofWords(words);
}

function ofWords(given: readonly string[]): HookProgram {
  const words = [...given];
  while (words[0] !== undefined && /^[A-Za-z_]\w*=/.test(words[0])) words.shift();
  const [program, ...rest] = words;
  if (program === undefined || program === '') return { kind: 'unknown', why: 'the command is empty' };
  if (nameOf(program) === 'env' && rest.length > 0) return ofWords(rest.filter((word) => word !== '-S'));
  if (!interpreters.test(nameOf(program))) return { kind: 'program', program };
  for (let at = 0; at < rest.length; at++) {
    const word = rest[at] ?? '';
    if (inlineOptions.test(word)) return { kind: 'program', program };
    if (word === '--') return withScript(program, rest[at + 1]);
    if (optionsWithValue.test(word)) at++;
    else if (!word.startsWith('-') && !(nameOf(program) === 'deno' && word === 'run'))
      return withScript(program, word);
  }
  return { kind: 'program', program };
}

const withScript = (program: string, script: string | undefined): HookProgram =>
  script === undefined ? { kind: 'program', program } : { kind: 'program', program, script };
