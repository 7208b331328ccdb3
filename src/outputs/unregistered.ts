// Directories below agents/ that no entry of the registry owns.

import type { Files } from '../files/files.ts';
import { inWorkspace } from '../files/nodeFiles.ts';
import { nearMiss } from '../findings/nearMiss.ts';
import type { Registry } from '../registry/model.ts';
import type { UnregisteredDirectory } from './fleet.ts';
import { likenessFinder } from './legacy/successor.ts';
import type { LockEntry } from './lock.ts';

/** The registered id that a directory's name was probably meant to be: the one like it, or a near miss. */
function successorOf(
  name: string,
  registry: Registry,
  likenessOf: ReturnType<typeof likenessFinder>,
): string | undefined {
  const [like, ...others] = likenessOf(name)?.ids ?? [];
  return like !== undefined && others.length === 0 ? like : nearMiss(name, registry.agents.keys());
}

/**
 * Lists them. A directory counts when it looks like an agent's: it holds `.claude`, CLAUDE.md or a prompt of its own
 * name, or the lock knows it.
 */
export function unregisteredDirectories(
  files: Files,
  root: string,
  registry: Registry,
  locked: ReadonlyMap<string, LockEntry>,
): readonly UnregisteredDirectory[] {
  const agents = inWorkspace(root, 'agents');
  const likenessOf = likenessFinder(registry.agents.keys());
  const lockedNames = new Set([...locked.keys()].map((path) => path.split('/')[1] ?? ''));
  const found: UnregisteredDirectory[] = [];
  for (const name of files.list(agents)) {
    if (name.startsWith('.') || name === 'archive' || registry.agents.has(name)) continue;
    const directory = inWorkspace(agents, name);
    if (files.kind(directory) !== 'directory') continue;
    const isOrphan = lockedNames.has(name);
    const prompts: readonly string[] = ['.claude', 'CLAUDE.md', `${name}-agent.md`, `${name}.md`];
    const isAgentLike = files.list(directory).some((entry) => prompts.includes(entry));
    if (!isOrphan && !isAgentLike) continue;
    const looksLike = successorOf(name, registry, likenessOf);
    found.push({ name, isOrphan, ...(looksLike === undefined ? {} : { looksLike }) });
  }
  return found;
}
