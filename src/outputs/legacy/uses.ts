// What would break if a directory went: files in it that the registry, or a settings file that is in force, makes use of.
import path from 'node:path';
import { parse } from 'jsonc-parser';
import type { Files } from '../../files/files.ts';
import { inWorkspace } from '../../files/nodeFiles.ts';
import { visible } from '../../findings/visible.ts';
import { type Registry, registryPath } from '../../registry/model.ts';
import { settingsPath } from '../plan.ts';
import type { ReferenceFinder } from './references.ts';

/** Every text in a value, but for what only permits or forbids: a rule about a directory is no use of it. */
function* textsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (typeof value === 'object' && value !== null)
    for (const [key, each] of Object.entries(value))
      if (key !== 'permissions' && key !== 'sandbox') yield* textsIn(each);
}

/** Why directories are in use, in words, by directory name. */
export function usesOf(
  files: Files,
  root: string,
  registry: Registry,
  finder: ReferenceFinder,
): ReadonlyMap<string, string> {
  const uses = new Map<string, string>();
  for (const agent of registry.agents.values())
    for (const file of [...(agent.persona === undefined ? [] : [agent.persona]), ...agent.contextFiles]) {
      const relative = path.relative(root, path.resolve(root, file)).split(path.sep).join('/');
      const [first, name = '', ...rest] = relative.split('/');
      if (first === 'agents' && rest.length > 0 && !uses.has(name))
        uses.set(name, `${agent.id} uses ${visible(relative)} (${registryPath})`);
    }
  const settings = ['.claude/settings.json', '.claude/settings.local.json', '.mcp.json'];
  for (const id of registry.agents.keys()) settings.push(settingsPath(id));
  for (const file of settings) {
    const text = files.read(inWorkspace(root, file))?.text;
    if (text?.includes('agents') !== true) continue;
    for (const each of textsIn(parse(text)))
      for (const name of finder.find(file, each).keys())
        if (!uses.has(name)) uses.set(name, `${file} uses it`);
  }
  return uses;
}
