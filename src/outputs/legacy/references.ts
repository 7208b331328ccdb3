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

/** Bounds, in UTF-16 units, since a line may be a whole file: what is looked at beside a mention, and what is shown of it. */
const widest = 400;
const shownBefore = 60;
/** Mentions of one directory in one file that are counted. */
const mostInOneFile = 200;

/** What precedes an offset in its line. */
function lineBefore(text: string, offset: number): string {
  const before = text.slice(Math.max(0, offset - widest), offset);
  return before.slice(before.lastIndexOf('\n') + 1);
}

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
        const known = found.get(name) ?? [];
        if (known.length >= mostInOneFile) return;
        index ??= lineIndex(text);
        const { line, column } = index.rangeOf(start, start);
        const [behind = ''] = text.slice(start, start + widest).split('\n', 1);
        const words = visibleShort(`${lineBefore(text, start).slice(-shownBefore)}${behind}`.trim(), 160);
        known.push({ file, line, column, text: words });
        found.set(name, known);
      };
      if (text.includes('agents'))
        for (const match of text.matchAll(fromRoot))
          if (match[1] && isOurAgents(lineBefore(text, match.index), workspaceName))
            add(match[1], match.index);
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
