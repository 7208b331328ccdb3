// The script that a tmux session begins with: it takes the session's own environment from its text, removes itself and becomes claude.

/** What the session's terminal says itself, and what a shell keeps for itself and may not be given. */
const leftAlone: ReadonlySet<string> = new Set([
  ...['TERM', 'TERMCAP', 'TERM_PROGRAM', 'TERM_PROGRAM_VERSION', 'TMUX', 'TMUX_PANE', 'COLUMNS', 'LINES'],
  ...[
    'BASHOPTS',
    'BASH_VERSINFO',
    'EUID',
    'LINENO',
    'OPTIND',
    'PPID',
    'PWD',
    'SHELLOPTS',
    'SHLVL',
    'UID',
    '_',
  ],
]);

/** A word that a POSIX shell reads as exactly this text. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

export interface StarterProgram {
  /** Absolute. */
  readonly command: string;
  readonly args: readonly string[];
  /** All of it: nothing is taken over from the tmux server, which has that of whoever started it. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute. */
  readonly cwd: string;
}

/**
 * The text of the script, to be run as `/bin/sh <file>`. It runs itself once more in an empty environment first. What it
 * holds never stands on a command line: `export` is the shell's own word, and `exec` keeps the pid.
 */
export function starterScript({ command, args, env, cwd }: StarterProgram): string {
  const exports = Object.entries(env).flatMap(([name, value]) =>
    value === undefined ||
    !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ||
    leftAlone.has(name) ||
    value.includes('\0')
      ? []
      : [`export ${name}=${quoted(value)}`],
  );
  return [
    '# Written by Native Orchestrator for one start; it removes itself.',
    'if [ "$1" != clean ]; then',
    '  exec /usr/bin/env -i TERM="$TERM" TERM_PROGRAM=tmux TMUX="$TMUX" TMUX_PANE="$TMUX_PANE" /bin/sh "$0" clean',
    'fi',
    ...exports,
    'rm -f -- "$0"',
    `cd -- ${quoted(cwd)} || exit 1`,
    `exec ${[command, ...args].map(quoted).join(' ')}`,
    '',
  ].join('\n');
}
