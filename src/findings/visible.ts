// Text that came from a registry, a settings file, a hook or an agent, made safe to show.

// Control and format characters (bidirectional and zero-width ones, tags), line separators, lone surrogates, fillers.
const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\u3164\u115f\u1160\uffa0]/gu;

const escapeOf = (found: string): string =>
  found === '\n'
    ? '\\n'
    : found === '\t'
      ? '\\t'
      : found === '\r'
        ? '\\r'
        : `\\u{${(found.codePointAt(0) ?? 0).toString(16)}}`;

/** The text with every character that could hide, reorder or break the line shown as an escape. */
export function visible(text: string): string {
  return text.replace(hidden, escapeOf);
}

/** `visible`, and cut to `most` UTF-16 units with an ellipsis, never through a surrogate pair. */
export function visibleShort(text: string, most = 120): string {
  const shown = visible(text);
  if (shown.length <= most) return shown;
  const cut = shown.slice(0, most - 1);
  return `${/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}
