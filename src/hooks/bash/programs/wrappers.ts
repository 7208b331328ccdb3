// Programs that run another one, whose words follow theirs.
import { type Arg, isKnown, known, originOf, originsOf, sliceArg } from '../arg.ts';
import type { OptionSpec } from '../options.ts';
import type { Run } from '../run.ts';
import { fd, find, parallel, xargs } from './find.ts';
import { runScript } from './interpreters.ts';

type Program = (run: Run) => void;

interface Wrapper extends OptionSpec {
  /** Words of its own before the command. */
  readonly skip?: number;
  /** Options whose value it writes. */
  readonly writes?: readonly string[];
  /** Options whose value is shell text. */
  readonly shells?: readonly string[];
  /** Options after which the rest is no command. */
  readonly ends?: readonly string[];
}

const assignment = /^[A-Za-z_]\w*\+?=/s;

/** Runs what stands behind; where an option is not known, whatever may be the command. */
const wrapper =
  (spec: Wrapper): Program =>
  (run) => {
    const taken = run.take({ ...spec, stops: true });
    run.writeAll(taken.valuesOf(...(spec.writes ?? [])));
    for (const shell of taken.valuesOf(...(spec.shells ?? []))) run.shell(shell);
    if (spec.ends !== undefined && taken.has(...spec.ends)) return;
    runAnywhere(run, taken.operands.slice(spec.skip ?? 0));
    const isUnknown = taken.options.some(({ name }) => !isSpecified(name, spec));
    if (taken.isUnsure || isUnknown)
      for (let at = 1; at < taken.operands.length; at++) runIfKnown(run, taken.operands.slice(at));
    if (taken.isUnsure) run.opaque();
  };

function isSpecified(name: string, spec: OptionSpec): boolean {
  if (!name.startsWith('--')) return /^-[a-zA-Z0-9]$/.test(name);
  const long = name.slice(2);
  return spec.longValues?.includes(long) === true || spec.longFlags?.includes(long) === true;
}

/** The command, its assignments given to what it runs. */
function runAnywhere(run: Run, words: readonly Arg[]): void {
  let from = 0;
  while (assignment.test(words[from]?.text ?? '')) assign(run, words[from++] ?? known(''));
  run.run(words.slice(from));
}

function assign(run: Run, word: Arg): void {
  const at = word.text.indexOf('=');
  assigned(run, word.text.slice(0, at).replace(/\+$/, ''), sliceArg(word, at + 1));
}

/** What a variable in a program's environment makes it do. */
export function assigned(run: Run, name: string, value: Arg): void {
  run.collector.exportValue(originOf(value));
  if (name === 'HISTFILE') run.write(value);
  if (name === 'BASH_ENV' || name === 'ENV') runScript(run, value, [], (text) => run.shell(known(text)));
  if (name === 'TMUX_SOCKET_OVERRIDE') run.collector.start('tmux');
  if (
    /^(PATH|LD_|DYLD_|NODE_OPTIONS|PYTHON(PATH|STARTUP|HOME)|PERL5(OPT|LIB)|RUBY(OPT|LIB)|BASH_ENV|ENV|PROMPT_COMMAND|GIT_(DIR|WORK_TREE|CONFIG|EXEC_PATH|INDEX))/.test(
      name,
    )
  )
    run.collector.opaque({ what: name, text: `${name}=${originOf(value)}`, does: 'write' }, run.cwd);
  else if (
    /(EDITOR|PAGER|VISUAL|_COMMAND|_DIFF|ASKPASS|BROWSER|GIT_SSH|^SHELL|LESSOPEN|LESSCLOSE)$/.test(name) &&
    value.text !== ''
  )
    run.shell(value);
}

/** Programs whose words are looked for where a command may begin. */
const touching =
  /^(rm|rmdir|unlink|shred|mv|cp|ln|install|touch|truncate|tee|dd|sed|chmod|chown|mkdir|rsync|git|find|xargs|tar|unzip|patch|sh|bash|dash|zsh|ksh|eval|python[\d.]*|node|perl|ruby|env|sudo|tmux|claude|native-orchestrator|claude-agent)$/;

