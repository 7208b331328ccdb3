// What of the globs of a policy is there when a session starts: the sandbox takes paths (docs/decisions/0007).
import path from 'node:path';
import type { Files } from '../files/files.ts';
import { UserError } from '../findings/userError.ts';
import { ruleSet } from '../policy/globs.ts';
import type { PathRule, Policy } from '../policy/policy.ts';
import { isGit, plainPath, type SandboxPaths } from './sandbox.ts';

/** The sandbox of Linux takes some 1 500 paths (seen with 2.1.329), its own among them, and refuses to run with more. */
const mostPaths = 1000;
/** Entries of the workspace that are looked at. */
const mostEntries = 200_000;

/** Installed packages: hundreds of folders with names such as `test`, which nobody means with a glob. */
const skipped: ReadonlySet<string> = new Set(['node_modules', '.git']);

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
