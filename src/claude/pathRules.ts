// Which path rules of a settings file the CLI holds against a path: gitignore syntax, by the library the CLI itself uses.
import ignore from 'ignore';
import { atLeast, newestKnown } from './cliVersion.ts';
import { parseRule } from './permissionRule.ts';
import type { SettingsSource } from './settingsReport.ts';

/** Where a settings file lies and where the session starts. Absolute, with `/`, without a `/` at the end. */
export interface RuleFolders {
  readonly source: SettingsSource;
  /** The folder that the session starts in. */
  readonly start: string;
  /** The folder of the file that `--settings` names; for `flag` alone. */
  readonly folder?: string;
  readonly home?: string;
}

/** Since then a `Read(path)` deny keeps the file tools from writing there, too (CLAUDE-CODE-CONTRACT.md section 1.3). */
const readStopsWritesSince = '2.1.228';

/** The folder that `/x` in a rule begins at (CLAUDE-CODE-CONTRACT.md section 1.3). Undefined: not known. */
export function anchorOf({ source, start, folder, home }: RuleFolders): string | undefined {
  if (source === 'project' || source === 'local') return start;
  return source === 'flag' ? folder : home && `${home}/.claude`;
}

/** A pattern as the CLI hands it to the library, and the folder that it is relative to. */
function rooted(
  spec: string,
  folders: RuleFolders,
): { readonly glob: string; readonly root: string } | undefined {
  const [glob, root] = spec.startsWith('//')
    ? [spec.replace(/\/+/g, '/'), '']
    : spec.startsWith('~/')
      ? [spec.slice(1), folders.home]
      : spec.startsWith('/')
        ? [spec, anchorOf(folders)]
        : [spec.replace(/^\.\//, ''), folders.start];
  if (root === undefined) return undefined;
  // With the end cut off, a folder's name is left, which holds at any depth when it has no slash inside. A `/` after
  // the stars does not leave out the files right in the folder, as it would by the library alone.
  // A blank behind the last slash counts as a name, so that the pattern holds at its root only.
  if (/^[^/].*\/\s+$/.test(glob)) return { glob: `/${glob}`, root };
  return {
    glob: inOurDialect(glob.endsWith('/**/') ? glob.slice(0, -1) : glob.replace(/\/\*\*$/, '')),
    root,
  };
}

/** The library has grown since the version that the CLI brings along: there `[!a]` is `!` or `a`, `***` is `*`, and `/\*` at the end `/*`. */
const inOurDialect = (glob: string): string =>
  glob
    .replace(/\*{3,}/g, '*')
    .replace(/\[!([^\]]+)\]/g, '[$1!]')
    .replace(/\/\\\*$/, '/*');

/**
 * Whether a path rule's text in the parentheses covers an absolute path. Never throws: what the library can't read
 * matches nothing, as in the CLI.
 */
export function coversPath(spec: string, path: string, folders: RuleFolders): boolean {
  const at = rooted(spec, folders);
  if (at === undefined || !path.startsWith(`${at.root}/`)) return false;
  const relative = path.slice(at.root.length + 1);
  try {
    return relative !== '' && ignore({ allowRelativePaths: true }).add([at.glob]).ignores(relative);
  } catch {
    return false;
  }
}

/** Whether a name in a rule is that of a tool; a `*` stands for any characters. */
function namesTool(pattern: string, tool: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return pattern === tool;
  const last = rest.pop() ?? '';
  if (!tool.startsWith(first) || !tool.endsWith(last)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = tool.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= tool.length - last.length;
}

/** Whether a `deny` rule that the CLI took keeps the Write tool from an absolute path. */
export function deniesWrite(
  rule: string,
  path: string,
  folders: RuleFolders,
  version: string = newestKnown,
): boolean {
  const parsed = parseRule(rule);
  if (parsed === undefined) return false;
  const { tool, spec } = parsed;
  // In the parentheses `*` says no more than the bare tool.
  if (spec === undefined || spec === '*') return namesTool(tool, 'Write');
  if (tool !== 'Edit' && !(tool === 'Read' && atLeast(version, readStopsWritesSince))) return false;
  return coversPath(spec, path, folders);
}
