// What a sed script does to files besides printing: its `w`, `r` and `e` commands.

export interface SedEffects {
  readonly writes: readonly string[];
  readonly reads: readonly string[];
  /** True when it runs commands, or can't be followed. */
  readonly isOpaque: boolean;
}

/** The place after the next delimiter that is not escaped or in a bracket expression; -1 when there is none. */
function afterDelimiter(text: string, from: number, delimiter: string, isPattern = false): number {
  for (let at = from; at < text.length; at++) {
    // In brackets a delimiter is plain, and so is a backslash.
    const bracket =
      isPattern && text[at] === '['
        ? /^\[\^?\]?(?:\[[:.=][^\]]*[:.=]\]|[^\]\n])*\]/.exec(text.slice(at, at + 400))
        : null;
    if (bracket !== null) at += bracket[0].length - 1;
    else if (text[at] === '\\') at++;
    else if (text[at] === delimiter) return at + 1;
  }
  return -1;
}

const lineEnd = (text: string, from: number): number => {
  const at = text.indexOf('\n', from);
  return at < 0 ? text.length : at;
};

/** The place after an address, or where it would begin when there is none; -1 when it never ends. */
function afterAddress(text: string, from: number): number {
  const first = text[from];
  if (first === '/') return afterFlags(text, afterDelimiter(text, from + 1, '/', true));
  if (first === '\\') return afterFlags(text, afterDelimiter(text, from + 2, text[from + 1] ?? '', true));
  const plain = /^(\d+(~\d+)?|\$|[+~]\d+)/.exec(text.slice(from, from + 40));
  return from + (plain?.[0].length ?? 0);
}

function afterFlags(text: string, from: number): number {
  let at = from;
  while (at >= 0 && /[IM]/.test(text[at] ?? '')) at++;
  return at;
}

/** The effects of a script. What it can't follow is opaque, never passed over. */
export function sedEffects(script: string): SedEffects {
  const writes: string[] = [];
  const reads: string[] = [];
  const opaque = { writes, reads, isOpaque: true };
  let at = 0;
  while (at < script.length) {
    if (/[\s;{}]/.test(script[at] ?? '')) {
      at++;
      continue;
    }
    const afterFirst = afterAddress(script, at);
    if (afterFirst < 0) return opaque;
    let next = afterFirst;
    while (script[next] === ' ' || script[next] === '\t') next++;
    if (script[next] === ',' && afterFirst > at) {
      next++;
      while (script[next] === ' ') next++;
      next = afterAddress(script, next);
      if (next < 0) return opaque;
    }
    while (/[\s!]/.test(script[next] ?? '')) next++;
    const command = script[next] ?? '';
    at = next + 1;
    const end = lineEnd(script, at);
    if (command === '' || command === '{' || command === '}') continue;
    if ('=dDgGhHnNpPxzF'.includes(command)) continue;
    if (command === '#') at = end;
    else if ('wW'.includes(command)) {
      writes.push(script.slice(at, end).trim());
      at = end;
    } else if ('rR'.includes(command)) {
      reads.push(script.slice(at, end).trim());
      at = end;
    } else if ('aic'.includes(command)) {
      // Text up to the first line end without a backslash before it.
      for (at = end; script[at - 1] === '\\' && at < script.length; ) at = lineEnd(script, at + 1);
    } else if ('btT:v'.includes(command)) {
      while (at < script.length && !/[;\n}]/.test(script[at] ?? '')) at++;
    } else if ('qQlL'.includes(command)) {
      while (/[\s\d]/.test(script[at] ?? '') && script[at] !== '\n') at++;
    } else if (command === 'y' || command === 's') {
      const delimiter = script[at] ?? '';
      if (delimiter === '' || delimiter === '\n' || delimiter === '\\') return opaque;
      const second = afterDelimiter(script, at + 1, delimiter, command === 's');
      const third = second < 0 ? -1 : afterDelimiter(script, second, delimiter);
      if (third < 0) return opaque;
      at = third;
      while (command === 's' && /[gpiImMe\d]/.test(script[at] ?? '')) {
        if (script[at] === 'e') return opaque;
        at++;
      }
      if (command === 's' && script[at] === 'w') {
        writes.push(script.slice(at + 1, lineEnd(script, at)).trim());
        at = lineEnd(script, at);
      }
    } else return opaque;
  }
  return { writes, reads, isOpaque: false };
}
