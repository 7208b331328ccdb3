// Programs that find files and do something to each, or run a command on words that they read.
import { posix } from 'node:path';
import {
  type Arg,
  concatArgs,
  isKnown,
  known,
  originsOf,
  pathIn,
  textIn,
  unknown,
  unknownFrom,
} from '../arg.ts';
import { escapeGlob } from '../collector.ts';
import { mayMatch } from '../globText.ts';
import { listedBy } from '../listedBy.ts';
import type { Run } from '../run.ts';

const operators = /^(-|[(),!])/;

export interface Found {
  readonly paths: readonly Arg[];
  /** True when the paths are directories that stand for all below them. */
  readonly isBelow: boolean;
}

const isNot = (word: string | undefined): boolean => word === '!' || word === '-not';
const isOr = (word: string): boolean => /^(-o|-or|,)$/.test(word);

/** The place after the primary or the group in brackets that begins at `at`. */
function afterPrimary(words: readonly string[], at: number): number {
  if (words[at] !== '(') return at + 1;
  let depth = 0;
  for (let next = at; next < words.length; next++) {
    if (words[next] === '(') depth++;
    else if (words[next] === ')' && --depth === 0) return next + 1;
  }
  return words.length;
}

/** The alternatives of an expression, parted where `-o` stands outside of brackets. */
function alternativesOf(words: readonly string[]): string[][] {
  const parts: string[][] = [[]];
  for (let at = 0; at < words.length; ) {
    const next = afterPrimary(words, at);
    if (isOr(words[at] ?? '')) parts.push([]);
    else parts.at(-1)?.push(...words.slice(at, next));
    at = next;
  }
  return parts;
}

/** Patterns of which every name that passes the tests matches one; undefined when nothing limits the names. */
function namesLeft(words: readonly string[]): readonly string[] | undefined {
  const alternatives = alternativesOf(words);
  if (alternatives.length > 1) {
    const each = alternatives.map(namesLeft);
    return each.every((names) => names !== undefined) ? each.flat() : undefined;
  }
  for (let at = 0; at < words.length; ) {
    const word = words[at] ?? '';
    const value = words[at + 1];
    if (word === '!' || word === '-not') at = afterPrimary(words, at + 1);
    else if (word === '(') {
      const next = afterPrimary(words, at);
      const inner = namesLeft(words.slice(at + 1, next - 1));
      if (inner !== undefined) return inner;
      at = next;
    } else if (/^-i?name$/.test(word) && value !== undefined) return [value];
    else if (/^-i?(path|wholename)$/.test(word) && value !== undefined) {
      // Its `*` crosses directories; what follows the last one is the end of a name.
      const end = value.replace(/^.*[*?\]]/s, '');
      if (/[*?\]]/.test(value) && !end.includes('/')) return [`*${end}`];
      at += 2;
    } else at++;
  }
  return undefined;
}

/** The tests that must hold for an action after these words, the words of other actions left out. */
function testsBefore(words: readonly string[]): readonly string[] {
  const tests: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (/^-(exec|execdir|ok|okdir)$/.test(word)) {
      while (at < words.length && words[at] !== ';' && !(words[at] === '+' && words[at - 1] === '{}')) at++;
    } else tests.push(word);
  }
  // In an open bracket only what stands in it is looked at.
  const open: number[] = [];
  for (const [at, word] of tests.entries())
    if (word === '(') open.push(at + 1);
    else if (word === ')') open.pop();
  return alternativesOf(tests.slice(open.at(-1) ?? 0)).at(-1) ?? [];
}

/** What the tests before an action leave, looked up on the disk; all below the starting points if that can't be told. */
function foundBy(
  run: Run,
  starts: readonly Arg[],
  tests: readonly string[] | undefined,
  followsLinks: boolean,
): Found {
  const { paths, isBelow } = foundByNames(run, starts, tests, followsLinks);
  const isHere = isKnown(run.cwd) && starts.every(({ text }) => text === '.');
  const isLeftOut = exceptionsOf(tests ?? [], isHere ? `${posix.normalize(run.cwd.text)}/` : undefined);
  return isBelow ? { paths, isBelow } : { paths: paths.filter(({ text }) => !isLeftOut(text)), isBelow };
}

