// Texts of hook scripts: a first one that does nothing, and mends of one that cannot start. Text before → text after.
import { visibleShort } from '../findings/visible.ts';
import { hookEventInfo } from './hookEvents.ts';

/** Comment sign and last line of a script that ends well, by the interpreter that runs it. */
const languages: Readonly<Record<string, { readonly comment: string; readonly end: string }>> = {
  sh: { comment: '#', end: 'exit 0' },
  bash: { comment: '#', end: 'exit 0' },
  zsh: { comment: '#', end: 'exit 0' },
  python3: { comment: '#', end: 'raise SystemExit(0)' },
  python: { comment: '#', end: 'raise SystemExit(0)' },
  node: { comment: '//', end: 'process.exit(0);' },
  ruby: { comment: '#', end: 'exit 0' },
  perl: { comment: '#', end: 'exit 0;' },
};

/**
 * A script for a hook that lets everything through until somebody writes more; undefined for an interpreter that we can't
 * write for. `settings`: the file that declares it.
 */
export function skeletonOf(
  interpreter: string,
  hook: { readonly event: string; readonly matcher: string },
  settings: string,
): string | undefined {
  const language = Object.hasOwn(languages, interpreter) ? languages[interpreter] : undefined;
  if (language === undefined) return undefined;
  const when = hook.matcher === '' ? hook.event : `${hook.event} ${hook.matcher}`;
  const blocks = hookEventInfo(hook.event)?.blocks !== undefined;
  const lines = [
    `Runs on ${visibleShort(when, 80)}, as ${visibleShort(settings, 80)} says. It does nothing yet.`,
    blocks
      ? 'The event comes as JSON on standard input. Exit code 2 refuses, with the reason on standard error; 0 lets it pass.'
      : 'The event comes as JSON on standard input. Nothing waits for an answer.',
  ];
  const comments = lines.map((line) => `${language.comment} ${line}`).join('\n');
  return `${shebangFor(interpreter)}\n${comments}\n${language.end}\n`;
}

function shebangFor(interpreter: string): string {
  return interpreter === 'sh' ? '#!/bin/sh' : `#!/usr/bin/env ${interpreter}`;
}

/** The script with a `#!` line; one behind a byte order mark is brought to the front. */
export function withShebang(text: string, interpreter: string): string {
  const plain = text.replace(/^\ufeff/, '');
  return plain.startsWith('#!') ? plain : `${shebangFor(interpreter)}\n${plain}`;
}

/** The script with another program in its `#!` line; undefined when that line does not name the one to replace. */
export function withShebangProgram(text: string, from: string, to: string): string | undefined {
  const end = text.indexOf('\n');
  const line = text.slice(0, end < 0 ? undefined : end);
  if (!line.startsWith('#!')) return undefined;
  const words = line.slice(2).split(/([ \t]+)/);
  const at = words.indexOf(from);
  if (at < 0) return undefined;
  // A program by its path is not where it should be; env finds one by its name.
  words[at] = from.includes('/') ? `/usr/bin/env ${to}` : to;
  return `#!${words.join('')}${end < 0 ? '' : text.slice(end)}`;
}

/** The script with LF line ends. */
export function withLf(text: string): string {
  return text.replaceAll('\r\n', '\n');
}
