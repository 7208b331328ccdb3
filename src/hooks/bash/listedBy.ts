// Which places the names that a command prints lie in, by its words alone.

export const isOption = (word: string): boolean => /^-./.test(word);

/** Whether the words are those of a search that prints names of files rather than lines. */
const printsNames = (options: readonly string[]): boolean =>
  options.some((word) => /^(--files|--files-with(out)?-match(es)?|--name-only)$|^-[a-zA-Z]*[lL]/.test(word));

/** The operands of a `find`: what stands before its first test. */
function startsOf(args: readonly string[]): readonly string[] {
  const first = args.findIndex((word) => /^(-[^HLPOD]|[(!,])/.test(word));
  const starts = args.slice(0, first < 0 ? undefined : first).filter((word) => !isOption(word));
  return starts.length > 0 ? starts : ['.'];
}

/**
 * The places, from the working directory or absolute, at or below which the names lie that a command prints; empty
 * for a command that lists nothing. Names of what is in a directory are printed without it, so its place is the one
 * that whoever uses them is in.
 */
export function listedBy(words: readonly string[]): readonly string[] {
  const [program = '', ...args] = words;
  const options = args.filter(isOption);
  const operands = args.filter((word) => !isOption(word));
  switch (program.replace(/^.*\//s, '')) {
    case 'ls':
    case 'dir':
    case 'vdir':
    case 'compgen':
    case 'exa':
    case 'eza':
      return ['.', ...operands];
    case 'find':
    case 'gfind':
      return startsOf(args);
    case 'fd':
    case 'fdfind':
      return operands.length > 1 ? operands.slice(1) : ['.'];
    case 'readlink':
    case 'realpath':
      // Where a path leads is where its target lies.
      return operands;
    case 'tree':
    case 'du':
      return operands.length > 0 ? operands : ['.'];
    case 'rg':
    case 'grep':
    case 'egrep':
    case 'fgrep':
    case 'ag':
    case 'ack': {
      if (!printsNames(options)) return [];
      const places = options.includes('--files') ? operands : operands.slice(1);
      return places.length > 0 ? places : ['.'];
    }
    case 'git': {
      if (operands[0] !== 'ls-files' && operands[0] !== 'ls-tree' && operands[0] !== 'grep') return [];
      return operands[0] === 'grep' && !printsNames(options) ? [] : ['.'];
    }
    default:
      return [];
  }
}
