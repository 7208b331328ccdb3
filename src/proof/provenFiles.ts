// Which files a proof is about, by their hashes: when one of them changes, the proof no longer holds.
import type { Files } from '../files/files.ts';
import { inWorkspace } from '../files/nodeFiles.ts';
import { plainText, sha256 } from '../outputs/lock.ts';
import type { HookSources } from '../outputs/output.ts';
import { planShared, policyPath, settingsPath } from '../outputs/plan.ts';

export type Hashes = Readonly<Record<string, string>>;

/** The part that all agents share: the committed hooks, and, under names that no file of a workspace has, those of launch copies. */
export function provenHooks(files: Files, root: string, launchHooks: HookSources): Hashes {
  const hashes: Record<string, string> = {};
  for (const { path } of planShared(launchHooks)) addHash(hashes, files, root, path);
  for (const [name, text] of Object.entries(launchHooks))
    hashes[`//launch/${name}.cjs`] = sha256(plainText(text));
  return hashes;
}

/**
 * sha256 by path of everything that an agent's proof depends on: its settings and policy, and the hooks. An absent or
 * unreadable file has no entry. `hooks`: the shared part, where somebody who asks for many agents has it.
 */
export function provenFiles(
  files: Files,
  root: string,
  id: string,
  launchHooks: HookSources,
  hooks: Hashes = provenHooks(files, root, launchHooks),
): Hashes {
  const hashes: Record<string, string> = {};
  for (const file of [settingsPath(id), policyPath(id)]) addHash(hashes, files, root, file);
  return { ...hashes, ...hooks };
}

function addHash(hashes: Record<string, string>, files: Files, root: string, file: string): void {
  const text = files.read(inWorkspace(root, file))?.text;
  if (text !== undefined) hashes[file] = sha256(plainText(text));
}
