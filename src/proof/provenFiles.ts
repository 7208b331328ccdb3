// Which files a proof is about, by their hashes: when one of them changes, the proof no longer holds.
import type { Files } from '../files/files.ts';
import { inWorkspace } from '../files/nodeFiles.ts';
import { plainText, sha256 } from '../outputs/lock.ts';
import type { HookSources } from '../outputs/output.ts';
import { planShared, policyPath, settingsPath } from '../outputs/plan.ts';

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
  const shared = planShared(launchHooks).map(({ path }) => path);
  for (const file of [settingsPath(id), policyPath(id), ...shared]) {
    const text = files.read(inWorkspace(root, file))?.text;
    if (text !== undefined) hashes[file] = sha256(plainText(text));
  }
  for (const [name, text] of Object.entries(launchHooks))
    hashes[`//launch/${name}.cjs`] = sha256(plainText(text));
  return hashes;
}
