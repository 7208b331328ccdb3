// The settings file of an agent: what its policy looks like in the CLI's own words.
import type { Json } from '../claude/jsonText.ts';
import { bashRule, type RuleOptions, readRule, writeRule } from '../claude/permissionRule.ts';
import { bareDenies, builtInAgentTypes } from '../claude/tools.ts';
import type { PathRule, Policy } from '../policy/policy.ts';
import type { Agent, Registry } from '../registry/model.ts';
import { isGit, type SandboxPaths, sandboxOf } from './sandbox.ts';

/** A place in the registry, as `Positions.at` takes it. */
export type RegistryPath = readonly (string | number)[];

/** The commands that a settings file calls; the launch copy names other files than the committed form. */
export interface HookCommands {
  readonly node: string;
  readonly guardArgs: readonly string[];
  readonly reportArgs: readonly string[];
  /** What only a launch copy has. */
  readonly launch?: LaunchPart;
}

export interface LaunchPart {
  /** Absolute workspace root that the session runs in: anchored globs are written as `//abs`. */
  readonly absoluteRoot: string;
  /** The main checkout, for a session that runs in a worktree: its globs hold there as well. */
  readonly otherRoot?: string;
  /** For an agent in the sandbox. */
  readonly sandbox?: SandboxPaths;
  /** Values of `libraryPaths` at the start. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Seconds. The guard's own deadline is 5 s, so that it mostly answers before the CLI gives up on it; a regular
 * expression that takes longer is ended by the CLI, and `onFailure` makes that a refusal.
 */
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
  'TaskCompleted',
  'TaskCreated',
  'TeammateIdle',
  'UserPromptSubmit',
] as const;

/**
 * Environment names through which a live settings file could get code into the guard's node, or end it before it
 * speaks, with the values that close them (CLAUDE-CODE-CONTRACT.md section 8; `LD_AUDIT`, and `LD_DEBUG=help`, which
 * prints and exits 0, were seen to open it). `LD_TRACE_LOADED_OBJECTS` cannot be closed: it works when it is empty too.
 */
export const pinnedEnv = {
  DYLD_INSERT_LIBRARIES: '',
  LD_AUDIT: '',
  LD_DEBUG: '',
  LD_PRELOAD: '',
  NODE_DISABLE_COMPILE_CACHE: '1',
  NODE_OPTIONS: '',
} as const;

/** Where node's own libraries are looked for. People need theirs, so only a launch copy pins these, as it finds them. */
const libraryPaths = ['DYLD_FRAMEWORK_PATH', 'DYLD_LIBRARY_PATH', 'LD_LIBRARY_PATH'] as const;

/**
 * The settings files whose changes the guard keeps out of a running session, by the `source` of `ConfigChange`: exit
 * code 2 there leaves the old settings in force (CLAUDE-CODE-CONTRACT.md section 2.2).
 */
const liveSources = 'local_settings|project_settings|user_settings';

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
  launch?: Pick<LaunchPart, 'absoluteRoot' | 'otherRoot'>,
): ReadonlyMap<string, RegistryPath> {
  const rules = new Map<string, RegistryPath>();
  const add = (rule: string, origin: RegistryPath): void => {
    if (!rules.has(rule)) rules.set(rule, origin);
  };
  const places: readonly RuleOptions[] =
    launch === undefined
      ? [{}]
      : [
          { absoluteRoot: launch.absoluteRoot },
          ...(launch.otherRoot === undefined ? [] : [{ absoluteRoot: launch.otherRoot, isElsewhere: true }]),
        ];
  for (const rule of policy.write.deny) {
    // The CLI makes what a rule names by itself read only in the sandbox; what a pattern matches stays with the tools.
    const glob = agent.sandbox && isGit(rule) ? `**/${rule.glob}` : rule.glob;
    for (const place of places) add(writeRule(glob, place), originOf(rule, agent, registry));
  }
  for (const rule of policy.read.deny)
    for (const place of places) add(readRule(rule.glob, place), originOf(rule, agent, registry));
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

/** The place in the registry that asks for a rule of an agent's policy. */
export function originOf(rule: PathRule, agent: Agent, registry: Registry): RegistryPath {
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
  const guard = (matcher: string): Json => [
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
      matcher,
    },
  ];
  const allow = agent.allowBash.map((prefix) => bashRule(prefix)).sort();
  const { launch } = hooks;
  const deny = [...denyRules(agent, policy, registry, launch).keys()].sort();
  const libraries = launch && Object.fromEntries(libraryPaths.map((name) => [name, launch.env[name] ?? '']));
  return {
    disableAllHooks: false,
    ...(agent.mcpServers === undefined ? {} : { enabledMcpjsonServers: [...agent.mcpServers].sort() }),
    env: { ...agent.env, ...pinnedEnv, ...libraries },
    hooks: {
      ...(launch === undefined ? {} : { ConfigChange: guard(liveSources) }),
      PreToolUse: guard('*'),
      ...Object.fromEntries(reportedEvents.map((event) => [event, report])),
    },
    model: agent.model,
    permissions: {
      ...(allow.length === 0 ? {} : { allow }),
      defaultMode: agent.permissionMode,
      deny,
    },
    ...(agent.sandbox ? { sandbox: sandboxOf(policy, launch?.sandbox) } : {}),
  };
}
