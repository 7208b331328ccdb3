// Shells, and programs that run code of another language: what the code does can't be told from here.
import { type Arg, isKnown, known, originOf, originsOf, pathIn, textIn } from '../arg.ts';
import type { OptionSpec } from '../options.ts';
import type { Run } from '../run.ts';

type Program = (run: Run) => void;

const shellSpec: OptionSpec = {
  values: 'oO',
  longValues: ['rcfile', 'init-file'],
  longFlags: ['norc', 'noprofile', 'login', 'posix', 'verbose', 'restricted', 'noediting', 'debugger'],
  stops: true,
};

/** The text of a script: the one on the disk, unless this command may have changed it. */
function scriptText(run: Run, file: Arg): string | undefined {
  if (file.pipe !== undefined) return file.pipe.known;
  const path = pathIn(run.cwd, file);
  return run.collector.isWritten(path) ? undefined : run.collector.readText(path);
}

/** Runs a script file by the shell; its text is looked into when it is one that a shell reads. */
export function runScript(
  run: Run,
  file: Arg,
  positional: readonly Arg[],
  how: (text: string) => void,
): void {
  run.read(file);
  const text = scriptText(run, file);
  const interpreter = /^#!\s*(\S+)(?:\s+(?:-S\s+)?(\S+))?/.exec(text ?? '');
  const program = (interpreter?.[1]?.endsWith('/env') === true ? interpreter[2] : interpreter?.[1]) ?? 'sh';
  const isShell = /(^|\/)(ba|da|z|k|a)?sh$/.test(program);
  if (text !== undefined && isShell && run.collector.shell !== undefined) {
    how(text);
    return;
  }
  // A script that this command itself writes may hold anything that stands in the command.
  const written = isKnown(file) && run.collector.isWritten(pathIn(run.cwd, file)) ? run.collector.source : '';
  const content = file.pipe === undefined ? '' : originOf(file);
  run.opaque(
    'a script file',
    [originsOf(positional), content, run.input?.known ?? run.input?.origin ?? '', written].join('\n'),
  );
}

export const shell: Program = (run) => {
  // `+x` takes an option away; it is no operand.
  const args = run.args.filter((arg, at) => !/^\+[a-zA-Z]+$/.test(arg.text) || at > 3);
  const taken = run.withWords([known(run.name), ...args]).take(shellSpec);
  for (const file of taken.valuesOf('--rcfile', '--init-file'))
    runScript(run, file, [], (text) => run.shell(known(text)));
  if (taken.isUnsure) run.opaque();
  const [first, ...rest] = taken.operands;
  if (taken.has('-c')) {
    if (first !== undefined) run.shell(first, rest);
    return;
  }
  if (first === undefined || taken.has('-s')) {
    if (taken.options.some(({ name }) => name === '--version' || name === '--help')) return;
    const { input } = run;
    if (input === undefined) return;
    const text = textIn(input);
    if (text === undefined) run.opaque(`${run.name} with unknown text`);
    else run.shell(known(text), taken.operands);
    // An `exit` in it need not be among the lines that come.
    if (input.isSome === true && text !== undefined) run.opaque(`${run.name} with unknown text`, text);
    return;
  }
  runScript(run, first, rest, (text) => run.shell(known(text), rest));
};

interface Language extends OptionSpec {
  /** Options whose value is code. */
  readonly code: readonly string[];
  /** Options after which nothing runs. */
  readonly idle?: readonly string[];
}

/** Code in a word, a file or on standard input: opaque, with everything that it is told. */
const interpreter =
  (spec: Language): Program =>
  (run) => {
    const taken = run.take({ ...spec, stops: true });
    const [file, ...rest] = taken.operands;
    if (taken.has('-i') && /^(perl|ruby)/.test(run.name)) run.writeAll(taken.operands);
    if (taken.has(...spec.code) || taken.isUnsure) {
      run.writeQuoted();
      return run.opaque();
    }
    if (taken.has('-m') || taken.has('--test')) return;
    if (file !== undefined && file.text !== '-') return runFile(run, file, rest);
    if (taken.has(...(spec.idle ?? []))) return;
    if (run.input === undefined && file === undefined) return;
    run.writeQuoted();
    run.opaque();
  };

