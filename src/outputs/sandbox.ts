// The sandbox of an agent: what the system itself keeps it from, whatever program it runs (docs/decisions/0007).
import path from 'node:path';
import type { Json } from '../claude/jsonText.ts';
import type { Files } from '../files/files.ts';
import { UserError } from '../findings/userError.ts';
import { ruleSet } from '../policy/globs.ts';
import type { PathRule, Policy } from '../policy/policy.ts';

/** What the sandbox keeps from being changed and from being read: absolute paths, sorted. */
export interface SandboxPaths {
  readonly denyWrite: readonly string[];
  readonly denyRead: readonly string[];
}

/** The sandbox of Linux takes some 1 500 paths (seen with 2.1.329), its own among them, and refuses to run with more. */
const mostPaths = 1000;
/** Entries of the workspace that are looked at. */
const mostEntries = 200_000;

/** Installed packages: hundreds of folders with names such as `test`, which nobody means with a glob. */
const skipped: ReadonlySet<string> = new Set(['node_modules', '.git']);

/**
 * `.git` is left to the sandbox, which always keeps its hooks and its configuration from being changed: read only as a
 * whole, no commit could be made.
 */
export const isGit = ({ glob }: PathRule): boolean => glob === '.git';

/** The path that a glob names by itself, a trailing `/**` left out; undefined for a pattern. */
function plainPath(glob: string): string | undefined {
  const whole = glob.replace(/\/\*\*$/, '');
  return /[*?[\]]|\\(?![*?[\]\\!#])/.test(whole.replace(/\\./g, '_'))
    ? undefined
    : whole.replace(/\\(.)/g, '$1');
}

/** The sandbox takes what holds one of these for a pattern, and passes over patterns on Linux. */
const looksWild = (file: string): boolean => /[*?[\]{}]/.test(file);

/** What is there of what the rules forbid, and what a rule names by itself whether it is there or not. */
function expand(files: Files, root: string, rules: readonly PathRule[]): readonly string[] {
  const found = new Set<string>();
  for (const { glob } of rules) {
    const plain = plainPath(glob);
    if (plain === undefined) continue;
    found.add(glob.startsWith('//') ? plain.slice(1) : path.join(root, plain));
  }
  const set = ruleSet(rules);
  let left = mostEntries;
  const walk = (folder: string): void => {
    for (const name of files.list(folder === '' ? root : path.join(root, folder))) {
      if (--left < 0 || found.size > mostPaths) return;
      const relative = folder === '' ? name : `${folder}/${name}`;
      const absolute = path.join(root, relative);
      if (found.has(absolute) || skipped.has(name)) continue;
      const names = { relative: [relative], absolute: [absolute.replaceAll('\\', '/')] };
      const isFolder = files.kind(absolute) === 'directory';
      if ((isFolder ? set.covers(names) : set.matches(names)).length > 0)
        found.add(looksWild(relative) && folder !== '' ? path.join(root, folder) : absolute);
      else if (isFolder) walk(relative);
    }
  };
  walk('');
  if (left < 0 || found.size > mostPaths)
    throw new UserError(
      left < 0
        ? `The workspace has more than ${mostEntries} files, too many to tell the sandbox which of them are denied. Start the agent without sandbox, or in a smaller workspace.`
        : `The denied globs match more than ${mostPaths} files, more than the sandbox holds. Deny whole folders in agents/registry.yaml, such as tests/** and not *.test.*, or take sandbox out.`,
    );
  // What lies in a folder that is kept as a whole needs no word of its own.
  return [...found].sort().filter((file, _, all) => !all.some((other) => file.startsWith(other + path.sep)));
}

/** What the sandbox of a session has to hold, by the files that are there at its start. @throws UserError when it is too much. */
export function sandboxPaths(files: Files, root: string, policy: Policy): SandboxPaths {
  return {
    denyWrite: expand(
      files,
      root,
      policy.write.deny.filter((rule) => !isGit(rule)),
    ),
    denyRead: expand(files, root, policy.read.deny),
  };
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
