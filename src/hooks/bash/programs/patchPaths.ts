// The files that a patch names.

/** A name in the head of a patch: quoted as git does it, or up to a tab. */
function nameOf(text: string): string | undefined {
  const line = text.replace(/\r$/, '');
  if (!line.startsWith('"')) return line.replace(/\t.*$/s, '').trimEnd();
  // Octal escapes and the like: nothing that an ordinary name has.
  return /\\[^"\\]/.test(line) ? undefined : line.replace(/^"|"[^"]*$/g, '').replace(/\\(["\\])/g, '$1');
}

/**
 * Every path that the patch could mean, whatever number of leading directories is stripped from the names in it;
 * undefined when there is none, or one that can't be read.
 */
export function patchedPaths(patch: string): readonly string[] | undefined {
  const names = new Set<string>();
  for (const line of patch.split('\n')) {
    const head =
      /^\s*(?:---|\+\+\+|\*\*\*|Index:|Prereq:|rename (?:from|to)|copy (?:from|to)) (.*)$/s.exec(line) ??
      /^\s*diff --git (.*)$/s.exec(line);
    if (head?.[1] === undefined) continue;
    const isPair = /^\s*diff --git /.test(line);
    const parts = isPair && !head[1].includes('"') ? splitPair(head[1]) : [head[1]];
    for (const part of parts) {
      const name = nameOf(part);
      if (name === undefined || (isPair && head[1].includes('"'))) return undefined;
      names.add(name);
    }
  }
  // The old form of an ed script, or a binary one without a name.
  const paths = new Set<string>();
  for (const name of names) {
    if (name === '/dev/null' || name === '') continue;
    const segments = name.split('/');
    for (let strip = 0; strip < segments.length && strip < 40; strip++)
      paths.add(segments.slice(strip).join('/'));
  }
  return paths.size === 0 ? undefined : [...paths];
}

/** `a/x y b/x y`: both halves, wherever the line may be parted. */
function splitPair(text: string): string[] {
  const parts: string[] = [];
  for (let at = text.indexOf(' '); at >= 0 && parts.length < 40; at = text.indexOf(' ', at + 1))
    parts.push(text.slice(0, at), text.slice(at + 1));
  return parts;
}
