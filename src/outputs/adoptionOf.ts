// Which field of the registry a key of the settings follows from, and what it would give up to write it there.
import type { Json } from '../claude/jsonText.ts';
import { bashRule } from '../claude/permissionRule.ts';
import type { FieldChange } from '../registry/edit/fieldChange.ts';
import { type Agent, permissionModes, type Registry } from '../registry/model.ts';
import { adoptDeny } from './adoptDeny.ts';
import { type Adoption, listed, no, prefixOf, shown, textsOf, type Unadoptable } from './adoption.ts';
import { segmentsOf } from './leaves.ts';
import type { KeyDrift } from './output.ts';
import { pinnedEnv } from './settings.ts';

/** The changes of the registry that a key of the settings asks for, or why the registry cannot say what it says. */
export function adoptionOf(
  { pointer, found }: Pick<KeyDrift, 'pointer' | 'found'>,
  agent: Agent,
  registry: Registry,
): Adoption | Unadoptable {
  const [first, second, ...deeper] = segmentsOf(pointer);
  if (deeper.length === 0 && first === 'env' && second !== undefined) return adoptEnv(second, found, agent);
  if (first === 'sandbox') return adoptSandbox(pointer, found, agent);
  if (first === 'hooks')
    return no(
      'the hooks are those of the guard and the reports; hooks of your own belong in .claude/settings.json',
    );
  switch (pointer) {
    case '/model':
      return typeof found === 'string'
        ? { changes: [{ kind: 'set', field: 'model', value: found }], givesUp: [] }
        : no('the registry names a model for every agent');
    case '/permissions/defaultMode':
      return adoptMode(found, agent);
    case '/enabledMcpjsonServers':
      return adoptServers(found, agent);
    case '/permissions/allow':
      return adoptAllow(found, agent);
    case '/permissions/deny':
      return adoptDeny(found, agent, registry);
    case '/disableAllHooks':
      return no(
        'it keeps other settings files from switching the guard off, and no field of the registry does that',
      );
    default:
      return no('no field of the registry says that');
  }
}

function adoptEnv(name: string, found: Json | undefined, agent: Agent): Adoption | Unadoptable {
  if (Object.hasOwn(pinnedEnv, name))
    return no('it keeps other programs out of the guard, whatever the registry says');
  if (found === undefined) {
    const isThere = Object.hasOwn(agent.env, name);
    return { changes: isThere ? [{ kind: 'removeEntry', field: 'env', name }] : [], givesUp: [] };
  }
  if (typeof found !== 'string') return no('a variable is a text');
  return { changes: [{ kind: 'setEntry', field: 'env', name, value: found }], givesUp: [] };
}

function adoptSandbox(pointer: string, found: Json | undefined, agent: Agent): Adoption | Unadoptable {
  if (pointer !== '/sandbox/enabled')
    return no(
      'the registry only says whether there is a sandbox; how it is made follows from the other fields',
    );
  if (found === true) return { changes: [{ kind: 'set', field: 'sandbox', value: true }], givesUp: [] };
  if (found === undefined && agent.sandbox)
    return {
      changes: [{ kind: 'set', field: 'sandbox', value: false }],
      givesUp: [`${agent.id} runs its commands without a sandbox`],
    };
  return no(
    'the registry writes no sandbox at all where there is none: take `sandbox` out of the file first, or set `sandbox: false` in the registry',
  );
}

/** From modes that ask most to those that ask nobody. */
const byWidth: readonly string[] = ['plan', 'dontAsk', 'default', 'acceptEdits', 'auto', 'bypassPermissions'];

function adoptMode(found: Json | undefined, agent: Agent): Adoption | Unadoptable {
  const mode = permissionModes.find((known) => known === found);
  if (mode === undefined) return no(`a permission mode is one of ${permissionModes.join(', ')}`);
  const isWider = byWidth.indexOf(mode) > byWidth.indexOf(agent.permissionMode);
  return {
    changes: [{ kind: 'set', field: 'permission_mode', value: mode }],
    givesUp: isWider
      ? [`${agent.id} starts in mode ${mode} instead of ${agent.permissionMode}, which asks less`]
      : [],
  };
}

function listChange(
  field: string,
  before: readonly string[],
  after: readonly string[],
): readonly FieldChange[] {
  const add = after.filter((item) => !before.includes(item));
  const remove = before.filter((item) => !after.includes(item));
  return add.length + remove.length === 0 ? [] : [{ kind: 'items', field, add, remove }];
}

function adoptServers(found: Json | undefined, agent: Agent): Adoption | Unadoptable {
  const servers = textsOf(found);
  if (servers === undefined) return no('the servers are a list of names');
  const before = agent.mcpServers;
  if (found === undefined)
    return before === undefined
      ? { changes: [], givesUp: [] }
      : {
          changes: [{ kind: 'removeField', field: 'mcp_servers' }],
          givesUp: [`${agent.id} may use every MCP server that its tools admit`],
        };
  // A first list, an empty one too, takes away the servers that it does not name.
  if (before === undefined)
    return { changes: [{ kind: 'items', field: 'mcp_servers', add: servers, remove: [] }], givesUp: [] };
  const added = servers.filter((server) => !before.includes(server));
  return {
    changes: listChange('mcp_servers', before, servers),
    givesUp: added.length === 0 ? [] : [`${agent.id} may use the MCP server ${listed(added)}`],
  };
}

function adoptAllow(found: Json | undefined, agent: Agent): Adoption | Unadoptable {
  const rules = textsOf(found);
  if (rules === undefined) return no('the rules are a list of texts');
  const kept = agent.allowBash.filter((prefix) => rules.includes(bashRule(prefix)));
  const there = new Set(kept.map((prefix) => bashRule(prefix)));
  const fresh: string[] = [];
  for (const rule of rules) {
    if (there.has(rule)) continue;
    const prefix = prefixOf(rule);
    if (prefix === undefined)
      return no(
        `the registry can allow nothing but shell commands, as Bash(npm test:*), and ${shown(rule)} is something else`,
      );
    fresh.push(prefix);
  }
  return {
    changes: listChange('allow_bash', agent.allowBash, [...kept, ...fresh]),
    givesUp: fresh.length === 0 ? [] : [`${agent.id} is not asked any more before it runs ${listed(fresh)}`],
  };
}
