// Permission rules: their grammar, and the spelling that really holds (CLAUDE-CODE-CONTRACT.md section 1.3, and tried with 2.1.329).

/** `Tool`, or `Tool(spec)`. */
export interface PermissionRule {
  readonly tool: string;
  /** What stands in the parentheses; absent for the bare tool. Parentheses in it need no escape. */
  readonly spec?: string;
}

/** Reads a rule; undefined when the CLI finds no rule in the text and skips it. */
export function parseRule(text: string): PermissionRule | undefined {
  if (text.trim() === '') return undefined;
  const open = text.indexOf('(');
  if (open < 0) return text.includes(')') ? undefined : { tool: text };
  // A parenthesis behind a backslash does not end the rule.
  return /(?<!\\)(?:\\\\)*\)$/.test(text)
    ? { tool: text.slice(0, open), spec: text.slice(open + 1, -1) }
    : undefined;
}

/** The text of a rule. */
export function renderRule({ tool, spec }: PermissionRule): string {
  return spec === undefined ? tool : `${tool}(${spec})`;
}

/** Where a path rule is written, as far as that decides its spelling. */
export interface RuleOptions {
  /** Absolute root of the workspace. Anchored globs are then written as `//abs`; without it they are widened to any depth. */
  readonly absoluteRoot?: string;
  /** The session does not run in `absoluteRoot`, so globs for any depth are written as `//abs`, too. */
  readonly isElsewhere?: boolean;
}

/** An absolute folder as a rule names it: `/`, no drive colon, its special characters taken literally. */
export function absolutePattern(folder: string): string {
  const posix = folder
    .replaceAll('\\', '/')
    .replace(/^([A-Za-z]):/, (_, drive: string) => `/${drive.toLowerCase()}`);
  return posix.replace(/[*?[\]!#]/g, '\\$&').replace(/\/$/, '');
}

/**
 * A registry glob as the CLI must be told. `tests/**`, `*.py` and `tests` hold at any depth as they are; with a slash
 * inside (`src/gen/*.py`) a rule holds at the root only, so it gets `**` + `/` in front. An anchored glob (`/x`) would
 * be taken from the folder of the settings file: it becomes `//root/x`, or, where no root may be named, the wider
 * form for any depth. `*` alone would mean the bare tool and nothing else (CLAUDE-CODE-CONTRACT.md section 1.3).
 */
function pathPattern(glob: string, { absoluteRoot, isElsewhere }: RuleOptions): string {
  if (glob.startsWith('//')) return glob;
  if (glob.startsWith('/') && absoluteRoot !== undefined)
    return closed(`/${absolutePattern(absoluteRoot)}${glob === '/' ? '/**' : glob}`);
  // `**/./x` matches nothing, and `~` would be the home directory.
  const relative = glob.replace(/^\/+/, '').replace(/^(?:\.\/)+/, '');
  if (isElsewhere === true && absoluteRoot !== undefined) {
    const any = relative === '' || relative === '.' || relative === '*' ? '**' : relative;
    return closed(`/${absolutePattern(absoluteRoot)}/${/^\*\*(\/|$)/.test(any) ? '' : '**/'}${any}`);
  }
  if (relative === '' || relative === '.' || relative === '*') return '**';
  const isDeep = relative.replace(/\/(\*\*)?$/, '').includes('/') || relative.startsWith('~');
  return closed(isDeep && !relative.startsWith('**/') ? `**/${relative}` : relative);
}

/** The CLI skips a path rule that ends in `:*`; a class of one character says the same. */
const closed = (pattern: string): string =>
  pattern.endsWith(':*') ? `${pattern.slice(0, -2)}[:]*` : pattern;

/** The rule that keeps every file tool from creating, changing or deleting what a glob matches. `Write(…)` rules are never consulted. */
export function writeRule(glob: string, options: RuleOptions = {}): string {
  return `Edit(${pathPattern(glob, options)})`;
}

/** The rule that keeps the file tools from reading what a glob matches. */
export function readRule(glob: string, options: RuleOptions = {}): string {
  return `Read(${pathPattern(glob, options)})`;
}

/**
 * The rule for a shell command that is, or begins with, these words: `git push` and `git push origin`, not
 * `git pusher`. `Bash(git push *)` holds the same way; `Bash(git push)` is that command alone. No words at all give a
 * rule that the CLI skips, since it would otherwise speak of every command.
 */
export function bashRule(prefix: string): string {
  const words = prefix
    .trim()
    .replace(/(?::\*|\s+\*)$/, '')
    .trimEnd();
  return words === '*' ? 'Bash' : `Bash(${words}:*)`;
}
