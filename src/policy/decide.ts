// The verdict on one tool call: may this agent make it, and if not, which rule of the registry says so.
import { visibleShort } from '../findings/visible.ts';
import type { Call, Denial, ResolvedPath, Verdict } from './call.ts';
import { type RuleSet, ruleSet } from './globs.ts';
import type { PathRule, Policy } from './policy.ts';

const allowed: Verdict = { allow: true };

/** Tools that an older CLI calls by another name (DESIGN.md section 3); a policy has today's names only. */
const todaysNames: ReadonlyMap<string, string> = new Map([
  ['Task', 'Agent'],
  ['SlashCommand', 'Skill'],
  ['MultiEdit', 'Edit'],
]);

/** Whether a tool starts a sub-agent. */
export function startsSubagent(tool: string): boolean {
  return tool === 'Agent' || tool === 'Task';
}

const quoted = (text: string): string => `"${visibleShort(text)}"`;

function isToolAdmitted(policy: Policy, tool: string): boolean {
  if (tool.startsWith('mcp__'))
    return policy.mcp.some((prefix) => tool === prefix || tool.startsWith(`${prefix}__`));
  return policy.tools.includes(todaysNames.get(tool) ?? tool);
}

function toolVerdict(policy: Policy, call: Call): Verdict {
  if (isToolAdmitted(policy, call.tool)) return allowed;
  return {
    allow: false,
    code: 'guard/tool-denied',
    reason: `${policy.agent} may not use the tool ${quoted(call.tool)}: agents/registry.yaml does not list it under tools of ${policy.agent}.`,
    source: `agents.${policy.agent}.tools`,
  };
}

/** The way out of a refused write: the agent that may do it, when the rules name one. */
function handOver(rules: readonly PathRule[]): string {
  const owner = rules.find((rule) => rule.owner !== undefined)?.owner;
  return owner === undefined ? 'Leave it as it is, or ask the user.' : `Hand this to ${owner}.`;
}

function writeDenial(policy: Policy, path: ResolvedPath, rules: readonly PathRule[], rule: PathRule): Denial {
  const what = `${policy.agent} may not change ${quoted(path.shown)}`;
  const glob = quoted(rule.glob);
  if (rule.from === 'protected')
    return {
      allow: false,
      code: 'guard/protected',
      reason: `${what}: ${glob} is protected, no session may change the registry, its outputs or settings. Ask the user to do it.`,
      source: 'protected',
    };
  const holder = rule.owner ?? policy.agent;
  return {
    allow: false,
    code: 'guard/write-denied',
    reason: `${what}: agents/registry.yaml lists ${glob} under ${rule.from} of ${holder}. ${handOver(rules)}`,
    source: `agents.${holder}.${rule.from}`,
  };
}

function writeVerdict(policy: Policy, call: Call): Verdict {
  if (call.writes.length === 0) return allowed;
  const set = ruleSet(policy.write.deny);
  for (const path of call.writes) {
    const rules = path.below === undefined ? set.matches(path) : rulesBelow(set, path, path.below);
    const [rule] = rules;
    if (rule !== undefined) return writeDenial(policy, path, rules, rule);
  }
  return allowed;
}

/** The rules that a call falls under which takes in a path and all that lies below it; those of the first entry that has any. */
function rulesBelow(
  set: RuleSet,
  path: ResolvedPath,
  below: NonNullable<ResolvedPath['below']>,
): readonly PathRule[] {
  for (const rules of [set.covers(path), set.reaches(path)]) if (rules.length > 0) return rules;
  for (const entry of below()) {
    const rules = set.matches(entry);
    if (rules.length > 0) return rules;
  }
  return [];
}

function readVerdict(policy: Policy, call: Call): Verdict {
  if (call.reads.length === 0 || policy.read.deny.length === 0) return allowed;
  const set = ruleSet(policy.read.deny);
  for (const path of call.reads) {
    const [rule] =
      path.below !== undefined
        ? rulesBelow(set, path, path.below)
        : path.isSearched === true
          ? set.covers(path)
          : set.matches(path);
    if (rule !== undefined)
      return {
        allow: false,
        code: 'guard/read-denied',
        reason: `${policy.agent} may not read ${quoted(path.shown)}: agents/registry.yaml lists ${quoted(rule.glob)} under ${rule.from} of ${policy.agent}. Go on without it, or ask the user.`,
        source: `agents.${policy.agent}.${rule.from}`,
      };
  }
  return allowed;
}

function subagentVerdict(policy: Policy, call: Call): Verdict {
  if (!startsSubagent(call.tool)) return allowed;
  if (call.subagent !== undefined && Object.hasOwn(policy.delegates, call.subagent)) return allowed;
  const names = Object.keys(policy.delegates);
  const may = names.length === 0 ? 'It may start none.' : `It may start ${names.join(', ')}.`;
  const what =
    call.subagent === undefined
      ? `${policy.agent} must say in subagent_type which agent to start`
      : `${policy.agent} may not start ${quoted(call.subagent)}`;
  return {
    allow: false,
    code: 'guard/subagent-denied',
    reason: `${what}: agents/registry.yaml lists the agents it may start under delegates_to of ${policy.agent}. ${may}`,
    source: `agents.${policy.agent}.delegates_to`,
  };
}

function ownVerdict(policy: Policy, call: Call): Verdict {
  for (const judge of [toolVerdict, writeVerdict, readVerdict, subagentVerdict]) {
    const verdict = judge(policy, call);
    if (!verdict.allow) return verdict;
  }
  return call.beside === undefined ? allowed : call.beside(policy);
}

/**
 * Judges a call by the policy of the session's agent. A call of a sub-agent needs both policies, the session's and
 * the delegate's; a caller that is not among the delegates may do nothing. The first rule that refuses is named.
 */
export function decide(policy: Policy, call: Call): Verdict {
  if (call.caller === undefined) return ownVerdict(policy, call);
  const delegate = Object.hasOwn(policy.delegates, call.caller) ? policy.delegates[call.caller] : undefined;
  if (delegate === undefined)
    return {
      allow: false,
      code: 'guard/caller-denied',
      reason: `The sub-agent ${quoted(call.caller)} may do nothing in this session: agents/registry.yaml does not list it under delegates_to of ${policy.agent}.`,
      source: `agents.${policy.agent}.delegates_to`,
    };
  const verdict = ownVerdict(policy, call);
  return verdict.allow ? ownVerdict(delegate, call) : verdict;
}