/** The program is the script's; its own place says nothing about what it changes. */
function runFile(run: Run, file: Arg, rest: readonly Arg[]): void {
  run.read(file);
  if (/(claude-code|native-orchestrator)[/@]/.test(originOf(file))) run.collector.start(originOf(file));
  const path = pathIn(run.cwd, file);
  const written = run.collector.isWritten(path) ? run.collector.source : '';
  const content = file.pipe === undefined ? '' : originOf(file);
  const unsure = isKnown(file) ? '' : originOf(file);
  run.opaque(
    'a script file',
    [originsOf(rest), content, unsure, run.input?.known ?? run.input?.origin ?? '', written].join('\n'),
  );
}

const pythonLanguage = interpreter({
  code: ['-c'],
  values: 'cWXQm',
  longValues: ['check-hash-based-pycs'],
  idle: ['-V', '--version', '-h', '--help'],
});

/** `python -m pytest` is `pytest`. */
const python: Program = (run) => {
  const at = run.args.findIndex((arg) => /^-[a-zA-Z]*m/.test(arg.text) && !/^-[a-zA-Z]*[cWX]/.test(arg.text));
  const isModule =
    at >= 0 &&
    run.args
      .slice(0, at)
      .every((arg, index) => /^-/.test(arg.text) || /^-[WX]$/.test(run.args[index - 1]?.text ?? ''));
  if (!isModule || run.args.slice(0, at).some((arg) => /^-[a-zA-Z]*c/.test(arg.text)))
    return pythonLanguage(run);
  const attached = run.args[at]?.text.replace(/^-[a-zA-Z]*?m/, '') ?? '';
  const module = attached === '' ? run.args[at + 1] : known(attached);
  const rest = run.args.slice(attached === '' ? at + 2 : at + 1);
  if (module === undefined) return;
  if (
    !isKnown(module) ||
    /^(timeit|code|pdb|cProfile|profile|trace|runpy|doctest|idlelib)$/.test(module.text)
  )
    return run.opaque();
  if (module.text === 'json.tool') return run.writeAll(rest.filter((arg) => !/^-/.test(arg.text)).slice(1));
  if (module.text === 'zipfile' || module.text === 'tarfile') {
    if (rest.some((arg) => /^-e|^--extract/.test(arg.text))) run.write(rest[2] ?? known('.'), true);
    if (rest.some((arg) => /^-c|^--create/.test(arg.text))) run.writeAll(rest.slice(1, 2));
    return;
  }
  if (module.text === 'venv' || module.text === 'virtualenv')
    return run.writeAll(
      rest.filter((arg) => !/^-/.test(arg.text)),
      true,
    );
  run.run([module, ...rest]);
};

const node = interpreter({
  code: ['-e', '-p', '--eval', '--print'],
  values: 'eprC',
  longValues: [
    'eval',
    'print',
    'require',
    'import',
    'loader',
    'experimental-loader',
    'conditions',
    'env-file',
    'test-reporter',
    'test-reporter-destination',
    'test-name-pattern',
    'max-old-space-size',
    'input-type',
  ],
  longFlags: ['test', 'watch', 'check'],
  idle: ['-v', '--version', '-h', '--help'],
});

const perl = interpreter({
  code: ['-e', '-E'],
  values: 'eEImMF',
  attached: 'iClx0V',
  idle: ['-v', '-V', '-h'],
});

const ruby = interpreter({
  code: ['-e'],
  values: 'eICrE',
  attached: 'iFKTWx0',
  longValues: ['encoding'],
  idle: ['-v', '--version', '-h', '--help'],
});

const other = (code: readonly string[], values: string): Program =>
  interpreter({
    code,
    values,
    longValues: ['eval', 'command', 'run', 'code'],
    idle: ['-v', '-V', '--version', '-h', '--help'],
  });

/** Always opaque: it can do more than its words tell. */
const always: Program = (run) => run.opaque();

/** Commands for later, or in a session of its own. */
const later: Program = (run) => {
  if (run.input?.known !== undefined) run.shell(known(run.input.known));
  else run.opaque();
};

const deno: Program = (run) => {
  const [verb, ...rest] = run.args;
  if (verb?.text === 'eval' || verb?.text === 'repl') run.opaque();
  else if (verb?.text === 'run') {
    const file = rest.find((arg) => !/^-/.test(arg.text));
    if (file !== undefined)
      runFile(
        run,
        file,
        rest.filter((arg) => arg !== file),
      );
  } else if (verb?.text === 'fmt')
    run.writeAll(
      rest.filter((arg) => !/^-/.test(arg.text)),
      true,
    );
};

