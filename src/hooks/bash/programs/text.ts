// Programs that read, filter, edit and patch text.
import { type Arg, concatArgs, isKnown, known, originOf, pathIn, textIn } from '../arg.ts';
import type { OptionSpec } from '../options.ts';
import type { Run } from '../run.ts';
import { patchedPaths } from './patchPaths.ts';
import { sedEffects } from './sedScript.ts';

type Program = (run: Run) => void;

/** Reads its operands, writes the values of some options. */
const reader =
  (
    spec: OptionSpec = {},
    writes: readonly string[] = [],
    more: { skip?: number; below?: boolean } = {},
  ): Program =>
  (run) => {
    const taken = run.take(spec);
    run.readAll(
      taken.operands.slice(more.skip ?? 0),
      more.below === true || taken.has('-r', '-R', '--recursive'),
    );
    run.writeAll(taken.valuesOf(...writes));
    if (writes.length > 0 && taken.isUnsure) run.opaque();
  };

const sed: Program = (run) => {
  const taken = run.take({
    values: 'efl',
    attached: 'iI',
    longValues: ['expression', 'file', 'line-length'],
    longFlags: ['in-place', 'null-data', 'zero-terminated'],
  });
  const scripts = [...taken.valuesOf('-e', '--expression')];
  const files = taken.valuesOf('-f', '--file');
  const inPlace = taken.options.filter(({ name }) => ['-i', '-I', '--in-place'].includes(name));
  const isEditing = inPlace.length > 0 || taken.isUnsure;
  let { operands } = taken;
  // The BSD one takes the suffix as a word of its own.
  if (inPlace.length > 0 && operands[0]?.text === '' && isKnown(operands[0])) operands = operands.slice(1);
  if (scripts.length === 0 && files.length === 0) scripts.push(...operands.slice(0, 1));
  const inputs = scripts.length > taken.valuesOf('-e', '--expression').length ? operands.slice(1) : operands;
  for (const script of scripts) sedText(run, script);
  for (const file of files) sedFile(run, file);
  run.readAll(files);
  if (!isEditing) return run.readAll(inputs);
  run.writeAll(inputs);
  for (const { value } of inPlace)
    if (value !== undefined) for (const input of inputs) run.write(sedBackup(input, value));
  if (taken.isUnsure) run.opaque();
};

/** `-i.bak` puts the suffix behind the name, or the name where `*` stands in it. */
function sedBackup(input: Arg, suffix: Arg): Arg {
  const slash = input.text.lastIndexOf('/') + 1;
  const directory = known(input.text.slice(0, slash));
  const name = input.text.slice(slash);
  if (!isKnown(input) || !isKnown(suffix)) return concatArgs(input, suffix);
  if (!suffix.text.includes('*')) return concatArgs(input, suffix);
  const text = suffix.text.replaceAll('*', name);
  return known(text.includes('/') ? text : directory.text + text);
}

function sedText(run: Run, script: Arg): void {
  const effects = isKnown(script) ? sedEffects(script.text) : undefined;
  if (effects === undefined) {
    run.opaque('an unknown sed script', originOf(script));
    return;
  }
  run.writeAll(effects.writes.map(known));
  run.readAll(effects.reads.map(known));
  if (effects.isOpaque) run.opaque('a sed script');
}

function sedFile(run: Run, file: Arg): void {
  const path = pathIn(run.cwd, file);
  const text = run.collector.isWritten(path) ? undefined : run.collector.readText(path);
  if (text === undefined) run.opaque('a sed script file', `${run.told}\n${run.collector.source}`);
  else sedText(run, known(text));
}

