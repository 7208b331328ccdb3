// The verdict on one tool call: may this agent make it, and if not, which rule of the registry says so.
import { visibleShort } from '../findings/visible.ts';
import type { GuardCode } from './codes.ts';
import { type PathNames, ruleSet } from './globs.ts';
import type { PathRule, Policy } from './policy.ts';

/** A path that a call names, with everything it may be called on the disk. */
export interface ResolvedPath extends PathNames {
  /** As the call wrote it. */
  readonly shown: string;
  /** True when the call takes in what lies below the path, as a search does. */
  readonly isSearched?: boolean;
}

export interface Call {
  /** The tool's name as the CLI gives it, `mcp__server__tool` included. */
  readonly tool: string;
  /** The paths that the call would create, change or delete. */
  readonly writes: readonly ResolvedPath[];
  readonly reads: readonly ResolvedPath[];
  /** For a call that starts a sub-agent: the type it names; absent when it names none. */
  readonly subagent?: string;
  /** The type of the sub-agent that makes the call; absent when the session's own agent makes it. */
  readonly caller?: string;
}

export interface Denial {
  readonly allow: false;
  readonly code: GuardCode;
  /** One or two sentences for the model and the person: what was refused, by which rule, and the way out. */
  readonly reason: string;
  /** The place of the rule, such as `agents.backend-agent.cannot_access`, or `protected`. */
  readonly source: string;
}

export type Verdict = { readonly allow: true } | Denial;

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
    const rules = set.matches(path);
    const [rule] = rules;
    if (rule !== undefined) return writeDenial(policy, path, rules, rule);
  }
  return allowed;
}

function readVerdict(policy: Policy, call: Call): Verdict {
  if (call.reads.length === 0 || policy.read.deny.length === 0) return allowed;
  const set = ruleSet(policy.read.deny);
  for (const path of call.reads) {
    const [rule] = path.isSearched === true ? set.covers(path) : set.matches(path);
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
  return allowed;
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
