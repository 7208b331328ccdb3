// Which files a proof is about, by their hashes: when one of them changes, the proof no longer holds.
import type { Files } from '../files/files.ts';
import { inWorkspace } from '../files/nodeFiles.ts';
import { plainText, sha256 } from '../outputs/lock.ts';
import type { HookSources } from '../outputs/output.ts';
import { bashPath, guardPath, policyPath, reportPath, settingsPath } from '../outputs/plan.ts';

/**
 * sha256 by path of everything that an agent's proof depends on: its settings and policy, the committed hooks, and,
 * under names that no file of a workspace has, the hooks of launch copies. An absent or unreadable file has no entry.
 */
export function provenFiles(
  files: Files,
  root: string,
  id: string,
  launchHooks: HookSources,
): Readonly<Record<string, string>> {
  const hashes: Record<string, string> = {};
  for (const file of [settingsPath(id), policyPath(id), guardPath, bashPath, reportPath]) {
    const text = files.read(inWorkspace(root, file))?.text;
    if (text !== undefined) hashes[file] = sha256(plainText(text));
  }
  hashes['//launch/guard.cjs'] = sha256(plainText(launchHooks.guard));
  hashes['//launch/bash.cjs'] = sha256(plainText(launchHooks.bash));
  hashes['//launch/report.cjs'] = sha256(plainText(launchHooks.report));
  return hashes;
}
