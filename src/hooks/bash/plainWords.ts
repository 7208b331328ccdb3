// Commands so plain that no parser is needed to take them apart.

/** Words that make a shell read something else than a list of words, or a program read one of them as shell text. */
const notPlain =
  /^(!|\[\[|\{|\}|if|then|elif|else|fi|for|while|until|do|done|case|esac|select|function|time|coproc|in|eval|source|\.|trap|alias|unalias|command|builtin|exec|enable|hash|set|shopt|cd|pushd|popd|export|declare|typeset|local|readonly|read|mapfile|readarray|printf|getopts|unset|let|history|fc|compgen|complete|bind)$/;

const reparsed =
  /(^|\/)(env|sudo|doas|su|nohup|setsid|nice|ionice|timeout|gtimeout|time|stdbuf|unbuffer|strace|script|flock|setarch|chronic|xargs|parallel|find|watch|(ba|da|z|k|a|mk|c|tc|fi)?sh|busybox|toybox|git)$/;

const word = /(?:[\w./:@%+,=-]|'[^'\n\\]*'|"[^"\n\\$`!]*")+/g;

/** A word as the shell hands it on. */
const unquoted = (text: string): string =>
  text.replace(
    /'([^']*)'|"([^"]*)"/g,
    (_, single: string | undefined, double: string | undefined) => single ?? double ?? '',
  );

/**
 * The words of a command when it is one simple command of plain words: letters, digits, a few harmless signs, and
 * single or double quotes around text that the shell leaves alone. Undefined for anything else, which the parser
 * then has to read.
 */
export function plainWords(command: string): readonly string[] | undefined {
  if (command.length > 2000) return undefined;
  const text = command.trim();
  if (!/^(?:[\w./:@%+,=-]|'[^'\n\\]*'|"[^"\n\\$`!]*"|[ \t])+$/.test(text)) return undefined;
  const words = (text.match(word) ?? []).map(unquoted);
  const [first] = words;
  // A program by its path may be a script.
  if (first === undefined || /[=/]/.test(first) || first === '' || notPlain.test(first)) return undefined;
  return words.some((each) => reparsed.test(each)) ? undefined : words;
}