/** A test for paths that the words leave out for certain: `-not -name '*.test.*'`, `! -path './tests/*'`. */
function exceptionsOf(words: readonly string[], here: string | undefined): (path: string) => boolean {
  if (words.some((word) => isOr(word) || word === '(')) return () => false;
  const tests: ((path: string) => boolean)[] = [];
  for (const [at, word] of words.entries()) {
    const [what, pattern = ''] = words.slice(at + 1);
    if (!isNot(word) || isNot(words[at - 1]) || !/^[\w.*/-]+$/.test(pattern)) continue;
    const source = pattern.replaceAll('.', '\\.').replace(/\*+/g, '.*');
    const whole = new RegExp(`^${source}$`, 's');
    if (what === '-name') tests.push((path) => whole.test(path.replace(/^.*\//s, '')));
    else if (what === '-path' && here !== undefined)
      tests.push((path) => path.startsWith(here) && whole.test(`./${path.slice(here.length)}`));
  }
  return (path) => tests.some((test) => test(path));
}

function foundByNames(
  run: Run,
  starts: readonly Arg[],
  tests: readonly string[] | undefined,
  followsLinks: boolean,
): Found {
  const all = { paths: starts, isBelow: true };
  if (run.collector.hasLinks) return all;
  const isLimited = tests?.some(isNot) === true;
  const names = tests === undefined ? undefined : (namesLeft(tests) ?? (isLimited ? ['*'] : undefined));
  if (followsLinks && (names === undefined || names.some((name) => name.includes('/'))))
    return foundNamed(run, starts, ['*'], true) ?? all;
  if (names === undefined || names.some((name) => name.includes('/'))) return all;
  return foundNamed(run, starts, names, followsLinks) ?? all;
}

function foundNamed(
  run: Run,
  starts: readonly Arg[],
  names: readonly string[],
  followsLinks: boolean,
): Found | undefined {
  const paths: Arg[] = [];
  for (const start of starts) {
    const directory = pathIn(run.cwd, start);
    if (!isKnown(directory)) return undefined;
    const top = escapeGlob(posix.normalize(directory.text).replace(/\/+$/, ''));
    // The middle `*` of the second goes through links, which `**` leaves alone.
    for (const name of names)
      for (const inside of followsLinks ? [`**/${name}`, `**/*/**/${name}`] : [`**/${name}`]) {
        const below = run.collector.expandGlob(directory, `${top}/${inside}`, true);
        if (below === undefined || below.some((each) => each.below === true)) return undefined;
        paths.push(...below);
      }
    // The starting point itself can match too.
    const own = directory.text.replace(/\/+$/, '').replace(/^.*\//s, '');
    if (names.some((name) => mayMatch(name, own) || mayMatch(name, start.text))) paths.push(start);
  }
  return { paths, isBelow: false };
}

/** The words of an `-exec` up to its end. */
function commandAt(args: readonly Arg[], from: number): Arg[] {
  const end = args.findIndex(
    (arg, at) => at >= from && (arg.text === ';' || (arg.text === '+' && args[at - 1]?.text === '{}')),
  );
  return args.slice(from, end < 0 ? undefined : end);
}

/** The command for what was found in the place of `{}`. */
function runOnFound(run: Run, command: readonly Arg[], found: Found, isInDirectory: boolean): void {
  const paths = found.isBelow
    ? found.paths.map((path) => ({ ...pathIn(run.cwd, path), below: true }))
    : found.paths.slice(0, 200);
  const cwd = isInDirectory ? unknown(`a directory below ${originsOf(found.paths)}`) : run.cwd;
  const rest = found.isBelow ? [] : found.paths.slice(200);
  if (rest.length > 0) run.opaque('a command on many files', `${originsOf(command)}\n${originsOf(rest)}`);
  const filled = command.flatMap((word) =>
    isKnown(word) && word.text === '{}'
      ? paths.map((path) => pathIn(run.cwd, path))
      : isKnown(word) && word.text.includes('{}')
        ? paths.length > 0
          ? paths.map((path) => around(word.text, path))
          : [word]
        : [word],
  );
  run.run(filled, { cwd, input: undefined });
}

/** `pre{}post` with a path for the braces. */
function around(text: string, path: Arg): Arg {
  const [first = '', ...rest] = text.split('{}');
  let word = known(first);
  for (const part of rest)
    word = concatArgs(concatArgs(word, path.below === true ? unknown(path.text) : path), known(part));
  return word;
}

/** The starting points of a `find`, and what it asks and does. */
function partsOf(args: readonly Arg[]): { places: readonly Arg[]; tests: readonly Arg[] } {
  let from = 0;
  while (from < args.length && /^-([HLP]|D|O\d*)$/.test(args[from]?.text ?? ''))
    from += args[from]?.text === '-D' ? 2 : 1;
  const first = args.findIndex((arg, at) => at >= from && isKnown(arg) && operators.test(arg.text));
  const starts = args.slice(from, first < 0 ? undefined : first);
  return { places: starts.length === 0 ? [known('.')] : starts, tests: first < 0 ? [] : args.slice(first) };
}

/** The paths that are printed, or more; undefined when something else is printed or nobody can tell. */
export function foundLines(run: Run): readonly string[] | undefined {
  const { places, tests } = partsOf(run.args);
  const texts = tests.map(({ text }) => text);
  if (texts.some((text) => /^-(printf|ls|fls|fprint.*|exec|execdir|ok|okdir|delete|prune|regex)$/.test(text)))
    return undefined;
  const followsLinks = run.args.some((arg) => /^-(L|follow)$/.test(arg.text));
  const lines: string[] = [];
  for (const place of places) {
    const found = foundBy(run, [place], tests.every(isKnown) ? texts : undefined, followsLinks);
    const whole = pathIn(run.cwd, place);
    if (found.isBelow || !isKnown(whole)) return undefined;
    const top = `${posix.normalize(whole.text).replace(/\/+$/, '')}/`;
    for (const { text } of found.paths)
      if (text === place.text) lines.push(text);
      else if (text.startsWith(top)) lines.push(`${place.text.replace(/\/$/, '')}/${text.slice(top.length)}`);
      else return undefined;
  }
  return lines;
}

export function find(run: Run): void {
  const { args } = run;
  const { places, tests } = partsOf(args);
  const followsLinks = args.some((arg) => /^-(L|follow)$/.test(arg.text));
  if (tests.some((test) => !isKnown(test) && test.isNumber !== true)) run.opaque();
  for (const [at, test] of tests.entries()) {
    if (/^-(fprint|fprint0|fls|fprintf)$/.test(test.text)) run.writeAll(tests.slice(at + 1, at + 2));
    if (!/^-(delete|exec|execdir|ok|okdir)$/.test(test.text)) continue;
    const found = foundBy(
      run,
      places,
      tests.slice(0, at).every(isKnown) ? testsBefore(tests.slice(0, at).map(({ text }) => text)) : undefined,
      followsLinks,
    );
    if (/^-(delete)$/.test(test.text)) run.writeAll(found.paths, found.isBelow);
    else runOnFound(run, commandAt(tests, at + 1), found, test.text.endsWith('dir'));
  }
}

/** Words of a list that are looked at one by one; the rest as one that is not known. */
const mostWords = 200;

/** Each place in the words for what is read: every known word, or all of them as one that is not known. */
export function xargs(run: Run): void {
  const taken = run.take({
    values: 'aEILnPsdRSJ',
    attached: 'eil',
    longValues: ['arg-file', 'delimiter', 'max-args', 'max-chars', 'max-procs', 'process-slot-var'],
    longFlags: ['replace', 'eof', 'max-lines', 'null', 'interactive', 'no-run-if-empty'],
    stops: true,
  });
  const files = taken.valuesOf('-a', '--arg-file');
  run.readAll(files);
  const words = inputWords(
    run,
    files,
    taken.has('-0', '--null', '-d', '--delimiter', '-I', '-i', '--replace'),
  );
  const inserted = taken.options.find(({ name }) => ['-I', '-i', '--replace', '-J'].includes(name));
  const command = taken.operands.length > 0 ? taken.operands : [known('echo')];
  if (taken.isUnsure) run.opaque();
  if (inserted === undefined) {
    run.run([...command, ...words], { input: undefined });
    // A few words at a time, each of them may be the first.
    const [count] = taken.valuesOf('-n', '-L', '--max-args', '--max-lines', '-l');
    if (count === undefined && !taken.has('-l', '--max-lines')) return;
    const step = Math.max(1, Number(count?.text ?? 1) || 1);
    for (let at = 0; at < words.length && at < mostWords * step; at += step)
      run.run([...command, ...words.slice(at, at + step)], { input: undefined });
    return;
  }
  const mark = inserted.value?.text ?? '{}';
  const rest = words.slice(mostWords);
  const more = rest.length === 0 ? [] : [unknownFrom(originsOf(rest), run.input)];
  for (const word of [...words.slice(0, mostWords), ...more])
    run.run(
      command.map((each) => replaced(each, mark, word)),
      { input: undefined },
    );
}

function replaced(word: Arg, mark: string, by: Arg): Arg {
  if (mark === '' || !isKnown(word) || !word.text.includes(mark)) return word;
  const [first = '', ...rest] = word.text.split(mark);
  return rest.reduce((whole, part) => concatArgs(concatArgs(whole, by), known(part)), known(first));
}

function inputWords(run: Run, files: readonly Arg[], isByLine: boolean): Arg[] {
  const text =
    files.length === 1 && files[0] !== undefined
      ? run.collector.contentOf(run.cwd, files[0])
      : files.length > 0
        ? undefined
        : textIn(run.input);
  if (text === undefined || text.length > 20_000 || /['"\\\0]/.test(text))
    return files.length > 0
      ? [unknown(text ?? originsOf(files))]
      : [unknownFrom(text ?? run.input?.origin ?? '', run.input)];
  return text
    .split(isByLine ? /\n/ : /[\s]+/)
    .filter((word) => word !== '')
    .map(known);
}

/** `parallel cmd {} ::: words`. */
export function parallel(run: Run): void {
  const at = run.args.findIndex((arg) => /^:{3,4}\+?$/.test(arg.text));
  const words =
    at < 0 ? [unknownFrom(run.input?.known ?? run.input?.origin ?? '', run.input)] : run.args.slice(at + 1);
  const command = (at < 0 ? run.args : run.args.slice(0, at)).filter(
    (_, index, all) => !all.slice(0, index + 1).every((each) => each.text.startsWith('-')),
  );
  for (const word of words.slice(0, 200)) {
    const filled = command.map((each) => replaced(each, '{}', word));
    const whole = command.some((each) => each.text.includes('{')) ? filled : [...filled, word];
    if (whole.length === 1 || filled.some((each) => /\s/.test(each.text))) run.shell(known(originsOf(whole)));
    run.run(whole, { input: undefined });
  }
  run.opaque();
}

/** `fd`: its own search can't be told, so what it runs runs on something below. */
export function fd(run: Run): void {
  const at = run.args.findIndex(
    (arg) => /^(-x|-X|--exec|--exec-batch)$/.test(arg.text) || /^-[a-wyzA-WYZ]*[xX]$/.test(arg.text),
  );
  if (at < 0) return;
  const command = run.args.slice(at + 1).filter((arg) => arg.text !== ';');
  const before = run.args.slice(0, at);
  const some = unknownFrom(originsOf(before), {
    listed: listedBy(['fd', ...before.map(({ text }) => text)]),
  });
  const filled = command.map((word) => (/\{/.test(word.text) ? some : word));
  run.run(filled.some((word) => word === some) ? filled : [...filled, some], { input: undefined });
}
