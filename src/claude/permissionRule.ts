// Permission rules in the spelling that really holds (CLAUDE-CODE-CONTRACT.md section 1.3, and tried against 2.1.329).

export interface RuleOptions {
  /** Absolute root of the workspace. Anchored globs are then written as `//abs`; without it they are widened to any depth. */
  readonly absoluteRoot?: string;
}

/** An absolute folder as a rule names it: `/`, no drive colon, its special characters taken literally. */
export function absolutePattern(folder: string): string {
  const posix = folder
    .replaceAll('\\', '/')
    .replace(/^([A-Za-z]):/, (_, drive: string) => `/${drive.toLowerCase()}`);
  return posix.replace(/[*?[\]!#]/g, '\\$&').replace(/\/$/, '');
}

// A registry glob as the CLI must be told. `tests/**`, `*.py` and `tests` hold at any depth as they are; with a slash
// inside (`src/gen/*.py`) a rule holds at the root only, so it gets `**/` in front. An anchored glob (`/x`) would be
// taken from the folder of the settings file: it becomes `//root/x`, or, where no root may be named, the wider `**/x`.
function pathPattern(glob: string, { absoluteRoot }: RuleOptions): string {
  if (glob.startsWith('//')) return glob;
  if (glob.startsWith('/') && absoluteRoot !== undefined) return `/${absolutePattern(absoluteRoot)}${glob}`;
  const relative = glob.replace(/^\/+/, '');
  const isDeep = relative.replace(/\/(\*\*)?$/, '').includes('/');
  return isDeep && !relative.startsWith('**/') ? `**/${relative}` : relative;
}

/** The rule that keeps every file tool from creating, changing or deleting what a glob matches. `Write(…)` rules are never consulted. */
export function writeRule(glob: string, options: RuleOptions = {}): string {
  return `Edit(${pathPattern(glob, options)})`;
}

/** The rule that keeps the file tools from reading what a glob matches. */
export function readRule(glob: string, options: RuleOptions = {}): string {
  return `Read(${pathPattern(glob, options)})`;
}

/** The rule for a shell command that is, or begins with, these words: `git push` and `git push origin`, not `git pusher`. */
export function bashRule(prefix: string): string {
  return `Bash(${prefix}:*)`;
}

/** Why a rule never matches, and the spelling that does. */
export interface RuleProblem {
  readonly message: string;
  readonly suggestion?: string;
}

/** Tools whose path rules are never consulted; `Edit(…)` speaks for them (CLAUDE-CODE-CONTRACT.md section 1.3). */
const writers: ReadonlySet<string> = new Set(['Write', 'MultiEdit', 'NotebookEdit']);

/** Judges a rule of a settings file; undefined when nothing is known against it. `source` decides where `/path` is anchored. */
export function ruleProblem(rule: unknown, source: string): RuleProblem | undefined {
  if (typeof rule !== 'string') return { message: 'A rule must be a text; the CLI skips this one.' };
  const parts = /^([A-Za-z][A-Za-z0-9_*-]*)(?:\((.*)\))?$/s.exec(rule);
  const [, tool, spec] = parts ?? [];
  if (tool === undefined)
    return { message: 'This is no rule: it must be Tool or Tool(…). The CLI skips it.' };
  if (/^[a-z]/.test(tool) && !tool.startsWith('mcp__')) {
    const suggestion = `${tool.charAt(0).toUpperCase()}${rule.slice(1)}`;
    return { message: 'Tool names are case-sensitive; the CLI skips this rule.', suggestion };
  }
  if (spec === undefined) return undefined;
  if (writers.has(tool)) {
    const suggestion = `Edit(${spec})`;
    return { message: `${tool} rules with a path are never consulted; Edit rules are.`, suggestion };
  }
  if (
    (tool === 'Edit' || tool === 'Read') &&
    /^\/(?:home|Users|root|srv|var|tmp|opt|etc|usr|mnt|private)\//.test(spec)
  ) {
    const anchor =
      source === 'flag' ? 'the folder of this file' : source === 'user' ? '~/.claude' : 'the project';
    return {
      message: `/ at the beginning means ${anchor}, not the root of the disk.`,
      suggestion: `${tool}(/${spec})`,
    };
  }
  return undefined;
}
