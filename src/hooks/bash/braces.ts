// Brace expansion, done on the text of a word before anything else, as bash does it.

const most = 1024;

/** The place after a quoted part, an escape or an expansion that begins at `at`; `at` itself where none does. */
function skipPlain(text: string, at: number): number {
  const char = text[at];
  if (char === '\\') return at + 2;
  if (char === "'") return closing(text, at + 1, "'", false);
  if (char === '"' || char === '`') return closing(text, at + 1, char, true);
  if (char === '$' && text[at + 1] === "'") return closing(text, at + 2, "'", true);
  if (char === '$' && (text[at + 1] === '(' || text[at + 1] === '{')) return nested(text, at + 1);
  return at;
}

function closing(text: string, from: number, sign: string, hasEscapes: boolean): number {
  for (let at = from; at < text.length; at++) {
    if (hasEscapes && text[at] === '\\') at++;
    else if (text[at] === sign) return at + 1;
    else if (sign === '"' && text[at] === '$' && /[({]/.test(text[at + 1] ?? ''))
      at = nested(text, at + 1) - 1;
  }
  return text.length;
}

function nested(text: string, from: number): number {
  const open = text[from] ?? '';
  const close = open === '(' ? ')' : '}';
  let depth = 0;
  for (let at = from; at < text.length; ) {
    const next = at === from ? at : skipPlain(text, at);
    if (next > at) {
      at = next;
      continue;
    }
    if (text[at] === open) depth++;
    else if (text[at] === close && --depth === 0) return at + 1;
    at++;
  }
  return text.length;
}

interface Group {
  readonly from: number;
  readonly to: number;
  readonly parts: readonly string[];
}

function firstGroup(text: string): Group | undefined {
  for (let at = 0; at < text.length; ) {
    const next = skipPlain(text, at);
    if (next > at) at = next;
    else if (text[at] === '{') {
      const group = groupAt(text, at);
      if (group !== undefined) return group;
      at++;
    } else at++;
  }
  return undefined;
}

function groupAt(text: string, from: number): Group | undefined {
  const commas: number[] = [];
  let depth = 0;
  for (let at = from; at < text.length; ) {
    const next = skipPlain(text, at);
    if (next > at) {
      at = next;
      continue;
    }
    if (text[at] === '{') depth++;
    else if (text[at] === ',' && depth === 1) commas.push(at);
    else if (text[at] === '}' && --depth === 0) {
      const ends = [from, ...commas, at];
      const parts =
        commas.length > 0
          ? ends.slice(1).map((end, index) => text.slice((ends[index] ?? 0) + 1, end))
          : rangeOf(text.slice(from + 1, at));
      return parts === undefined ? undefined : { from, to: at + 1, parts };
    }
    at++;
  }
  return undefined;
}

/** `1..9`, `a..e`, with a step; undefined for anything else. */
function rangeOf(text: string): string[] | undefined {
  const match = /^(-?\d+|[A-Za-z])\.\.(-?\d+|[A-Za-z])(?:\.\.(-?\d+))?$/.exec(text);
  if (match === null) return undefined;
  const [, first = '', last = '', by] = match;
  const isNumber = /\d/.test(first);
  if (isNumber !== /\d/.test(last)) return undefined;
  const from = isNumber ? Number(first) : first.charCodeAt(0);
  const to = isNumber ? Number(last) : last.charCodeAt(0);
  const step = Math.max(1, Math.abs(Number(by ?? 1)));
  const count = Math.floor(Math.abs(to - from) / step) + 1;
  if (!(count <= most)) return undefined;
  const width = /^-?0\d/.test(first) || /^-?0\d/.test(last) ? Math.max(first.length, last.length) : 0;
  return Array.from({ length: count }, (_, at) => {
    const value = from + (to < from ? -at : at) * step;
    if (!isNumber) return String.fromCharCode(value);
    const digits = String(Math.abs(value)).padStart(value < 0 ? width - 1 : width, '0');
    return value < 0 ? `-${digits}` : digits;
  });
}

/** The words that a word's text stands for; undefined when there are too many. */
export function expandBraces(text: string): readonly string[] | undefined {
  if (!text.includes('{')) return [text];
  const done: string[] = [];
  const pending = [text];
  let steps = 0;
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (++steps > most * 4 || pending.length > most) return undefined;
    const group = firstGroup(next);
    if (group === undefined) {
      done.push(next);
      if (done.length > most) return undefined;
      continue;
    }
    const { from, to, parts } = group;
    for (let at = parts.length - 1; at >= 0; at--)
      pending.push(next.slice(0, from) + (parts[at] ?? '') + next.slice(to));
  }
  return done;
}