const make: Program = (run) => {
  const taken = run.take({
    values: 'CfIjloWEO',
    attached: 'j',
    longValues: [
      'directory',
      'file',
      'makefile',
      'eval',
      'include-dir',
      'old-file',
      'what-if',
      'jobs',
      'output-sync',
    ],
  });
  run.readAll(taken.valuesOf('-f', '--file', '--makefile').filter((file) => file.text !== '-'));
  const rules = ['GNUmakefile', 'makefile', 'Makefile'].map((name) => pathIn(run.cwd, known(name)));
  const isOdd =
    rules.some((file) => run.collector.isWrittenTo(file)) ||
    taken.has('-E', '--eval') ||
    taken
      .valuesOf('-f', '--file', '--makefile')
      .some(
        (file) =>
          file.text === '-' ||
          file.pipe !== undefined ||
          !isKnown(file) ||
          run.collector.isWritten(pathIn(run.cwd, file)),
      );
  if (isOdd) run.opaque('make with rules in the command', `${run.told}\n${run.collector.source}`);
  for (const variable of taken.operands)
    if (/^(SHELL|MAKEFLAGS|CC|CXX)=.*\s/.test(variable.text)) run.opaque();
};

const tmuxStart: Program = (run) => {
  const taken = run.take({ values: 'LSfcT', stops: true });
  const sockets = taken.valuesOf('-L', '-S');
  const isOurs = (socket: string): boolean => /(^|\/)no-[0-9a-f]{8}(\/|$|,)/.test(socket);
  const inherited = run.collector.context.env?.TMUX ?? '';
  if (
    sockets.some((socket) => isOurs(originOf(socket)) || !isKnown(socket)) ||
    (sockets.length === 0 && isOurs(inherited.replace(/,.*$/, '')))
  )
    run.collector.start('tmux');
  const [verb, ...rest] = taken.operands;
  // A new window or key strokes run something outside of this session.
  if (verb === undefined || /^(ls|list|has|has-session|info|kill|attach|display|show|start)/.test(verb.text))
    return;
  for (const word of rest) if (/\s/.test(word.text)) run.shell(word);
  run.opaque();
};

export const interpreterPrograms: Readonly<Record<string, Program>> = {
  ...Object.fromEntries('sh bash dash zsh ksh mksh ash rbash'.split(' ').map((name) => [name, shell])),
  fish: other(['-c', '--command'], 'cCdDfo'),
  csh: other(['-c'], 'c'),
  tcsh: other(['-c'], 'c'),
  pwsh: always,
  python,
  python2: python,
  python3: python,
  pypy: python,
  pypy3: python,
  ipython: python,
  node,
  nodejs: node,
  'ts-node': node,
  tsx: node,
  'vite-node': node,
  deno,
  perl,
  ruby,
  irb: always,
  php: other(['-r', '-B', '-R', '-E'], 'rBREdcfSt'),
  lua: other(['-e'], 'el'),
  luajit: other(['-e'], 'el'),
  Rscript: other(['-e'], 'e'),
  R: always,
  julia: other(['-e', '-E', '--eval'], 'eELpHJ'),
  tclsh: other([], ''),
  expect: other(['-c'], 'cf'),
  guile: other(['-c'], 'cle'),
  racket: other(['-e'], 'efr'),
  groovy: other(['-e'], 'e'),
  elixir: other(['-e', '--eval'], 'erS'),
  erl: always,
  ghc: () => {},
  runghc: other(['-e'], 'e'),
  swipl: always,
  osascript: other(['-e'], 'el'),
  m4: always,
  gdb: always,
  lldb: always,
  sqlite3: (run) => {
    run.writeAll(run.take({ values: 'cs', longValues: [] }).operands.slice(0, 1));
    if (
      run.args.some((arg) => !isKnown(arg) || /^\s*\.|writefile|attach/i.test(arg.text)) ||
      run.input !== undefined
    )
      run.opaque();
  },
  dc: always,
  at: later,
  batch: later,
  crontab: later,
  make,
  gmake: make,
  tmux: tmuxStart,
  screen: always,
  dtach: always,
  socat: always,
};
