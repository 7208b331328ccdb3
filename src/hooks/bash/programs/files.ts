// Programs that create, change, move and delete files and directories by name.
import { posix } from 'node:path';
import { type Arg, concatArgs, isKnown, known, pathIn } from '../arg.ts';
import { escapeGlob } from '../collector.ts';
import type { OptionSpec, Options } from '../options.ts';
import type { Run } from '../run.ts';

type Program = (run: Run) => void;

/** All operands are written; `below` names the options that take in directories whole. */
const writer =
  (spec: OptionSpec, below: readonly string[] = [], reads: readonly string[] = []): Program =>
  (run) => {
    const taken = run.take(spec);
    run.writeAll(taken.operands, taken.has(...below));
    run.readAll(taken.valuesOf(...reads));
    if (taken.isUnsure) run.opaque();
  };

const recursive = ['-r', '-R', '--recursive'];

/** Where a copy or move goes: the directory of `-t`, or the last operand. */
function endsOf(taken: Options): { sources: readonly Arg[]; target: Arg | undefined; isDirectory: boolean } {
  const [directory] = taken.valuesOf('-t', '--target-directory');
  if (directory !== undefined) return { sources: taken.operands, target: directory, isDirectory: true };
  return {
    sources: taken.operands.slice(0, -1),
    target: taken.operands.at(-1),
    isDirectory: taken.operands.length > 2,
  };
}

const copySpec: OptionSpec = {
  values: 'tSgmo',
  longValues: ['target-directory', 'suffix', 'group', 'mode', 'owner', 'strip-program'],
  longFlags: [
    'recursive',
    'archive',
    'link',
    'symbolic-link',
    'parents',
    'no-target-directory',
    'directory',
    'backup',
    'remove-destination',
  ],
};

/** What is asked about the source when it is copied whole: `a/.`, `a/` and `.` copy what is in it. */
const isContents = (source: Arg): boolean => !isKnown(source) || /(^|\/)(\.{1,2})?$/.test(source.text);

/** A backup beside a file that is replaced. */
function backups(run: Run, taken: Options, targets: readonly Arg[]): void {
  if (!taken.has('-b', '--backup', '-S', '--suffix')) return;
  const suffixes = [known('~'), ...taken.valuesOf('-S', '--suffix')];
  run.writeAll(suffixes.flatMap((suffix) => targets.map((target) => concatArgs(target, suffix))));
}

/** Every file of a tree under its new place: a rule may hold for its name there. */
function putTree(run: Run, source: Arg, target: Arg, isPlain: boolean): void {
  const [whole, inside] = run.placesOf(source, target);
  const isWhole = isPlain || isContents(source) || run.isDirectory(target) !== true;
  run.write(target);
  if (whole !== undefined && isWhole) run.write(whole, true);
  if (inside !== undefined) run.write(inside, true);
  const from = pathIn(run.cwd, source);
  if (!isKnown(from) || !isKnown(target)) return;
  const top = posix.normalize(from.text).replace(/\/$/, '');
  const files = run.collector.expandGlob(run.cwd, `${escapeGlob(top)}/**/*`, true);
  if (files === undefined || files.some(({ below }) => below === true)) {
    run.opaque('a copy of many files');
    return;
  }
  const { isLink } = run.collector.context;
  // A link that is copied leads where it led.
  if (isLink?.(top) === true)
    for (const place of run.placesOf(source, target)) run.collector.link(run.cwd, place, from);
  for (const { text } of files)
    for (const place of [isWhole ? whole : undefined, inside])
      if (place !== undefined && text.startsWith(`${top}/`)) {
        const to = known(place.text + text.slice(top.length));
        run.write(to);
        if (isLink?.(text) === true) run.collector.link(run.cwd, to, known(text));
      }
}

const copy: Program = (run) => {
  const taken = run.take(copySpec);
  if (taken.isUnsure) run.opaque();
  const { sources, target } = endsOf(taken);
  if (run.name === 'install' && taken.has('-d', '--directory')) return run.writeAll(taken.operands);
  if (target === undefined) return;
  const isTree = taken.has('-r', '-R', '-a', '--recursive', '--archive');
  run.readAll(sources, isTree);
  const placesFor = sources.map((source) => ({ source, places: run.placesOf(source, target) }));
  run.write(target);
  for (const { source, places } of placesFor) {
    const below = concatArgs(concatArgs(target, known('/')), source);
    if (taken.has('--parents')) places.push(below);
    if (isTree)
      putTree(
        run,
        source,
        taken.has('--parents') ? below : target,
        taken.has('-T', '--no-target-directory', '--parents'),
      );
    run.writeAll(places);
    backups(run, taken, places);
    // Changing a hard link changes what it was made from; a symbolic one leads there.
    if (taken.has('-l', '--link')) run.write(source, isTree);
    if (taken.has('-s', '--symbolic-link'))
      for (const place of places) run.collector.link(run.cwd, place, source);
  }
};

