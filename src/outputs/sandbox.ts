// The sandbox of an agent in its settings: what the system itself keeps it from, whatever program it runs
// (docs/decisions/0007).
import type { Json } from '../claude/jsonText.ts';
import type { PathRule, Policy } from '../policy/policy.ts';

/** What the sandbox keeps from being changed and from being read: absolute paths, sorted. */
export interface SandboxPaths {
  readonly denyWrite: readonly string[];
  readonly denyRead: readonly string[];
}

/**
 * `.git` is left to the sandbox, which always keeps its hooks and its configuration from being changed: read only as a
 * whole, no commit could be made.
 */
export const isGit = ({ glob }: PathRule): boolean => glob === '.git';

/** The path that a glob names by itself, a trailing `/**` left out; undefined for a pattern. */
export function plainPath(glob: string): string | undefined {
  const whole = glob.replace(/\/\*\*$/, '');
  return /[*?[\]]|\\(?![*?[\]\\!#])/.test(whole.replace(/\\./g, '_'))
    ? undefined
    : whole.replace(/\\(.)/g, '$1');
}

/** Relative paths of a settings file given with `--settings` begin at its own folder (seen with 2.1.329). */
const fromSettings = (plain: string): string => `../../../${plain.replace(/^\//, '')}`;

function committedPaths(rules: readonly PathRule[]): readonly string[] {
  const plain = rules
    .filter((rule) => !isGit(rule) && !rule.glob.startsWith('//'))
    .flatMap(({ glob }) => plainPath(glob) ?? []);
  return [...new Set(plain.map(fromSettings))].sort();
}

/**
 * The `sandbox` of a settings file: it holds or nothing runs, no command gets out of it, and being in it spares no
 * question. `paths` are those of a session; absent: those that the globs name by themselves, relative to the file.
 */
export function sandboxOf(policy: Policy, paths: SandboxPaths | undefined): Json {
  const { denyWrite, denyRead } = paths ?? {
    denyWrite: committedPaths(policy.write.deny),
    denyRead: committedPaths(policy.read.deny),
  };
  return {
    allowUnsandboxedCommands: false,
    autoAllowBashIfSandboxed: false,
    enabled: true,
    failIfUnavailable: true,
    filesystem: { ...(denyRead.length === 0 ? {} : { denyRead: [...denyRead] }), denyWrite: [...denyWrite] },
  };
}
