// Where a text refers to directories below agents/ as paths: `agents/backend`, `../backend/`; never the bare word. Pure.
import path from 'node:path';
import { lineIndex } from '../../findings/lineIndex.ts';
import { visibleShort } from '../../findings/visible.ts';

/** One mention in a file of the workspace. Line and column 1-based, columns in UTF-16 units. */
export interface Reference {
  /** Relative to the workspace, with `/`. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The line, escaped and shortened. */
  readonly text: string;
}

export interface ReferenceFinder {
  /** The mentions in one text, by directory name. `file` is relative to the workspace. */
  find(file: string, text: string): ReadonlyMap<string, readonly Reference[]>;
}

/** What precedes the `agents` of a path to our own: a variable, dots, stars, the workspace's own name, a link to its code. */
function isOurAgents(before: string, workspaceName: string): boolean {
  if (!/[\\/]$/.test(before)) return true; // nothing precedes it
  const segment = /([^\s"'`<>\\/|=,;:[\]]*)[\\/]+$/.exec(before)?.[1] ?? '';
  return (
    segment === '' ||
    segment === workspaceName ||
    /^\.{1,2}$|^\*{1,2}$|^\$\w+$|[})]$|^%\w+%$/.test(segment) ||
    /\/(?:blob|tree|raw)\/[^/\s]+\/$/.test(before)
  );
}

const escaped = (name: string): string => name.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');

/** Finds mentions of directories below `agents/` by their names. `workspaceName` is the last part of the workspace's path. */
export function referenceFinder(names: readonly string[], workspaceName: string): ReferenceFinder {
  // Longest first: of two names that begin alike, the whole one counts.
  const any = [...names]
    .sort((a, b) => b.length - a.length)
    .map(escaped)
    .join('|');
  const end = String.raw`(?![\w-])(?!\.\w)`;
  const fromRoot = new RegExp(`(?<![\\w-])agents(?:[\\\\/]+|["'\`]\\s*,\\s*["'\`])(${any})${end}`, 'g');
  const fromFile = new RegExp(`(?<![\\w.~$})\\\\/-])((?:\\.{1,2}\\/)+)(${any})${end}`, 'g');
  // A link in a document beside the directories; in the registry `backend/**` is another folder.
  const linked = new RegExp(`(?<=\\]\\()(${any})(?=\\/)`, 'g');
  return {
    find(file, text) {
      const found = new Map<string, Reference[]>();
      if (names.length === 0) return found;
      const folder = path.posix.dirname(file);
      let index: ReturnType<typeof lineIndex> | undefined;
      const add = (name: string, start: number): void => {
        index ??= lineIndex(text);
        const { line, column } = index.rangeOf(start, start);
        const from = text.lastIndexOf('\n', start - 1) + 1;
        const to = text.indexOf('\n', start);
        const words = visibleShort(text.slice(from, to < 0 ? undefined : to).trim(), 160);
        const known = found.get(name) ?? [];
        known.push({ file, line, column, text: words });
        found.set(name, known);
      };
      if (text.includes('agents'))
        for (const match of text.matchAll(fromRoot)) {
          const lineStart = text.lastIndexOf('\n', match.index - 1) + 1;
          if (
            match[1] &&
            isOurAgents(text.slice(Math.max(lineStart, match.index - 400), match.index), workspaceName)
          )
            add(match[1], match.index);
        }
      for (const match of text.matchAll(fromFile)) {
        const [, dots = '', name = ''] = match;
        if (path.posix.join(folder, dots, name) === `agents/${name}`) add(name, match.index);
      }
      if (folder === 'agents' && file.endsWith('.md'))
        for (const match of text.matchAll(linked)) if (match[1]) add(match[1], match.index);
      for (const places of found.values()) places.sort((a, b) => a.line - b.line || a.column - b.column);
      return found;
    },
  };
}

/** Whether a file is a test by its path, in any of the usual ways. */
export function isTestFile(file: string): boolean {
  const parts = file.split('/');
  const name = parts.pop() ?? '';
  return (
    parts.some((part) => /^(?:tests?|spec|specs|__tests__|e2e)$/i.test(part)) ||
    /[._-](?:test|spec)\.\w+$|^test[._-]/i.test(name)
  );
}

/** Finds a name as a whole word anywhere, for names that stand for nothing else. */
export function wordFinder(
  names: readonly string[],
  file: string,
  text: string,
): ReadonlyMap<string, Reference> {
  const found = new Map<string, Reference>();
  for (const name of names) {
    const at = text.search(new RegExp(`(?<![\\w-])${escaped(name)}(?![\\w-])`));
    if (at < 0) continue;
    const { line, column } = lineIndex(text).rangeOf(at, at);
    found.set(name, { file, line, column, text: '' });
  }
  return found;
}
