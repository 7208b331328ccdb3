// Phrases that several messages share.
import { visibleShort } from '../findings/visible.ts';

/** A sentence that offers the name that was probably meant, with a space before it; empty when there is none. */
export function didYouMean(meant: string | undefined): string {
  return meant === undefined ? '' : ` Did you mean \`${visibleShort(meant)}\`?`;
}

/** The texts in code quotes, and how many more there are when `count` says that they are not all. */
export function someOf(texts: readonly string[], count = texts.length): string {
  const shown = texts.map((text) => `\`${visibleShort(text, 60)}\``);
  const rest = count - shown.length;
  if (rest > 0) return `${shown.join(', ')} and ${rest} more`;
  const last = shown.pop() ?? '';
  return shown.length === 0 ? last : `${shown.join(', ')} and ${last}`;
}