const move: Program = (run) => {
  const taken = run.take(copySpec);
  if (taken.isUnsure) run.opaque();
  const { sources, target } = endsOf(taken);
  const placesFor =
    target === undefined ? [] : sources.map((source) => ({ source, places: run.placesOf(source, target) }));
  run.writeAll(sources, true);
  if (target === undefined) return;
  run.write(target);
  for (const { source, places } of placesFor) {
    run.writeAll(places);
    backups(run, taken, places);
    for (const place of places) run.collector.link(run.cwd, place, source);
  }
};

const link: Program = (run) => {
  const taken = run.take({
    ...copySpec,
    longFlags: ['symbolic', 'relative', 'no-target-directory', 'backup', 'physical', 'logical'],
  });
  if (taken.isUnsure) run.opaque();
  const isAlone = taken.operands.length === 1 && !taken.has('-t', '--target-directory');
  const { sources, target } = isAlone ? { sources: taken.operands, target: known('.') } : endsOf(taken);
  if (target === undefined) return;
  const isSymbolic = taken.has('-s', '--symbolic');
  for (const source of sources) {
    const places = run.placesOf(source, target);
    run.writeAll(isAlone ? places.slice(1) : places);
    backups(run, taken, places);
    if (!isSymbolic) run.write(source);
    else
      for (const [at, place] of places.entries()) {
        if (isAlone && at === 0) continue;
        const directory = directoryOf(place);
        // Read relative to the link, but to the working directory with `-r`; both are looked at.
        run.collector.link(run.cwd, place, pathIn(directory, source));
        run.collector.link(run.cwd, place, source);
      }
  }
};