/** awk writes with `print >` and runs with `|` and `system`. */
const awk: Program = (run) => {
  const taken = run.take({
    values: 'FvfeiElW',
    longValues: ['field-separator', 'assign', 'file', 'source', 'include', 'exec', 'load'],
    longFlags: ['inplace'],
    stops: true,
  });
  const files = taken.valuesOf('-f', '--file', '-E', '--exec');
  const sources = taken.valuesOf('-e', '--source');
  const hasProgram = files.length > 0 || sources.length > 0;
  const programs = hasProgram ? sources : taken.operands.slice(0, 1);
  const inputs = hasProgram ? taken.operands : taken.operands.slice(1);
  run.readAll([...files, ...inputs]);
  run.writeAll(taken.valuesOf('-o', '--pretty-print', '-d', '--dump-variables', '-p', '--profile'));
  const inPlace = taken
    .valuesOf('-i', '--include', '-l')
    .some((value) => !isKnown(value) || /inplace/.test(value.text));
  if (inPlace) run.writeAll(inputs);
  const isQuiet = programs.every((program) => isKnown(program) && isQuietAwk(program.text));
  if (isQuiet && files.length === 0 && !taken.isUnsure) return;
  run.writeQuoted();
  run.writeAll(
    taken
      .valuesOf('-v', '--assign')
      .flatMap((value) => (isKnown(value) ? [known(value.text.replace(/^[^=]*=/, ''))] : [])),
  );
  run.opaque();
};

function isQuietAwk(program: string): boolean {
  return (
    !/system|getline|close|@|\|&|print[\s\S]*>/.test(program) && !/\|/.test(program.replaceAll('||', ''))
  );
}

const sort: Program = (run) => {
  const taken = run.take({
    values: 'okStT',
    longValues: [
      'output',
      'key',
      'buffer-size',
      'field-separator',
      'temporary-directory',
      'compress-program',
      'files0-from',
      'parallel',
      'random-source',
      'batch-size',
      'sort',
    ],
  });
  run.readAll(taken.operands);
  run.writeAll(taken.valuesOf('-o', '--output'));
  run.writeAll(taken.valuesOf('-T', '--temporary-directory').map((each) => pathIn(each, known('sort'))));
  for (const program of taken.valuesOf('--compress-program')) run.run([program]);
  if (taken.isUnsure) run.opaque();
};

const grep: Program = (run) => {
  const isRipgrep = run.name === 'rg' || run.name === 'ag' || run.name === 'ack';
  const taken = run.take({
    values: isRipgrep ? 'efABCgtTmMjdEr' : 'efABCmdD',
    longValues: [
      'regexp',
      'file',
      'after-context',
      'before-context',
      'context',
      'max-count',
      'include',
      'exclude',
      'exclude-dir',
      'exclude-from',
      'glob',
      'iglob',
      'type',
      'type-not',
      'replace',
      'pre',
      'max-depth',
      'sort',
      'sortr',
      'color',
      'colors',
      'hostname-bin',
      'pager',
    ],
    longFlags: ['recursive', 'files'],
  });
  for (const program of taken.valuesOf('--pre', '--hostname-bin', '--pager')) run.run([program]);
  const hasPattern = taken.has('-e', '--regexp', '-f', '--file', '--files');
  const places = taken.operands.slice(hasPattern ? 0 : 1);
  const isBelow = isRipgrep || /^z?rgrep$/.test(run.name) || taken.has('-r', '-R', '--recursive');
  run.readAll(taken.valuesOf('-f', '--file'));
  run.readAll(places, isBelow);
  if (isBelow && places.length === 0 && run.input === undefined) run.read(known('.'), true);
};

/** A patch names what it changes; one that can't be read is opaque. */
const patch: Program = (run) => {
  const taken = run.take({
    values: 'pidDFgorBVYz',
    longValues: [
      'strip',
      'input',
      'directory',
      'fuzz',
      'get',
      'output',
      'reject-file',
      'prefix',
      'suffix',
      'basename-prefix',
      'version-control',
      'ifdef',
    ],
    longFlags: ['dry-run'],
  });
  if (taken.has('--dry-run', '-C', '--check')) return;
  run.writeAll(taken.valuesOf('-o', '--output', '-r', '--reject-file'));
  run.writeAll(taken.operands.slice(0, 1));
  const [directory] = taken.valuesOf('-d', '--directory');
  const there = directory === undefined ? run : run.at(directory);
  const file = taken.valuesOf('-i', '--input')[0] ?? taken.operands[1];
  if (file !== undefined) there.read(file);
  writePatched(there, file, taken.operands.length > 0);
};

