// Text that somebody else wrote, made safe for Markdown and for labels: it can become neither markup, link, image, HTML nor icon.
import { visibleShort } from '../findings/visible.ts';

/** The text as plain words in Markdown. At most `most` UTF-16 units of it are shown. */
export function plain(text: string, most = 300): string {
  return visibleShort(text, most)
    .replace(/[\\`*_{}[\]()#+\-.!|~<>$^=:]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replace(/^ +| +$/g, '');
}

/** The text for a label that would draw `$(name)` as an icon: picks, lenses, the status bar. */
export function still(text: string, most = 120): string {
  return visibleShort(text, most).replaceAll('$(', '\\$(');
}

/** The text in a code span, whatever backticks it holds. */
export function code(text: string, most = 120): string {
  const shown = visibleShort(text, most);
  if (shown === '') return '';
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = '`'.repeat(longest + 1);
  const pad = shown.startsWith('`') || shown.endsWith('`') || longest > 0 ? ' ' : '';
  return `${fence}${pad}${shown}${pad}${fence}`;
}

/** Up to `most` items as code spans, and how many more there are. */
export function codeList(items: readonly string[], most = 6): string {
  const shown = items.slice(0, most).map((item) => code(item));
  if (items.length > most) shown.push(`and ${items.length - most} more`);
  return shown.join(', ');
}
