// The settings file of an agent: what its policy looks like in the CLI's own words.
import type { Json } from '../claude/jsonText.ts';
import { bashRule, readRule, writeRule } from '../claude/permissionRule.ts';
import { bareDenies, builtInAgentTypes } from '../claude/tools.ts';
import type { PathRule, Policy } from '../policy/policy.ts';
import type { Agent, Registry } from '../registry/model.ts';

/** A place in the registry, as `Positions.at` takes it. */
export type RegistryPath = readonly (string | number)[];

/** The commands that a settings file calls; the launch copy names other files than the committed form. */
export interface HookCommands {
  readonly node: string;
  readonly guardArgs: readonly string[];
  readonly reportArgs: readonly string[];
  /** Absolute workspace root, for a launch copy: anchored globs are then written as `//abs`. */
  readonly absoluteRoot?: string;
}

/** Seconds. The guard's own deadline is 5 s, so that it answers before the CLI gives up on it. */
const guardTimeout = 10;
const reportTimeout = 10;

/** Events on which the reporting hook may be silent (CLAUDE-CODE-CONTRACT.md section 2.2); never `WorktreeCreate`. */
export const reportedEvents = [
  'Notification',
  'PermissionRequest',
  'PostToolUse',
  'PostToolUseFailure',
  'SessionEnd',
  'SessionStart',
  'Stop',
  'StopFailure',
  'SubagentStart',
  'SubagentStop',
  'UserPromptSubmit',
] as const;

/** Environment names through which a live settings file could get code into the guard (CLAUDE-CODE-CONTRACT.md section 8). */
export const pinnedEnv = { DYLD_INSERT_LIBRARIES: '', LD_PRELOAD: '', NODE_OPTIONS: '' } as const;

/** The hook commands of the committed form: relative to the workspace, no path of anyone's machine. */
export function committedHooks(id: string, policySha: string): HookCommands {
  const script = (name: string): string => `\${CLAUDE_PROJECT_DIR}/agents/.orchestrator/${name}.mjs`;
  return { node: 'node', guardArgs: [script('guard'), id, policySha], reportArgs: [script('report'), id] };
}

/** The deny rules of an agent, each with the place in the registry that asks for it. */
export function denyRules(
  agent: Agent,
  policy: Policy,
  registry: Registry,
  absoluteRoot?: string,
): ReadonlyMap<string, RegistryPath> {
  const rules = new Map<string, RegistryPath>();
  const add = (rule: string, origin: RegistryPath): void => {
    if (!rules.has(rule)) rules.set(rule, origin);
  };
  const options = absoluteRoot === undefined ? {} : { absoluteRoot };
  for (const rule of policy.write.deny) add(writeRule(rule.glob, options), originOf(rule, agent, registry));
  for (const rule of policy.read.deny) add(readRule(rule.glob, options), originOf(rule, agent, registry));
  agent.denyBash.forEach((prefix, index) => {
    add(bashRule(prefix), ['agents', agent.id, 'deny_bash', index]);
  });
  for (const tool of bareDenies(policy.tools)) add(tool, ['agents', agent.id, 'tools']);
  const delegates = new Set(Object.keys(policy.delegates));
  if (delegates.size === 0 || !policy.tools.includes('Agent')) {
    add('Agent', ['agents', agent.id, 'delegates_to']);
  } else {
    for (const other of [...builtInAgentTypes, ...registry.agents.keys()])
      if (!delegates.has(other)) add(`Agent(${other})`, ['agents', agent.id, 'delegates_to']);
  }
  return rules;
}

function originOf(rule: PathRule, agent: Agent, registry: Registry): RegistryPath {
  const index = (list: readonly string[] | undefined): number => list?.indexOf(rule.glob) ?? -1;
  if (rule.from === 'exclusive_access' && rule.owner !== undefined)
    return [
      'agents',
      rule.owner,
      'exclusive_access',
      index(registry.agents.get(rule.owner)?.exclusiveAccess),
    ];
  if (rule.from === 'cannot_access') return ['agents', agent.id, 'cannot_access', index(agent.cannotAccess)];
  if (rule.from === 'cannot_read') return ['agents', agent.id, 'cannot_read', index(agent.cannotRead)];
  return ['agents', agent.id];
}

/** The contents of an agent's settings file (CLAUDE-CODE-CONTRACT.md section 2.1 for its shape). */
export function settingsOf(agent: Agent, policy: Policy, registry: Registry, hooks: HookCommands): Json {
  const report = [
    {
      hooks: [
        {
          args: hooks.reportArgs,
          async: true,
          command: hooks.node,
          timeout: reportTimeout,
          type: 'command',
        },
      ],
      matcher: '*',
    },
  ];
  const guard = [
    {
      hooks: [
        {
          args: hooks.guardArgs,
          command: hooks.node,
          onFailure: 'block',
          timeout: guardTimeout,
          type: 'command',
        },
      ],
      matcher: '*',
    },
  ];
  const allow = agent.allowBash.map((prefix) => bashRule(prefix)).sort();
  const deny = [...denyRules(agent, policy, registry, hooks.absoluteRoot).keys()].sort();
  return {
    disableAllHooks: false,
    ...(agent.mcpServers === undefined ? {} : { enabledMcpjsonServers: [...agent.mcpServers].sort() }),
    env: { ...agent.env, ...pinnedEnv },
    hooks: {
      PreToolUse: guard,
      ...Object.fromEntries(reportedEvents.map((event) => [event, report])),
    },
    model: agent.model,
    permissions: {
      ...(allow.length === 0 ? {} : { allow }),
      defaultMode: agent.permissionMode,
      deny,
    },
    ...(agent.sandbox ? { sandbox: sandboxOf(policy, hooks.absoluteRoot) } : {}),
  };
}

/** The sandbox that makes the OS refuse too: no way round it, and every denied folder that has a name read-only. */
function sandboxOf(policy: Policy, absoluteRoot: string | undefined): Json {
  const folders = new Set<string>();
  for (const { glob } of policy.write.deny) {
    const folder = glob.replace(/\/\*\*$/, '');
    if (/[*?[\]\\]/.test(folder)) continue; // a pattern; the CLI's sandbox takes paths on Linux
    if (folder.startsWith('//')) folders.add(folder.slice(1));
    else {
      const relative = folder.replace(/^\//, '');
      folders.add(absoluteRoot === undefined ? relative : `${absoluteRoot}/${relative}`);
    }
  }
  return {
    allowUnsandboxedCommands: false,
    enabled: true,
    failIfUnavailable: true,
    filesystem: { denyWrite: [...folders].sort() },
  };
}