/** Writes what the patch in `file`, or else on standard input, names. */
export function writePatched(run: Run, file: Arg | undefined, isTargetKnown = false): void {
  const path = file === undefined ? undefined : pathIn(run.cwd, file);
  const onDisk = path !== undefined && file?.text !== '-' && !run.collector.isWritten(path);
  const text = onDisk
    ? run.collector.readText(path)
    : path === undefined || file?.text === '-'
      ? textIn(run.input)
      : undefined;
  const paths = text === undefined ? undefined : patchedPaths(text);
  if (paths !== undefined) run.writeAll(paths.map(known));
  else if (!isTargetKnown || text !== undefined)
    run.opaque('a patch', `${run.told}\n${file === undefined ? '' : originOf(file)}\n${text ?? ''}`);
}

const editor: Program = (run) => {
  const taken = run.take({ values: 'cSsuiTtVwWlL', longValues: ['cmd', 'eval', 'load', 'script'] });
  run.writeAll(taken.operands.filter((operand) => !/^\+/.test(operand.text)));
  run.opaque();
};

/** Edits its files with `-i` and reads them otherwise. */
const inPlaceEditor =
  (spec: OptionSpec, ...flags: readonly string[]): Program =>
  (run) => {
    const taken = run.take(spec);
    run.readAll(taken.operands);
    if (taken.has(...flags) || taken.isUnsure) run.writeAll(taken.operands);
  };

const plain = reader();

const readers: readonly string[] = [
  'cat tac nl wc cut paste join comm fold fmt expand unexpand rev od hexdump strings file stat readlink realpath',
  'md5sum sha1sum sha224sum sha256sum sha384sum sha512sum b2sum cksum sum md5 zcat bzcat xzcat zless zmore bat batcat',
  'diff cmp sdiff colordiff column hd more most pr look tsort ptx shasum',
].flatMap((line) => line.split(' '));

export const textPrograms: Readonly<Record<string, Program>> = {
  ...Object.fromEntries(readers.map((name) => [name, plain])),
  head: reader({ values: 'nc', longValues: ['lines', 'bytes'] }),
  tail: reader({ values: 'ncs', longValues: ['lines', 'bytes', 'pid', 'sleep-interval'] }),
  less: reader({ values: 'oOkpPtTxyz', longValues: ['log-file', 'LOG-FILE'] }, [
    '-o',
    '-O',
    '--log-file',
    '--LOG-FILE',
  ]),
  base64: reader({ values: 'owbi', longValues: ['wrap', 'output', 'input'] }, ['-o', '--output']),
  jq: reader({ values: 'fL', longValues: ['from-file', 'indent', 'arg', 'argjson'] }, [], { skip: 1 }),
  tree: reader({ values: 'oPILTHc', longValues: ['charset', 'filelimit', 'timefmt'] }, ['-o']),
  iconv: reader({ values: 'fto', longValues: ['from-code', 'to-code', 'output'] }, ['-o', '--output']),
  shuf: reader({ values: 'ino', longValues: ['input-range', 'head-count', 'output', 'random-source'] }, [
    '-o',
    '--output',
  ]),
  xmllint: reader({ longValues: ['output', 'xpath', 'schema'] }, ['--output']),
  yq: inPlaceEditor(
    {
      values: 'oIps',
      longValues: ['output-format', 'input-format', 'indent'],
      longFlags: ['inplace', 'in-place'],
    },
    '-i',
    '--inplace',
    '--in-place',
  ),
  sed,
  gsed: sed,
  awk,
  gawk: awk,
  mawk: awk,
  nawk: awk,
  sort,
  gsort: sort,
  grep,
  egrep: grep,
  fgrep: grep,
  zgrep: grep,
  rgrep: grep,
  rg: grep,
  ag: grep,
  ack: grep,
  patch,
  gpatch: patch,
  ed: editor,
  ex: editor,
  vi: editor,
  vim: editor,
  nvim: editor,
  view: editor,
  nano: editor,
  pico: editor,
  emacs: editor,
  joe: editor,
  micro: editor,
};
