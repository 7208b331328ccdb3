// Directories below agents/ that no entry of the registry owns.

import type { Files } from '../files/files.ts';
import { inWorkspace } from '../files/nodeFiles.ts';
import { nearMiss } from '../findings/nearMiss.ts';
import type { Registry } from '../registry/model.ts';
import type { UnregisteredDirectory } from './fleet.ts';
import type { LockEntry } from './lock.ts';

/** The registered id that a directory's name was probably meant to be: with `-agent`, or a near miss. */
function successorOf(name: string, registry: Registry): string | undefined {
  const withSuffix = `${name}-agent`;
  return registry.agents.has(withSuffix) ? withSuffix : nearMiss(name, registry.agents.keys());
}

/** Lists them. A directory counts when it looks like an agent's: it holds `.claude` or CLAUDE.md, or the lock knows it. */
export function unregisteredDirectories(
  files: Files,
  root: string,
  registry: Registry,
  locked: ReadonlyMap<string, LockEntry>,
): readonly UnregisteredDirectory[] {
  const agents = inWorkspace(root, 'agents');
  const lockedNames = new Set([...locked.keys()].map((path) => path.split('/')[1] ?? ''));
  const found: UnregisteredDirectory[] = [];
  for (const name of files.list(agents)) {
    if (name.startsWith('.') || name === 'archive' || registry.agents.has(name)) continue;
    const directory = inWorkspace(agents, name);
    if (files.kind(directory) !== 'directory') continue;
    const isOrphan = lockedNames.has(name);
    const isAgentLike = files.list(directory).some((entry) => entry === '.claude' || entry === 'CLAUDE.md');
    if (!isOrphan && !isAgentLike) continue;
    const looksLike = successorOf(name, registry);
    found.push({ name, isOrphan, ...(looksLike === undefined ? {} : { looksLike }) });
  }
  return found;
}
