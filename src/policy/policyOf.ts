// Registry → the policy of one agent: every field of the registry that the guard can enforce.
import type { Agent, Registry } from '../registry/model.ts';
import type { PathRule, Policy, ToolFacts } from './policy.ts';

/**
 * What no session may change, whatever its registry entry says (DESIGN.md section 3): the registry, its lock, the
 * outputs, and the settings and git directories at any depth. `.git` without a slash means the directory with all
 * that is in it as well as the `.git` file of a worktree.
 */
const protectedGlobs = [
  '/agents/registry.yaml',
  '/agents/registry.lock.json',
  '/agents/.orchestrator/**',
  'agents/**/.claude/**',
  '.claude/**',
  '.mcp.json',
  '.git',
] as const;

const sortedUnique = (items: Iterable<string>): string[] => [...new Set(items)].sort();

function toolsOf(agent: Agent, facts: ToolFacts): string[] {
  const named = agent.tools.filter((tool) => !tool.startsWith('mcp__')).map(facts.today);
  const implied = named.flatMap((tool) =>
    Object.hasOwn(facts.impliedBy, tool) ? (facts.impliedBy[tool] ?? []) : [],
  );
  return sortedUnique([...named, ...facts.alwaysOn, ...implied]);
}

/** A server's name as it stands in the names of its tools: the CLI (2.1.329) puts `_` for every other character. */
const serverInTools = (server: string): string => server.replace(/[^a-zA-Z0-9_-]/g, '_');

function mcpOf(agent: Agent): string[] {
  const named = agent.tools
    .map((tool) => (tool.endsWith('__*') ? tool.slice(0, -'__*'.length) : tool))
    .filter((tool) => /^mcp__./.test(tool));
  const servers = agent.mcpServers?.map((server) => `mcp__${serverInTools(server)}`);
  if (servers === undefined) return sortedUnique(named);
  return sortedUnique(
    named.filter((tool) => servers.some((server) => tool === server || tool.startsWith(`${server}__`))),
  );
}

/** What each owner has alone, by owner. Few agents own anything, so this is far shorter than the registry. */
function exclusiveRulesOf(registry: Registry): readonly PathRule[] {
  return [...registry.agents.values()]
    .filter((agent) => agent.exclusiveAccess.length > 0)
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .flatMap((owner) =>
      sortedUnique(owner.exclusiveAccess).map(
        (glob): PathRule => ({ glob, from: 'exclusive_access', owner: owner.id }),
      ),
    );
}

const protectedRules = protectedGlobs.map((glob): PathRule => ({ glob, from: 'protected' }));

function ownPolicyOf(
  agent: Agent,
  exclusive: readonly PathRule[],
  facts: ToolFacts,
  delegates: Readonly<Record<string, Policy>>,
): Policy {
  return {
    format: 1,
    agent: agent.id,
    tools: toolsOf(agent, facts),
    mcp: mcpOf(agent),
    write: {
      deny: [
        ...sortedUnique(agent.cannotAccess).map((glob): PathRule => ({ glob, from: 'cannot_access' })),
        ...exclusive.filter((rule) => rule.owner !== agent.id),
        ...protectedRules,
      ],
    },
    read: { deny: sortedUnique(agent.cannotRead).map((glob): PathRule => ({ glob, from: 'cannot_read' })) },
    bash: { allow: sortedUnique(agent.allowBash), deny: sortedUnique(agent.denyBash) },
    delegates,
  };
}

/**
 * The policies of a registry's agents, by id; what all of them share is worked out once. A policy depends on what the
 * registry means and not on the order in which it is written, so moving an agent or a list item changes no byte.
 * `cannot_access` wins over the agent's own `exclusive_access`, since an exclusive path makes no exception from a
 * denied one. A delegate that the registry does not have is left out (the registry's rules report it). Throws when
 * `id` is not an agent of the registry, which is a caller's bug.
 */
export function policiesOf(registry: Registry, facts: ToolFacts): (id: string) => Policy {
  const exclusive = exclusiveRulesOf(registry);
  return (id) => {
    const agent = registry.agents.get(id);
    if (agent === undefined) throw new Error(`The registry has no agent ${JSON.stringify(id)}.`);
    const delegates = sortedUnique(agent.delegatesTo).flatMap((name): [string, Policy][] => {
      const delegate = name === id ? undefined : registry.agents.get(name);
      return delegate === undefined ? [] : [[name, ownPolicyOf(delegate, exclusive, facts, {})]];
    });
    return ownPolicyOf(agent, exclusive, facts, Object.fromEntries(delegates));
  };
}

/** The policy of one agent; for several of a registry, `policiesOf`. */
export function policyOf(registry: Registry, id: string, facts: ToolFacts): Policy {
  return policiesOf(registry, facts)(id);
}