export function runIfKnown(run: Run, words: readonly Arg[]): void {
  if (words[0] !== undefined && touching.test(words[0].text.replace(/^.*\//s, ''))) run.run(words);
}

const env: Program = (run) => {
  const taken = run.take({
    values: 'uCSP',
    longValues: ['unset', 'chdir', 'split-string', 'argv0'],
    longFlags: [
      'ignore-environment',
      'null',
      'debug',
      'block-signal',
      'default-signal',
      'ignore-signal',
      'list-signal-handling',
    ],
    stops: true,
  });
  const [directory] = taken.valuesOf('-C', '--chdir').slice(-1);
  const there = directory === undefined ? run : run.at(directory);
  for (const text of taken.valuesOf('-S', '--split-string'))
    there.shell(known(`env ${originOf(text)} ${originsOf(taken.operands)}`));
  if (taken.isUnsure) there.opaque();
  runAnywhere(there, taken.operands);
};

const sudo: Program = (run) => {
  const taken = run.take({
    values: 'uUgCDhprRtTac',
    longValues: [
      'user',
      'group',
      'chdir',
      'host',
      'prompt',
      'chroot',
      'role',
      'type',
      'command-timeout',
      'close-from',
      'other-user',
      'login-class',
      'auth-type',
    ],
    stops: true,
  });
  const [directory] = taken.valuesOf('-D', '--chdir');
  const there = directory === undefined ? run : run.at(directory);
  if (taken.has('-e', '--edit')) there.writeAll(taken.operands);
  else if (taken.has('-s', '-i', '--shell', '--login') && taken.operands.length > 0)
    there.shell(known(originsOf(taken.operands)));
  else runAnywhere(there, taken.operands);
};

const su: Program = (run) => {
  const taken = run.take({
    values: 'cgGsuw',
    longValues: ['command', 'session-command', 'group', 'shell', 'user'],
  });
  for (const command of taken.valuesOf('-c', '--command', '--session-command')) run.shell(command);
  if (run.name === 'runuser' && taken.has('-u', '--user'))
    run.run(run.take({ values: 'ugG', longValues: ['user', 'group'], stops: true }).operands);
};

/** Words that are joined and given to a shell. */
const joined =
  (spec: OptionSpec, skip = 0): Program =>
  (run) => {
    const taken = run.take({ ...spec, stops: true });
    const words = taken.operands.slice(skip);
    if (words.length > 0)
      run.shell(words.every(isKnown) ? known(originsOf(words)) : { text: '', origin: originsOf(words) });
  };

const script: Program = (run) => {
  const taken = run.take({
    values: 'cTBIOEmo',
    longValues: ['command', 'log-io', 'log-in', 'log-out', 'log-timing', 'timing'],
  });
  for (const command of taken.valuesOf('-c', '--command')) run.shell(command);
  run.writeAll([
    ...taken.operands.slice(0, 1),
    ...taken.valuesOf('-T', '-B', '-I', '-O', '--log-io', '--log-in', '--log-out'),
  ]);
  runIfKnown(run, taken.operands.slice(1));
};

const flock: Program = (run) => {
  const taken = run.take({
    values: 'wEc',
    longValues: ['timeout', 'wait', 'conflict-exit-code', 'command'],
    stops: true,
  });
  const [file, ...rest] = taken.operands;
  if (file !== undefined && !/^\d+$/.test(file.text)) run.write(file);
  for (const command of taken.valuesOf('-c', '--command')) run.shell(command);
  if (rest[0]?.text === '-c' && rest[1] !== undefined) run.shell(rest[1]);
  else run.run(rest);
};

const plainWrapper = wrapper({});

export const wrapperPrograms: Readonly<Record<string, Program>> = {
  env,
  genv: env,
  nohup: plainWrapper,
  setsid: plainWrapper,
  nice: wrapper({ values: 'n', longValues: ['adjustment'] }),
  ionice: wrapper({ values: 'cnp', longValues: ['class', 'classdata', 'pid'] }),
  chrt: wrapper({ values: 'TPD', skip: 1 }),
  taskset: wrapper({ skip: 1 }),
  numactl: wrapper({
    values: 'NmCpi',
    longValues: ['cpunodebind', 'membind', 'physcpubind', 'interleave', 'preferred'],
  }),
  time: wrapper({ values: 'of', longValues: ['output', 'format'], writes: ['-o', '--output'] }),
  gtime: wrapper({ values: 'of', longValues: ['output', 'format'], writes: ['-o', '--output'] }),
  timeout: wrapper({
    values: 'ks',
    longValues: ['kill-after', 'signal'],
    longFlags: ['foreground', 'preserve-status', 'verbose'],
    skip: 1,
  }),
  gtimeout: wrapper({
    values: 'ks',
    longValues: ['kill-after', 'signal'],
    longFlags: ['foreground', 'preserve-status', 'verbose'],
    skip: 1,
  }),
  stdbuf: wrapper({ values: 'ioe', longValues: ['input', 'output', 'error'] }),
  unbuffer: plainWrapper,
  caffeinate: wrapper({ values: 'tw' }),
  command: plainWrapper,
  builtin: plainWrapper,
  exec: wrapper({ values: 'a' }),
  sudo,
  doas: wrapper({ values: 'uC' }),
  su,
  runuser: su,
  setpriv: wrapper({
    longValues: [
      'reuid',
      'regid',
      'groups',
      'inh-caps',
      'ambient-caps',
      'bounding-set',
      'securebits',
      'pdeathsig',
      'selinux-label',
      'apparmor-profile',
    ],
    longFlags: ['clear-groups', 'keep-groups', 'init-groups', 'no-new-privs', 'reset-env'],
  }),
  chroot: wrapper({ longValues: ['userspec', 'groups'], skip: 1 }),
  unshare: wrapper({ values: 'SGRw' }),
  nsenter: wrapper({ values: 'tSG' }),
  prlimit: wrapper({ values: 'p', longValues: ['pid'] }),
  strace: wrapper({ values: 'oeEpsuaISPObX', writes: ['-o'] }),
  ltrace: wrapper({ values: 'oeEpsuanFlx', writes: ['-o'] }),
  valgrind: wrapper({}),
  fakeroot: wrapper({ values: 'lsib' }),
  firejail: wrapper({}),
  bwrap: wrapper({}),
  'systemd-run': wrapper({
    values: 'pEMHut',
    longValues: ['unit', 'property', 'setenv', 'slice', 'description', 'uid', 'gid', 'working-directory'],
  }),
  'xvfb-run': wrapper({ values: 'aenfspw', longValues: ['server-num', 'server-args', 'auth-file'] }),
  'dbus-run-session': plainWrapper,
  'ssh-agent': wrapper({ values: 'aEtP' }),
  chronic: plainWrapper,
  cgexec: wrapper({ values: 'g' }),
  catchsegv: plainWrapper,
  arch: plainWrapper,
  linux32: plainWrapper,
  linux64: plainWrapper,
  setarch: wrapper({ skip: 1 }),
  busybox: plainWrapper,
  toybox: plainWrapper,
  coreutils: plainWrapper,
  hyperfine: (run) => {
    const taken = run.take({
      values: 'wrmMpcsnuL',
      longValues: [
        'warmup',
        'runs',
        'prepare',
        'cleanup',
        'setup',
        'export-json',
        'export-csv',
        'export-markdown',
        'shell',
        'command-name',
        'parameter-list',
        'min-runs',
        'max-runs',
      ],
    });
    run.writeAll(taken.valuesOf('--export-json', '--export-csv', '--export-markdown'));
    for (const text of [
      ...taken.operands,
      ...taken.valuesOf('-p', '--prepare', '-c', '--cleanup', '-s', '--setup'),
    ])
      run.shell(text);
  },
  gosu: wrapper({ skip: 1 }),
  'cross-env': plainWrapper,
  dotenv: wrapper({ values: 'efv' }),
  direnv: wrapper({ skip: 2 }),
  watch: joined({ values: 'nq', longValues: ['interval', 'equexit'] }),
  ssh: (run) => {
    const [host, ...rest] = run.take({ values: 'BbcDEeFIiJLlmOopQRSWw', stops: true }).operands;
    if (/localhost|127\.|::1/.test(host?.text ?? '')) run.shell(known(originsOf(rest)));
  },
  entr: (run) => run.run(run.take({ stops: true }).operands),
  nodemon: joined({ values: 'weix', longValues: ['exec', 'watch', 'ext', 'ignore'] }),
  script,
  flock,
  xargs,
  gxargs: xargs,
  find,
  gfind: find,
  fd,
  fdfind: fd,
  parallel,
  concurrently: (run) => {
    for (const text of run.take({ values: 'ncp' }).operands) run.shell(text);
  },
};
