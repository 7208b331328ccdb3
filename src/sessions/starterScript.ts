// The script that a session begins with: it starts claude with the session's own environment, and nobody else's.

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

/** What a script starts. */
export interface ScriptProgram {
  /** Absolute. */
  readonly command: string;
  readonly args: readonly string[];
  /** In tmux all of it: nothing is taken over from the server, which has that of whoever started it. In a terminal what is added. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute. */
  readonly cwd: string;
}

export interface StarterProgram extends ScriptProgram {
  /** Absolute paths of the files to which the program's pid and, at its end, its exit code are written: one line each. */
  readonly pidFile: string;
  readonly exitFile: string;
}

/** The lines that remove the script, take over its environment, and become the program. */
function becomes({ command, args, env, cwd }: ScriptProgram): string {
  const exports = Object.entries(env).flatMap(([name, value]) =>
    value === undefined ||
    !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ||
    leftAlone.has(name) ||
    value.includes('\0')
      ? []
      : [`export ${name}=${quoted(value)}`],
  );
  return `${exports.join('\n')}
rm -f -- "$0"
cd -- ${quoted(cwd)} || exit 1
exec ${[command, ...args].map(quoted).join(' ')}
`;
}

/** The command that writes down the pid, which is the program's: whoever started it may be killed before it could. */
const writesPid = (word: string): string => `(umask 077; printf '%s\\n' "$$" > ${word})`;

const tellsPid = ({ pidFile }: Pick<StarterProgram, 'pidFile'>): string => `${writesPid(quoted(pidFile))}\n`;

/** The arguments of `/bin/sh` with which it writes its pid to a file and becomes a program, with the environment that it has. */
export const becomingArguments = (pidFile: string, program: readonly string[]): readonly string[] => [
  '-c',
  `${writesPid('"$1"')} 2> /dev/null; shift; exec "$@"`,
  'sh',
  pidFile,
  ...program,
];

/**
 * The text of a script for a terminal that a surface makes: run as `/bin/sh <file>` it becomes the program, so that the
 * terminal's own process is claude. It takes its environment from the terminal.
 */
export const terminalScript = (program: ScriptProgram & Pick<StarterProgram, 'pidFile'>): string =>
  `# Written by Native Orchestrator for one start; it removes itself.\n${tellsPid(program)}${becomes(program)}`;

/**
 * The arguments of `/bin/sh` with which a terminal runs such a script. A constant text: an editor that starts anew brings
 * its terminals back with the same command line, and then, the script being gone, ends at once and starts nothing.
 */
export const terminalArguments = (script: string): readonly string[] => [
  '-c',
  '[ -f "$1" ] || exit 0; exec /bin/sh "$1"',
  'sh',
  script,
];

/**
 * The text of the script for tmux, to be run as `/bin/sh <file>`. It begins itself anew in an empty environment, and stays beside
 * the program to write down how that ended (tmux 3.3 loses it) and to keep on the screen why. What the environment holds
 * never stands on a command line: `export` is the shell's own word.
 */
export function starterScript(program: StarterProgram): string {
  const exitFile = quoted(program.exitFile);
  return `# Written by Native Orchestrator for one start; it removes itself.
case "$1" in
'') exec /usr/bin/env -i PATH=/usr/bin:/bin TERM="$TERM" TERM_PROGRAM=tmux TMUX="$TMUX" TMUX_PANE="$TMUX_PANE" /bin/sh "$0" beside ;;
beside)
  trap : INT QUIT
  /bin/sh "$0" start
  code=$?
  (umask 077; printf '%s\\n' "$code" > ${exitFile}) 2> /dev/null
  [ "$code" -eq 0 ] && exit 0
  stty sane 2> /dev/null
  printf '\\033[?2004l\\033[?1000l\\033[?1049l\\033[0m\\n%s\\n' "It ended with exit code $code. Press Enter to close this."
  read -r answer
  exit "$code" ;;
esac
${tellsPid(program)}${becomes(program)}`;
}