/** The directory that a path lies in. */
const directoryOf = (path: Arg): Arg =>
  isKnown(path) && path.text.includes('/') ? known(path.text.replace(/\/+[^/]*\/*$/, '') || '/') : known('.');

const rsync: Program = (run) => {
  const taken = run.take({
    values: 'efBTM',
    longValues: [
      'rsh',
      'rsync-path',
      'log-file',
      'backup-dir',
      'temp-dir',
      'partial-dir',
      'write-batch',
      'only-write-batch',
      'exclude',
      'include',
      'filter',
      'files-from',
      'exclude-from',
      'include-from',
      'compare-dest',
      'copy-dest',
      'link-dest',
      'suffix',
      'port',
      'bwlimit',
      'max-size',
      'min-size',
      'timeout',
      'chmod',
      'chown',
      'out-format',
      'password-file',
      'remote-option',
      'info',
      'debug',
    ],
    longFlags: ['remove-source-files', 'remove-sent-files', 'delete', 'dry-run', 'relative'],
  });
  for (const shell of taken.valuesOf('-e', '--rsh', '--rsync-path')) run.shell(shell);
  if (taken.has('-n', '--dry-run')) return;
  run.writeAll(taken.valuesOf('--log-file', '--write-batch', '--only-write-batch'));
  run.writeAll(taken.valuesOf('--backup-dir', '-T', '--temp-dir', '--partial-dir', '--link-dest'), true);
  const isRemote = (arg: Arg): boolean => /^[^/]*:/.test(arg.text);
  const target = taken.operands.at(-1);
  if (target === undefined || taken.operands.length < 2) return;
  for (const source of taken.operands.slice(0, -1)) {
    if (isRemote(source)) continue;
    run.read(source, true);
    if (taken.has('--remove-source-files', '--remove-sent-files')) run.write(source, true);
  }
  if (isRemote(target)) return;
  for (const source of taken.operands.slice(0, -1))
    putTree(run, source, target, isRemote(source) || taken.has('-R', '--relative', '--delete'));
};

const scp: Program = (run) => {
  const taken = run.take({ values: 'cFiJloPSD' });
  const target = taken.operands.at(-1);
  const isRemote = (arg: Arg): boolean => /^[^/]*:/.test(arg.text);
  for (const shell of taken.valuesOf('-S')) run.run([shell]);
  const sources = taken.operands.slice(0, -1);
  for (const source of sources) if (!isRemote(source)) run.read(source, taken.has('-r'));
  if (target === undefined || isRemote(target)) return;
  for (const source of sources) {
    if (taken.has('-r')) putTree(run, source, target, false);
    run.writeAll(run.placesOf(source, target));
  }
};

const dd: Program = (run) => {
  for (const arg of run.args) {
    if (/^of=/.test(arg.text))
      run.write({
        ...arg,
        text: arg.text.slice(3),
        ...(arg.origin === undefined ? {} : { origin: arg.origin.slice(3) }),
      });
    else if (/^if=/.test(arg.text))
      run.read({
        ...arg,
        text: arg.text.slice(3),
        ...(arg.origin === undefined ? {} : { origin: arg.origin.slice(3) }),
      });
    else if (!isKnown(arg) && !/^(bs|count|skip|seek|ibs|obs|conv|status|iflag|oflag)=/.test(arg.text))
      run.opaque();
  }
};

/** `split` and `csplit` make files whose names begin with a prefix. */
const split: Program = (run) => {
  const isContext = run.name === 'csplit';
  const taken = run.take({
    values: isContext ? 'fbn' : 'abClnt',
    longValues: [
      'prefix',
      'suffix-format',
      'suffix-length',
      'bytes',
      'line-bytes',
      'lines',
      'number',
      'additional-suffix',
      'filter',
      'separator',
      'digits',
    ],
  });
  for (const filter of taken.valuesOf('--filter')) run.shell(filter);
  const prefix = isContext ? taken.valuesOf('-f', '--prefix')[0] : taken.operands[1];
  run.readAll(taken.operands.slice(0, 1));
  const suffixes = taken.valuesOf('--additional-suffix', '-b', '--suffix-format');
  for (const start of [prefix ?? known(isContext ? 'xx' : 'x')])
    for (const suffix of [known(''), ...suffixes])
      run.write(concatArgs(concatArgs(start, known('aa')), suffix));
};

/** Programs whose last operand, when there are two, is where they write. */
const secondWritten: Program = (run) => {
  const taken = run.take({ values: 'fswclogR', longValues: ['skip-fields', 'skip-chars', 'check-chars'] });
  run.readAll(taken.operands.slice(0, 1));
  run.writeAll(taken.operands.slice(1));
};

const tee = writer({ longValues: [] });

const recode: Program = (run) => {
  const taken = run.take({ values: 'c', longValues: ['convmode'], longFlags: ['newfile'] });
  run.writeAll(taken.operands);
  if (taken.isUnsure) run.opaque();
};

const chmod: Program = (run) => {
  const taken = run.take({ longValues: ['reference', 'from'], longFlags: ['recursive'] });
  // The mode or owner among them is no path that anybody forbids.
  run.writeAll(taken.operands, taken.has('-R', '--recursive'));
  if (taken.isUnsure) run.opaque();
};

export const filePrograms: Readonly<Record<string, Program>> = {
  rm: writer({ longFlags: ['recursive'] }, recursive),
  srm: writer({ longFlags: ['recursive'] }, recursive),
  trash: writer({}, []),
  rimraf: (run) => run.writeAll(run.take({}).operands, true),
  del: (run) => run.writeAll(run.take({}).operands, true),
  rmdir: writer({}),
  unlink: writer({}),
  shred: writer({ values: 'ns', longValues: ['iterations', 'size', 'random-source'], attached: 'u' }),
  mkdir: writer({ values: 'm', longValues: ['mode'] }),
  mkdirp: writer({}),
  mkfifo: writer({ values: 'm', longValues: ['mode'] }),
  mknod: writer({ values: 'm', longValues: ['mode'] }),
  touch: writer({ values: 'rdtA', longValues: ['reference', 'date', 'time'] }, [], ['-r', '--reference']),
  truncate: writer({ values: 'sr', longValues: ['size', 'reference'] }, [], ['-r', '--reference']),
  fallocate: writer({ values: 'lo', longValues: ['length', 'offset'] }),
  chmod,
  chown: chmod,
  chgrp: chmod,
  chattr: chmod,
  chflags: chmod,
  chcon: chmod,
  setfacl: writer(
    { values: 'mxMX', longValues: ['modify', 'remove', 'restore'], longFlags: ['recursive'] },
    recursive,
  ),
  setfattr: writer({ values: 'nvx', longValues: ['name', 'value', 'remove', 'restore'] }),
  xattr: chmod,
  tee,
  sponge: tee,
  cp: copy,
  gcp: copy,
  copyfile: copy,
  ditto: copy,
  install: copy,
  mv: move,
  rename: (run) => run.writeAll(run.take({}).operands, true),
  exch: (run) => run.writeAll(run.take({}).operands, true),
  ln: link,
  link,
  rsync,
  scp,
  dd,
  split,
  csplit: split,
  uniq: secondWritten,
  xxd: secondWritten,
  dos2unix: recode,
  unix2dos: recode,
  mac2unix: recode,
  strip: writer({ values: 'oKNR' }),
  mktemp: (run) => {
    const taken = run.take({ values: 'p', longValues: ['suffix'], longFlags: ['directory', 'dry-run'] });
    const [directory] = taken.valuesOf('-p', '--tmpdir');
    for (const template of taken.operands)
      run.write(directory === undefined ? template : pathIn(directory, template));
    if (directory !== undefined && taken.operands.length === 0) run.write(pathIn(directory, known('tmp.x')));
  },
  mount: (run) => run.opaque(),
  basename: () => {},
  dirname: () => {},
  mkisofs: writer({}),
};
