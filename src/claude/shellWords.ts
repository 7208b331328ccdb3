// The words of a simple shell command, as /bin/sh would split them; for anything more it says so and does not guess.

export type ShellLine =
  | { readonly words: readonly string[]; readonly unknown?: never }
  /** Why the line is more than a simple command, as the end of a sentence that begins with "the line". */
  | { readonly unknown: string; readonly words?: never };

const reserved: ReadonlySet<string> = new Set(
  '! { } [[ if then else elif fi for while until do done case esac function select time coproc'.split(' '),
);

/** Built-ins after which it is no longer clear where, or what, the rest is. */
const shifting: ReadonlySet<string> = new Set(['cd', 'eval', 'source', '.', 'set', 'export', 'test', '[']);

/**
 * Splits a line. `variables` are the ones that are known; a line that uses another is unknown, and so is one with `~`
 * where `HOME` is not among them. Unquoted values are split at blanks, as the shell does it. Words in front of the command that only set a variable are left out.
 */
export function shellWords(line: string, variables: Readonly<Record<string, string>>): ShellLine {
  const words: string[] = [];
  let word: string | undefined;
  let at = 0;
  const add = (text: string): void => {
    word = (word ?? '') + text;
  };
  const end = (): void => {
    if (word !== undefined) words.push(word);
    word = undefined;
  };
  /** Reads a variable at `$`; undefined when it is not a known one. */
  const variable = (): string | undefined => {
    const match = /^\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))/.exec(line.slice(at));
    const name = match?.[1] ?? match?.[2];
    if (match === null || name === undefined || !Object.hasOwn(variables, name)) return undefined;
    at += match[0].length;
    return variables[name];
  };
  while (at < line.length) {
    const char = line.charAt(at);
    if (char === ' ' || char === '\t') {
      end();
      at++;
    } else if (char === '#' && word === undefined) {
      break;
    } else if (char === "'") {
      const close = line.indexOf("'", at + 1);
      if (close < 0) return { unknown: 'has a quote that is not closed' };
      add(line.slice(at + 1, close));
      at = close + 1;
    } else if (char === '"') {
      at++;
      add('');
      while (line.charAt(at) !== '"') {
        const inner = line.charAt(at);
        if (inner === '') return { unknown: 'has a quote that is not closed' };
        if (inner === '`') return { unknown: 'runs a command inside another' };
        if (inner === '\\' && /["\\$`]/.test(line.charAt(at + 1))) {
          add(line.charAt(at + 1));
          at += 2;
        } else if (inner === '$') {
          const value = variable();
          if (value === undefined)
            return { unknown: 'uses a variable or substitution that only the shell knows' };
          add(value);
        } else {
          add(inner);
          at++;
        }
      }
      at++;
    } else if (char === '\\') {
      if (at + 1 >= line.length || line.charAt(at + 1) === '\n')
        return { unknown: 'goes on after a backslash' };
      add(line.charAt(at + 1));
      at += 2;
    } else if (char === '$') {
      const value = variable();
      if (value === undefined)
        return { unknown: 'uses a variable or substitution that only the shell knows' };
      const [first = '', ...rest] = value.split(/[ \t\n]+/);
      add(first);
      for (const next of rest) {
        end();
        add(next);
      }
    } else if (/[|&;<>()`\n\r]/.test(char)) {
      return { unknown: 'is more than one simple command' };
    } else if (/[*?[{]/.test(char)) {
      return { unknown: 'has a pattern that the shell expands' };
    } else if (char === '~' && word === undefined) {
      // Only with a slash, or nothing, after it is it this user's.
      const { HOME } = variables;
      if (HOME === undefined || !/^~(?:[/ \t]|$)/.test(line.slice(at)))
        return { unknown: 'begins a path at the home directory' };
      add(HOME);
      at++;
    } else {
      add(char);
      at++;
    }
  }
  end();
  const start = words.findIndex((each) => !/^[A-Za-z_]\w*=/.test(each));
  const command = start < 0 ? [] : words.slice(start);
  if (words.slice(0, Math.max(0, start)).some((each) => each.startsWith('PATH=')))
    return { unknown: 'sets a PATH of its own' };
  const first = command[0] ?? '';
  if (reserved.has(first) || shifting.has(first))
    return { unknown: `begins with the shell's own word ${first}` };
  return { words: first === 'exec' || first === 'command' ? command.slice(1) : command };
}
