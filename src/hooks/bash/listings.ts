// Commands that print names of files: what of the working tree they may name, and by the disk which ones they do.
import { type Arg, type Input, isKnown, listedIn } from './arg.ts';
import { escapeGlob } from './collector.ts';
import type { Expander } from './expandWord.ts';
import { isOption, listedBy } from './listedBy.ts';

/** The names that are on the disk for a glob; undefined when nobody can tell. */
function onDisk(expander: Expander, pattern: string, isLoose: boolean): readonly string[] | undefined {
  const found = expander.expandGlob(pattern, isLoose);
  return found?.every((each) => isKnown(each) && each.below !== true) === true
    ? found.map(({ text }) => text)
    : undefined;
}

/** The lines that `ls` prints; undefined when they are more than names or cannot be told. */
function lsLines(args: readonly Arg[], expander: Expander): readonly string[] | undefined {
  const options = args.filter(({ text }) => isOption(text)).map(({ text }) => text);
  if (!options.every((option) => /^-[1aAdrtSUX]+$/.test(option))) return undefined;
  const operands = args.filter(({ text }) => !isOption(text));
  if (operands.length === 0 && !options.some((option) => /d/.test(option)))
    return onDisk(
      expander,
      '*',
      options.some((option) => /[aA]/.test(option)),
    );
  // With `-d`, and of files, the words themselves.
  const areFiles = operands.every((operand) => expander.kindOf(operand) === 'other');
  if (areFiles || options.some((option) => /d/.test(option))) return operands.map(({ text }) => text);
  const [directory] = operands;
  if (operands.length !== 1 || directory === undefined || expander.kindOf(directory) !== 'directory')
    return undefined;
  const names = onDisk(
    expander,
    `${escapeGlob(directory.text.replace(/\/+$/, ''))}/*`,
    options.some((option) => /[aA]/.test(option)),
  );
  return names?.map((name) => name.replace(/^.*\//s, ''));
}

/** The files that `git ls-files` may print for pathspecs such as `*.md`. */
function trackedLines(args: readonly Arg[], expander: Expander): readonly string[] | undefined {
  const [verb, ...specs] = args.filter(({ text }) => !isOption(text));
  if (verb?.text !== 'ls-files' || specs.length === 0) return undefined;
  const lines: string[] = [];
  for (const { text } of specs) {
    // Its `*` crosses directories.
    if (!/^\*[\w.-]*$/.test(text)) return undefined;
    const names = onDisk(expander, `**/${text}`, true);
    if (names === undefined) return undefined;
    lines.push(...names);
  }
  return lines;
}

/** What a listing prints, as far as the disk tells it; undefined for a command that lists nothing. */
export function listingOf(name: string, args: readonly Arg[], expander: Expander): Input | undefined {
  const texts = args.map(({ origin, text }) => origin ?? text);
  const listed = listedBy([name, ...texts]);
  if (listed.length === 0) return undefined;
  const isPlain = args.every(isKnown) && !expander.hasChanges;
  const lines = !isPlain
    ? undefined
    : name === 'ls'
      ? lsLines(args, expander)
      : name === 'git'
        ? trackedLines(args, expander)
        : /^g?find$/.test(name)
          ? expander.foundLines(args)
          : undefined;
  return {
    origin: [name, ...texts].join(' '),
    listed,
    ...(lines === undefined ? {} : { content: lines.map((line) => `${line}\n`).join(''), isSome: true }),
  };
}

/** Patterns that mean the same to every `grep` and here. */
const plainPattern = /^\^?(?:\\[./-]|[\w/ ,@:-]|\.\*?)*\$?$/;

/** The lines that `grep` lets through of those that come in; undefined when its words say more than a plain pattern. */
export function matchingLines(args: readonly Arg[], input: Input | undefined): Input | undefined {
  const content = input?.known ?? input?.content;
  const options = args.filter(({ text }) => isOption(text)).map(({ text }) => text);
  const operands = args.filter(({ text }) => !isOption(text));
  const [pattern] = operands;
  if (content === undefined || pattern === undefined || operands.length !== 1 || !args.every(isKnown))
    return undefined;
  if (!options.every((option) => /^-[viE]+$/.test(option)) || !plainPattern.test(pattern.text))
    return undefined;
  const letters = options.join('');
  const test = new RegExp(pattern.text, letters.includes('i') ? 'i' : '');
  const lines = content
    .split('\n')
    .filter((line) => line !== '' && test.test(line) !== letters.includes('v'))
    .map((line) => `${line}\n`);
  return {
    origin: input?.known ?? input?.origin ?? '',
    content: lines.join(''),
    isSome: true,
    ...listedIn(input),
  };
}
