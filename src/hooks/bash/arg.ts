// A word of a command as far as it is known, and how such words are put together.

import { TooMuch } from './tooMuch.ts';

/** Characters of one word: text that doubles over and over would fill the memory. */
const mostLength = 200_000;

/** What a program would read from standard input. */
export interface Input {
  /** The whole text, when it is known. */
  readonly known?: string;
  /** The text of the files that it comes from, as they are on the disk: data, and not what names anything by itself. */
  readonly content?: string;
  /** True when only some of these lines may come, as behind `tail`, or in another order. */
  readonly isSome?: boolean;
  /** All text that may have gone into it. */
  readonly origin: string;
  /** Set when it comes from a listing of files: the places, absolute or from the working directory, that it lists. */
  readonly listed?: readonly string[];
}

export interface Arg {
  /** The whole word; only its known start when `origin` is set. */
  readonly text: string;
  /** Set when the word is not known: it as it is written, with all text that may go into it. */
  readonly origin?: string;
  /** The word as if all that is unknown in it were empty. */
  readonly bare?: string;
  /** True for an unknown word that can only be a number, and so is no option and no path of interest. */
  readonly isNumber?: boolean;
  /** True when the word stands for all that lies below it: a glob that matches too much to be listed. */
  readonly below?: boolean;
  /** Set for a word that is not known but comes from a listing: it names something at or below one of these places. */
  readonly listed?: readonly string[];
  /** True when a glob gave the word. */
  readonly isFromGlob?: boolean;
  /** The word is the name of a pipe to or from another command, which writes this. */
  readonly pipe?: Input;
}

/** What comes in, when it is known: said in the command, or the text of files. */
export const textIn = (input: Input | undefined): string | undefined => input?.known ?? input?.content;

export const known = (text: string): Arg => ({ text });

export const unknown = (origin: string): Arg => ({ text: '', origin, bare: '' });

export const isKnown = (arg: Arg): boolean => arg.origin === undefined;

const bareOf = (arg: Arg): string => arg.bare ?? arg.text;

/** A word that is not known, from what a command reads. */
export const unknownFrom = (
  origin: string,
  ...from: readonly ({ readonly listed?: readonly string[] } | undefined)[]
): Arg => ({
  ...unknown(origin),
  ...listedIn(...from),
});

/** The places that any of these may name. */
export function listedIn(...from: readonly ({ readonly listed?: readonly string[] } | undefined)[]): {
  readonly listed?: readonly string[];
} {
  const listed = [...new Set(from.flatMap((each) => each?.listed ?? []))].slice(0, 200);
  return listed.length === 0 ? {} : { listed };
}

/** The lines that come in, each of which may be a path; where they are too many or not known, the places they lie in. */
export function listedLines(input: Input | undefined): Pick<Input, 'listed'> | undefined {
  if (input?.content === undefined || (input.listed === undefined && input.isSome !== true)) return input;
  const lines = input.content.split('\n').filter((line) => line !== '');
  return lines.length > 200 ? input : { listed: lines };
}

/** The word or, when it is not known, all that may go into it. */
export function originOf(arg: Arg): string {
  if (arg.pipe !== undefined) return arg.pipe.origin;
  if (arg.origin === undefined) return arg.text;
  return arg.bare === undefined || arg.bare === '' ? arg.origin : `${arg.origin}\n${arg.bare}`;
}

export const originsOf = (args: readonly Arg[]): string => args.map(originOf).join(' ');

/**
 * Whether a word may be an option: it is one, or its start is not known. A word of several parts in which no dash
 * stands anywhere is none.
 */
export function isOptionLike(arg: Arg): boolean {
  if (isKnown(arg)) return /^-./.test(arg.text);
  if (arg.isNumber === true || !/^(-|$)/.test(arg.text)) return false;
  return (arg.bare ?? '') === '' || /-/.test(arg.origin ?? '');
}

/** The word without its first characters, which must be known. */
export function sliceArg(arg: Arg, from: number): Arg {
  const text = arg.text.slice(from);
  return arg.origin === undefined
    ? { text }
    : { text, origin: arg.origin.slice(from), bare: bareOf(arg).slice(from), ...listedIn(arg) };
}

/** One word after the other, as one word. */
export function concatArgs(first: Arg, second: Arg): Arg {
  if ((first.origin ?? first.text).length + (second.origin ?? second.text).length > mostLength)
    throw new TooMuch('The command makes a word too long to be judged.');
  if (isKnown(first) && isKnown(second)) {
    const isFromGlob = first.isFromGlob === true || second.isFromGlob === true;
    return { text: first.text + second.text, ...(isFromGlob ? { isFromGlob } : {}) };
  }
  return {
    text: isKnown(first) ? first.text + second.text : first.text,
    origin: (first.origin ?? first.text) + (second.origin ?? second.text),
    bare: bareOf(first) + bareOf(second),
    ...listedIn(
      first,
      ...(second.listed === undefined ? [] : [{ listed: placesBehind(first, second.listed) }]),
    ),
  };
}

/** Where a word leads that begins with another one: below that one's directory. */
function placesBehind(first: Arg, listed: readonly string[]): readonly string[] {
  const slash = first.text.lastIndexOf('/');
  return slash < 0 ? listed : [first.text.slice(0, slash + 1)];
}

/** A path below a directory, by the words for both. */
export function pathIn(directory: Arg, path: Arg): Arg {
  if (path.text.startsWith('/') || path.pipe !== undefined) return path;
  if (path.text === '' && isKnown(path)) return path;
  return {
    ...concatArgs(concatArgs(directory, known('/')), path),
    ...(path.listed === undefined ? {} : { listed: path.listed.map((each) => below(directory, each)) }),
    ...(path.below === true ? { below: true } : {}),
    ...(path.isFromGlob === true ? { isFromGlob: true } : {}),
    ...(path.isNumber === true ? { isNumber: true } : {}),
  };
}

const below = (directory: Arg, place: string): string =>
  place.startsWith('/') || !isKnown(directory) ? place : `${directory.text}/${place}`;

/** The last segment of a path. */
export function baseNameOf(arg: Arg): Arg {
  const last = (text: string): string => text.replace(/\/+$/, '').replace(/^.*\//s, '');
  if (isKnown(arg)) return known(last(arg.text));
  return { text: '', origin: last(arg.origin ?? ''), bare: last(bareOf(arg)) };
}
