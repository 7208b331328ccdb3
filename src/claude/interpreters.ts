// Programs that run a script: where in their arguments the script stands, and what they exit with when it is missing.

export interface Interpreter {
  /** Matches the name of the program, without folder and `.exe`. */
  readonly name: RegExp;
  /** Options whose value is the next word. */
  readonly valued: ReadonlySet<string>;
  /** Options after which there is no script: code or a module is given instead. */
  readonly inline: ReadonlySet<string>;
  /** A word that stands between the program and its options. */
  readonly verb?: string;
  /** Exit code for a script that is not there; undefined when it depends on the installation. */
  readonly missing: number | undefined;
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

/**
 * Exit codes for a missing script were seen on Linux: `node` 1, `python3` 2, `perl` 2, `bash` 127. `sh` is 2 where it
 * is dash and 127 where it is bash. Of a hook's exit codes, 2 alone blocks (CLAUDE-CODE-CONTRACT.md section 2.3).
 */
const interpreters: readonly Interpreter[] = [
  {
    name: /^node(js)?$/,
    valued: words('-r --require --import --loader --experimental-loader -C --conditions'),
    inline: words('-e --eval -p --print -pe --test'),
    missing: 1,
  },
  {
    name: /^(pypy3?|php|ts-node|fish|pwsh|powershell)$/,
    valued: words('-I -d'),
    inline: words('-c -m -r -e -Command -EncodedCommand'),
    missing: undefined,
  },
  { name: /^deno$/, verb: 'run', valued: words('-c --config'), inline: words('eval test task'), missing: 1 },
  {
    name: /^(tsx|bun)$/,
    valued: words(''),
    inline: words('-e --eval -p --print run x test install'),
    missing: 1,
  },
  { name: /^python[\d.]*$/, valued: words('-W -X'), inline: words('-c -m'), missing: 2 },
  {
    name: /^(bash|zsh|ksh)$/,
    valued: words('-o -O +o +O --rcfile --init-file'),
    inline: words('-c -s -lc -ec -ic'),
    missing: 127,
  },
  { name: /^(sh|dash)$/, valued: words('-o +o'), inline: words('-c -s -lc -ec -ic'), missing: undefined },
  { name: /^perl$/, valued: words('-I -M'), inline: words('-e -E -ne -pe'), missing: 2 },
  { name: /^ruby$/, valued: words('-r -I -C'), inline: words('-e'), missing: 1 },
];

/** How a command line runs. */
export type Invocation =
  /** The first word is itself what runs. */
  | { readonly kind: 'direct'; readonly program: string; readonly at: number }
  | {
      readonly kind: 'script';
      readonly program: string;
      readonly script: string;
      /** Which word of the line the script is, from 0. */
      readonly at: number;
      readonly missing: number | undefined;
    }
  /** An interpreter that is given code or a module instead of a script. */
  | { readonly kind: 'inline'; readonly program: string; readonly at: number };

/** The name of a program without its folder and `.exe`. */
const baseName = (program: string): string =>
  program.slice(Math.max(program.lastIndexOf('/'), program.lastIndexOf('\\')) + 1).replace(/\.exe$/i, '');

/**
 * Takes a command line apart; undefined when there is no command at all. `at` of the answer is the word of the script,
 * or of the program where there is no script.
 */
export function invocationOf(line: readonly string[], from = 0): Invocation | undefined {
  const program = line[from];
  if (program === undefined || program === '') return undefined;
  const base = baseName(program);
  const inline: Invocation = { kind: 'inline', program, at: from };
  if (base === 'env') {
    const start = line.findIndex((word, index) => index > from && !/^[A-Za-z_]\w*=/.test(word));
    return start < 0 || line[start]?.startsWith('-') !== false ? inline : invocationOf(line, start);
  }
  const interpreter = interpreters.find(({ name }) => name.test(base));
  if (interpreter === undefined) return { kind: 'direct', program, at: from };
  const scriptAt = (at: number): Invocation => {
    const script = line[at];
    return script === undefined || script === '' || script === '-'
      ? inline
      : { kind: 'script', program, script, at, missing: interpreter.missing };
  };
  for (let at = line[from + 1] === interpreter.verb ? from + 2 : from + 1; at < line.length; at++) {
    const word = line[at] ?? '';
    if (interpreter.inline.has(word)) return inline;
    if (interpreter.valued.has(word)) at++;
    else if (word === '--') return scriptAt(at + 1);
    else if (word === '-' || !/^[-+]./.test(word)) return scriptAt(at);
  }
  return inline;
}

/** Whether a program reads its script as a shell: line ends then count as part of its words. */
export function isShell(program: string): boolean {
  return /^(sh|dash|bash|zsh|ksh)$/.test(baseName(program));
}

/** What usually runs a file with that ending, as `#!` lines and command lines name it; undefined for no known ending. */
export function interpreterOf(file: string): string | undefined {
  const ending = /\.([A-Za-z]+)$/.exec(file)?.[1]?.toLowerCase() ?? '';
  return Object.hasOwn(byEnding, ending) ? byEnding[ending] : undefined;
}

const byEnding: Readonly<Record<string, string>> = {
  sh: 'sh',
  bash: 'bash',
  zsh: 'zsh',
  py: 'python3',
  js: 'node',
  mjs: 'node',
  cjs: 'node',
  ts: 'tsx',
  rb: 'ruby',
  pl: 'perl',
  php: 'php',
};

/** Programs that can stand in for another one, the nearest first. */
export function standInsFor(program: string): readonly string[] {
  const base = baseName(program);
  return Object.hasOwn(standIns, base) ? (standIns[base] ?? []) : [];
}

const standIns: Readonly<Record<string, readonly string[]>> = {
  python: ['python3'],
  python2: ['python3', 'python'],
  python3: ['python'],
  node: ['nodejs', 'bun'],
  nodejs: ['node'],
  zsh: ['bash', 'sh'],
  bash: ['sh'],
  dash: ['sh'],
  tsx: ['ts-node', 'bun'],
};

/** What the first line of an executable text file asks for. */
export type Shebang =
  | { readonly kind: 'none' }
  /** A carriage return at its end becomes part of the interpreter's name, which then is never found. */
  | { readonly kind: 'carriage-return'; readonly program: string }
  | { readonly kind: 'program'; readonly program: string };

/** Reads the `#!` line. `/usr/bin/env name` gives `name`. */
export function shebangOf(text: string): Shebang {
  if (!text.startsWith('#!')) return { kind: 'none' };
  const end = text.indexOf('\n');
  const line = text.slice(2, end < 0 ? undefined : end);
  const parts = line.trim().split(/[ \t]+/);
  const viaEnv = baseName(parts[0] ?? '') === 'env';
  const program = (viaEnv ? parts.slice(1).find((part) => !/^-|=/.test(part)) : parts[0]) ?? '';
  return { kind: line.endsWith('\r') ? 'carriage-return' : 'program', program };
}
