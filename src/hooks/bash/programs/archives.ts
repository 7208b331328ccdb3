// Programs that pack and unpack.
import { type Arg, concatArgs, isKnown, known } from '../arg.ts';
import type { Run } from '../run.ts';

type Program = (run: Run) => void;

const tarValues = 'fCTXbIgKNVHFL';

/** The old form: letters without a dash first, then the values they take, in their order. */
function modernTar(args: readonly Arg[]): readonly Arg[] {
  const [first, ...rest] = args;
  if (first === undefined || !isKnown(first) || first.text.startsWith('-') || first.text === '') return args;
  const words: Arg[] = [];
  let used = 0;
  for (const letter of first.text) {
    words.push(known(`-${letter}`));
    const value = tarValues.includes(letter) ? rest[used++] : undefined;
    if (value !== undefined) words.push(value);
  }
  return [...words, ...rest.slice(used)];
}

const tar: Program = (run) => {
  const [program = known('tar')] = run.words;
  const modern = run.withWords([program, ...modernTar(run.args)]);
  const taken = modern.take({
    values: tarValues,
    longValues: [
      'file',
      'directory',
      'files-from',
      'exclude-from',
      'exclude',
      'use-compress-program',
      'listed-incremental',
      'to-command',
      'checkpoint-action',
      'info-script',
      'new-volume-script',
      'rsh-command',
      'rmt-command',
      'index-file',
      'transform',
      'xform',
      'strip-components',
      'owner',
      'group',
      'mode',
      'format',
      'label',
      'one-top-level',
      'starting-file',
      'newer',
      'mtime',
      'volno-file',
    ],
    longFlags: [
      'extract',
      'get',
      'create',
      'list',
      'append',
      'update',
      'delete',
      'catenate',
      'concatenate',
      'remove-files',
      'absolute-names',
      'to-stdout',
      'diff',
      'compare',
      'checkpoint',
    ],
  });
  const commands = taken.valuesOf(
    '-I',
    '--use-compress-program',
    '--to-command',
    '-F',
    '--info-script',
    '--new-volume-script',
    '--rsh-command',
    '--rmt-command',
  );
  for (const command of commands) run.shell(command);
  for (const action of taken.valuesOf('--checkpoint-action'))
    if (/^(e|exec)=/.test(action.text) || !isKnown(action))
      run.shell(known(action.text.replace(/^[^=]*=/, '')));
  const archives = taken
    .valuesOf('-f', '--file')
    .filter((each) => !/^[^/]+:/.test(each.text) && each.text !== '-');
  run.writeAll(taken.valuesOf('-g', '--listed-incremental', '--index-file', '--volno-file'));
  run.readAll(taken.valuesOf('-T', '--files-from', '-X', '--exclude-from'));
  const directories = taken.valuesOf('-C', '--directory');
  const isExtracting = taken.has('-x', '--extract', '--get');
  const isReadingOnly = taken.has('-t', '--list', '-d', '--diff', '--compare') && !isExtracting;
  if (
    taken.has(
      '-c',
      '--create',
      '-r',
      '--append',
      '-u',
      '--update',
      '--delete',
      '-A',
      '--catenate',
      '--concatenate',
    )
  ) {
    run.writeAll(archives);
    for (const there of placesOf(run, directories)) {
      there.readAll(taken.operands, true);
      if (taken.has('--remove-files')) there.writeAll(taken.operands, true);
    }
    if (taken.has('--remove-files') && taken.has('-T', '--files-from')) run.opaque();
  } else run.readAll(archives);
  if (taken.isUnsure) run.opaque();
  if (!isExtracting || isReadingOnly || taken.has('-O', '--to-stdout')) return;
  const isRenaming = taken.has(
    '--transform',
    '--xform',
    '--strip-components',
    '--one-top-level',
    '-T',
    '--files-from',
    '--wildcards',
  );
  for (const there of placesOf(run, directories))
    unpack(there, isRenaming ? [] : taken.operands.map(beforeWildcard));
  if (taken.has('-P', '--absolute-names')) run.opaque('an archive with absolute names');
};

/** What an archive holds is not known. */
function unpack(run: Run, members: readonly Arg[] = []): void {
  run.writeAll(members.length > 0 ? members : [known('.')], true);
  run.opaque('an archive');
}

/** Where members may be: each `-C` counts from the one before it. */
function placesOf(run: Run, directories: readonly Arg[]): Run[] {
  const places: Run[] = [];
  let place = run;
  for (const directory of directories) {
    place = place.at(directory);
    places.push(place);
  }
  return places.length === 0 ? [run] : places;
}

