// Shell patterns held against text, leaning towards a match: a bracket expression stands for any character.

/** Whether the text may match; in any case, and `*` crosses directories. */
export function mayMatch(pattern: string, text: string): boolean {
  return wildMatch(tokensOf(pattern.toLowerCase()), [...text.toLowerCase()]);
}

type Token = '*' | '?' | { readonly char: string };

function tokensOf(pattern: string): Token[] {
  const tokens: Token[] = [];
  const characters = [...pattern];
  for (let at = 0; at < characters.length; at++) {
    const char = characters[at] ?? '';
    if (char === '\\') tokens.push({ char: characters[++at] ?? '\\' });
    else if (char === '*') {
      if (tokens.at(-1) !== '*') tokens.push('*');
    } else if (char === '?') tokens.push('?');
    else if (char === '[') {
      const end = bracketEnd(characters, at);
      if (end < 0) tokens.push({ char });
      else {
        tokens.push('?');
        at = end;
      }
    } else tokens.push({ char });
  }
  return tokens;
}

/** The place of the `]` that ends the bracket expression at `from`; -1 when it is no bracket expression. */
function bracketEnd(characters: readonly string[], from: number): number {
  let at = from + 1;
  if (characters[at] === '!' || characters[at] === '^') at++;
  if (characters[at] === ']') at++;
  for (; at < characters.length; at++) {
    if (characters[at] === '\\') at++;
    else if (characters[at] === '[' && /[:.=]/.test(characters[at + 1] ?? '')) {
      const sign = characters[at + 1];
      const close = characters.findIndex(
        (char, index) => index > at + 1 && char === sign && characters[index + 1] === ']',
      );
      if (close > 0) at = close + 1;
    } else if (characters[at] === ']') return at;
  }
  return -1;
}

/** Both ways of reading every token in turn, in time of the product of both lengths. */
function wildMatch(tokens: readonly Token[], text: readonly string[]): boolean {
  let token = 0;
  let at = 0;
  let star = -1;
  let resume = 0;
  while (at < text.length) {
    const next = tokens[token];
    if (next === '*') {
      star = token++;
      resume = at;
    } else if (next === '?' || (typeof next === 'object' && next.char === text[at])) {
      token++;
      at++;
    } else if (star >= 0) {
      token = star + 1;
      at = ++resume;
    } else return false;
  }
  while (tokens[token] === '*') token++;
  return token === tokens.length;
}
