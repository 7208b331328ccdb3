// How the CLI reads the path of a rule: the pattern that its library matches, and the folder that the pattern begins at.
import { parseRule, renderRule } from './permissionRule.ts';
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

/** The folder that `/x` in a rule begins at (CLAUDE-CODE-CONTRACT.md section 1.3). Undefined: not known. */
function anchorOf({ source, start, folder, home }: RuleFolders): string | undefined {
  if (source === 'project' || source === 'local') return start;
  return source === 'flag' ? folder : home && `${home}/.claude`;
}

/** A pattern in gitignore syntax, and the folder that it is relative to. */
export interface RootedPattern {
  readonly glob: string;
  readonly root: string;
}

/** What stands in the parentheses of a path rule, as the CLI hands it to its library; undefined where the folder is not known. */
export function rootedPattern(spec: string, folders: RuleFolders): RootedPattern | undefined {
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

/** Names instead of folders: what is compared is only whether two patterns begin at the same one. */
const anywhere: RuleFolders = { source: 'flag', start: '<start>', folder: '<folder>', home: '<home>' };

/**
 * What a rule of a `--settings` file speaks of: two rules with the same reach hold or fail together, however they are
 * spelt. The reverse is not promised. Undefined for what the CLI finds no rule in.
 */
export function ruleReach(rule: string): string | undefined {
  const parsed = parseRule(rule);
  if (parsed === undefined) return undefined;
  const { tool, spec } = parsed;
  // In the parentheses `*` says no more than the bare tool.
  if (spec === undefined || spec === '*') return tool;
  if (tool === 'Bash') return renderRule({ tool, spec: spec.replace(/ \*$/, ':*') });
  if (tool !== 'Edit' && tool !== 'Read') return rule;
  const at = rootedPattern(spec, anywhere);
  if (at === undefined) return rule;
  // A name without a slash inside is looked for at any depth anyway; at the beginning `!` and `#` would be signs. Case
  // does not count (seen with 2.1.329).
  const glob = at.glob.replace(/^(?:\*\*\/)+(?=[^/!#][^/]*\/?$)/, '').toLowerCase();
  return `${tool} ${at.root} ${glob}`;
}