/** A member's name up to its first wildcard: the directory that it lies in. */
function beforeWildcard(member: Arg): Arg {
  const wild = member.text.search(/[*?[]/);
  if (wild < 0 || !isKnown(member)) return member;
  const directory = member.text.slice(0, member.text.lastIndexOf('/', wild) + 1);
  return known(directory === '' ? '.' : directory);
}

const unzip: Program = (run) => {
  const taken = run.take({ values: 'dxPI', longValues: [] });
  run.readAll(taken.operands.slice(0, 1));
  if (taken.has('-p', '-c', '-l', '-t', '-z', '-Z', '-v')) return;
  const [directory] = taken.valuesOf('-d');
  const there = directory === undefined ? run : run.at(directory);
  const members = taken.operands.slice(1).map(beforeWildcard);
  unpack(there, taken.has('-j') ? [] : members);
};

const zip: Program = (run) => {
  const taken = run.take({
    values: 'bnPstxiO',
    longValues: ['unzip-command', 'out', 'exclude', 'include', 'temp-path', 'password'],
    longFlags: ['move', 'recurse-paths'],
  });
  for (const command of taken.valuesOf('--unzip-command')) run.shell(command);
  const [archive, ...members] = taken.operands;
  run.writeAll(taken.valuesOf('-O', '--out'));
  if (archive !== undefined && archive.text !== '-') {
    run.write(archive);
    run.write(concatArgs(archive, known('.zip')));
  }
  run.readAll(members, taken.has('-r', '--recurse-paths', '-R'));
  if (taken.has('-m', '--move')) run.writeAll(members, true);
  if (taken.isUnsure || taken.has('-T')) run.opaque();
};

const suffix = /\.(gz|Z|z|tgz|bz2|tbz2?|xz|lzma|txz|zst|tzst|lz4|lz|br)$/;

/** Packs or unpacks each file where it lies. */
const squeeze: Program = (run) => {
  const taken = run.take({
    values: run.name.includes('zstd') ? 'oDMT' : 'SbTo',
    longValues: ['suffix', 'output', 'threads', 'output-dir-flat'],
    longFlags: ['stdout', 'to-stdout', 'list', 'test', 'recursive', 'decompress', 'keep'],
  });
  run.writeAll(taken.valuesOf('-o', '--output'));
  run.writeAll(taken.valuesOf('--output-dir-flat'), true);
  if (/cat$/.test(run.name) || taken.has('-c', '--stdout', '--to-stdout', '-l', '--list', '-t', '--test'))
    return run.readAll(taken.operands);
  run.writeAll(taken.operands, taken.has('-r', '--recursive'));
  for (const operand of taken.operands)
    if (isKnown(operand) && suffix.test(operand.text)) run.write(known(operand.text.replace(suffix, '')));
    else run.write(concatArgs(operand, known('.gz')));
  if (taken.isUnsure) run.opaque();
};

const cpio: Program = (run) => {
  const taken = run.take({
    values: 'DFIOEHMRC',
    longValues: ['directory', 'file', 'pattern-file', 'rsh-command', 'format', 'owner'],
    longFlags: ['extract', 'create', 'pass-through'],
  });
  for (const command of taken.valuesOf('--rsh-command')) run.shell(command);
  const [directory] = taken.valuesOf('-D', '--directory');
  const there = directory === undefined ? run : run.at(directory);
  if (taken.has('-o', '--create')) run.writeAll(taken.valuesOf('-F', '--file', '-O'));
  if (taken.has('-i', '--extract')) there.write(known('.'), true);
  if (taken.has('-p', '--pass-through')) there.writeAll(taken.operands, true);
  run.opaque();
};

const ar: Program = (run) => {
  const [mode, ...operands] = run.args;
  run.writeAll(operands.slice(0, 1));
  if (mode === undefined || !isKnown(mode)) return run.opaque();
  if (/x/.test(mode.text)) {
    unpack(run, operands.slice(1));
  }
};

const sevenZip: Program = (run) => {
  const [mode = known('x'), ...rest] = run.args;
  const target = rest.find((arg) => /^-o./.test(arg.text));
  const operands = rest.filter((arg) => !/^-/.test(arg.text));
  if (/^[xe]/.test(mode.text)) unpack(target === undefined ? run : run.at(known(target.text.slice(2))));
  else if (/^[audr]/.test(mode.text)) run.writeAll(operands.slice(0, 1));
  if (rest.some((arg) => /^-sdel/.test(arg.text))) run.writeAll(operands.slice(1), true);
  if (!isKnown(mode)) run.opaque();
};

const jar: Program = (run) => {
  const [mode = known('')] = run.args;
  const taken = run
    .withWords([known('jar'), ...modernTar(run.args)])
    .take({ values: 'fC', longValues: ['file', 'dir'], longFlags: ['extract', 'create', 'update'] });
  if (/x/.test(mode.text) || taken.has('-x', '--extract'))
    for (const place of placesOf(run, taken.valuesOf('-C', '--dir'))) unpack(place);
  else if (taken.has('-c', '-u', '--create', '--update')) run.writeAll(taken.valuesOf('-f', '--file'));
};

const unrar: Program = (run) => {
  const operands = run.args.filter((arg) => !/^-/.test(arg.text));
  if (!/^[xe]/.test(operands[0]?.text ?? '')) return;
  const last = operands.at(-1);
  unpack(operands.length > 2 && last !== undefined && /\/$/.test(last.text) ? run.at(last) : run);
};

export const archivePrograms: Readonly<Record<string, Program>> = {
  tar,
  gtar: tar,
  bsdtar: tar,
  unzip,
  zip,
  ...Object.fromEntries(
    'gzip gunzip bzip2 bunzip2 xz unxz lzma unlzma zstd unzstd zstdcat compress uncompress lz4 unlz4 lzip pigz unpigz pbzip2 brotli'
      .split(' ')
      .map((name) => [name, squeeze]),
  ),
  cpio,
  ar,
  '7z': sevenZip,
  '7za': sevenZip,
  '7zz': sevenZip,
  jar,
  unrar,
};
