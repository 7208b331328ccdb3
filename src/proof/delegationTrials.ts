// What is tried with sub-agents: to start those that an agent must not, and, in those that it may, what only one of the two may. Pure.
import { builtInAgentTypes } from '../claude/tools.ts';
import { plannerOf } from '../outputs/plan.ts';
import type { PathRule, Policy } from '../policy/policy.ts';
import { freePath } from './controlTrials.ts';
import { readOf, type Subject, standInAt, writeOf } from './fileTrials.ts';
import { isUnder, standIn } from './standIns.ts';
import type { StandIn, Trial, Trials } from './trial.ts';

/** The first message of a sub-agent: its conversation is known by it. */
const taskOf = (caller: string, type: string): string =>
  `A step of the proof: ${caller} starts ${type}. Go on.`;

function startOf(subject: Subject, type: string): Pick<Trial, 'tool' | 'target' | 'input' | 'effect'> {
  const task = taskOf(subject.agent.id, type);
  return {
    tool: 'Agent',
    target: type,
    input: { description: 'A step of the proof', prompt: task, subagent_type: type },
    effect: { sign: 'answered', task },
  };
}

/** A path that one set of rules forbids and the other does not. */
function between(
  forbids: readonly PathRule[],
  allows: readonly PathRule[],
  word: string,
): { readonly rule: PathRule; readonly path: string } | undefined {
  for (const rule of forbids) {
    if (rule.from === 'protected') continue;
    const path = standIn(rule, { word, ending: '.txt' });
    if (path !== undefined && !isUnder(allows, path)) return { rule, path };
  }
  return undefined;
}

/** What a delegate tries as a sub-agent: it has what both may, and nothing beyond. */
function insideTrials(subject: Subject, delegate: string, theirs: Policy): Trials {
  const { policy, root, agent } = subject;
  const standIns: StandIn[] = [];
  const trials: Trial[] = [];
  const facts = {
    kind: 'delegation' as const,
    subagent: delegate,
    enforceable: true,
    origin: ['agents', agent.id, 'delegates_to'],
  };
  const bothMay = (tool: string): boolean => policy.tools.includes(tool) && theirs.tools.includes(tool);
  const word = (what: string): string => `proof-${what}-${delegate}`;
  const tries = (what: string, forbids: Policy, allows: Policy, heldBy: Trial['heldBy']): void => {
    const found = between(forbids.write.deny, allows.write.deny, word(what));
    if (found === undefined) return;
    trials.push({
      ...facts,
      expected: 'blocked',
      heldBy,
      target: found.path,
      rule: found.rule.glob,
      ...writeOf(root, found.path),
    });
  };
  // The caller's limits hold in it, whatever its own are; its own are known to the guard alone.
  tries('caller', policy, theirs, ['rules', 'guard']);
  tries('delegate', theirs, policy, bothMay('Write') ? ['guard'] : ['rules', 'guard']);
  const denied = [policy, theirs].flatMap(({ write, read }) => [...write.deny, ...read.deny]);
  const free = freePath(denied, `${word('both')}.txt`);
  if (free !== undefined && bothMay('Write'))
    trials.push({ ...facts, expected: 'allowed', heldBy: [], target: free, ...writeOf(root, free) });
  else if (free !== undefined && bothMay('Read')) {
    standIns.push(standInAt(free));
    trials.push({ ...facts, expected: 'allowed', heldBy: [], target: free, ...readOf(root, free) });
  }
  return { trials, standIns };
}

const stranger = 'nobody-registered';

/** What an agent type is to the rules and to the guard: registered, the CLI's own, or unheard of. */
export function sortOfType(type: string): 'registered' | 'built-in' | 'unknown' {
  if (type === stranger) return 'unknown';
  return (builtInAgentTypes as readonly string[]).includes(type) ? 'built-in' : 'registered';
}

/** The first of each sort. */
function oneOfEachSort(types: readonly string[]): readonly string[] {
  return types.filter(
    (type, index) => types.findIndex((each) => sortOfType(each) === sortOfType(type)) === index,
  );
}

/**
 * One attempt for each agent type that must not be started, and one start of each delegate with its attempts inside. To
 * an agent that may start nobody the tool itself is missing, whatever type is named: there it is one of each sort.
 */
export function delegationTrials(subject: Subject): Trials {
  const { agent, registry, policy } = subject;
  const delegates = Object.keys(policy.delegates);
  const mayStart = policy.tools.includes('Agent') ? delegates : [];
  const others = [...registry.agents.keys(), ...builtInAgentTypes, stranger].filter(
    (type) => !mayStart.includes(type),
  );
  const tried = mayStart.length > 0 ? [...new Set(others)] : oneOfEachSort(others);
  const origin = ['agents', agent.id, 'delegates_to'];
  const forbidden = tried.map(
    (type): Trial => ({
      ...startOf(subject, type),
      kind: 'delegation',
      expected: 'blocked',
      enforceable: true,
      origin,
      // No rule can name a type that nobody knew of.
      heldBy: type === stranger && mayStart.length > 0 ? ['guard'] : ['rules', 'guard'],
    }),
  );
  const planner = plannerOf(registry);
  const allowed = mayStart.map((id) => {
    const inside = insideTrials(subject, id, planner.policyOf(id));
    const trial: Trial = {
      ...startOf(subject, id),
      kind: 'delegation',
      expected: 'allowed',
      enforceable: true,
      origin,
      heldBy: [],
      inside: inside.trials,
    };
    return { trial, standIns: inside.standIns };
  });
  return {
    trials: [...forbidden, ...allowed.map(({ trial }) => trial)],
    standIns: allowed.flatMap(({ standIns }) => standIns),
  };
}
