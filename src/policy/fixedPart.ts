// Whether a text could name a path that a glob forbids: the question about code whose effect nobody can read off.
import { foldName, isSound } from './globs.ts';

/** A piece of a glob that stands literally in every path that the glob matches. */
export interface FixedPart {
  /** Folded, as disks compare names. */
  readonly text: string;
  /** A name of the path begins, or ends, where the piece does; otherwise a wildcard goes on there. */
  readonly isStart: boolean;
  readonly isEnd: boolean;
}

/** The pieces of one segment of a glob: wildcards and classes part them, a backslash makes the next character plain. */
function partsOfSegment(segment: string): FixedPart[] {
  const tokens = segment.match(/\\.|\[[!^]?\]?[^\]]*\]|[^\\*?[]|./gsu) ?? [];
  const isWild = (token: string | undefined): boolean =>
    token === '*' || token === '?' || /^\[./su.test(token ?? '');
  const parts: FixedPart[] = [];
  for (let from = 0; from < tokens.length; ) {
    let to = from;
    while (to < tokens.length && !isWild(tokens[to])) to++;
    const text = tokens.slice(from, to).map((token) => token.replace(/^\\(?=.)/su, ''));
    if (to > from)
      parts.push({ text: foldName(text.join('')), isStart: from === 0, isEnd: to === tokens.length });
    from = to + 1;
  }
  return parts.filter(({ text }) => text !== '');
}

/**
 * What of a glob stands in every path that it matches, wherever a program gets the rest from; empty when nothing does.
 * Of an absolute glob only the last name, and of a single file the one before it too: what comes before is often
 * said by a variable such as HOME.
 */
export function fixedParts(glob: string): readonly FixedPart[] {
  const segments = glob.split('/').filter((segment) => segment !== '' && segment !== '.');
  if (!glob.startsWith('//')) return segments.flatMap(partsOfSegment);
  const isFolder = segments.at(-1) === '**';
  const names = segments.filter((segment) => segment !== '**');
  return names.slice(isFolder ? -1 : -2).flatMap(partsOfSegment);
}

/** What continues a name. A hyphen does not: options and formats put one right before a path. */
const isOfName = (character: string): boolean => /[\p{L}\p{N}_]/u.test(character);

/**
 * The letters before a place belong to an escape, a format, a variable or an option (`\ntests`, `%stests`,
 * `\x2ftests`, `$dirtests`, `-Ctests`): a path may begin right there all the same.
 */
const isEscape = (before: string): boolean =>
  /[\\%$][\p{L}\p{N}_]*$|(^|[^\p{L}\p{N}_-])-[\p{L}]$/u.test(before);

function occurs({ text: part, isStart, isEnd }: FixedPart, text: string): boolean {
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) {
    const before = text.slice(Math.max(0, at - 64), at);
    const begins = !isStart || !isOfName(before.slice(-1)) || isEscape(before);
    if (begins && !(isEnd && isOfName(text.charAt(at + part.length)))) return true;
  }
  return false;
}

const character = (digits: string, base: number): string => {
  const code = Number.parseInt(digits, base);
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '';
};

/** What a text says once the escapes of common languages are read. */
function unescaped(text: string): string {
  return text
    .replace(/(?:\\x|%)([0-9a-f]{2})|\\u([0-9a-f]{4})|\\u\{([0-9a-f]{1,6})\}/gi, (_, ...found: string[]) =>
      character(found[0] ?? found[1] ?? found[2] ?? '', 16),
    )
    .replace(/\\0?([0-7]{3})/g, (_, octal: string) => character(octal, 8));
}

/**
 * A test for a text: does it hold all that stands in every path that a glob matches? Names are found whole where the
 * glob has them whole (`tests/**` is not in `unittests`), in any case, order and distance, and also when quotes,
 * backslashes or escapes part them. A path that the text only puts together (`'te' + 'sts'`) is not found.
 */
export function couldName(text: string): (glob: string) => boolean {
  const readings = new Set([text, text.replace(/['"\\`]/g, ''), unescaped(text)].map(foldName));
  return (glob) => {
    if (!isSound(glob)) return true;
    const parts = fixedParts(glob);
    return [...readings].some((reading) => parts.every((part) => occurs(part, reading)));
  };
}
