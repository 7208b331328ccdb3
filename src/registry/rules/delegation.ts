// Rules about who may delegate to whom, but for what a delegate can do as a sub-agent.
import { nearMiss } from '../../findings/nearMiss.ts';
import { visibleShort } from '../../findings/visible.ts';
import type { Draft } from '../draft.ts';
import { textsOf } from '../entry.ts';
import {
  agentArg,
  type Fleet,
  fieldSpan,
  idSpan,
  itemSpan,
  type Member,
  memberSpan,
  writersOf,
} from '../fleet.ts';
import { didYouMean } from '../wording.ts';

/** The tool that starts sub-agents, by its old and its present name. */
const delegationTools = ['Task', 'Agent'];

export function* unknownDelegates(fleet: Fleet): Generator<Draft> {
  for (const placed of writersOf(fleet, 'delegates_to'))
    for (const [index, id] of textsOf(placed.entry, 'delegates_to')) {
      if (fleet.ids.has(id)) continue;
      const shown = visibleShort(id);
      const meant = nearMiss(id, fleet.ids);
      yield {
        code: 'registry/unknown-delegate',
        span: itemSpan(placed, 'delegates_to', index),
        ...agentArg(placed.entry),
        args: { delegate: shown, ...(meant === undefined ? {} : { meant: visibleShort(meant) }) },
        message: `There is no agent \`${shown}\` to delegate to.${didYouMean(meant)}`,
      };
    }
}

export function* selfDelegations(fleet: Fleet): Generator<Draft> {
  for (const member of fleet.members.values()) {
    const { id, delegatesTo } = member.agent;
    const index = delegatesTo.indexOf(id);
    if (index < 0) continue;
    const isOwn = member.placed.entry.fields.has('delegates_to');
    yield {
      code: 'registry/self-delegation',
      span: isOwn ? memberSpan(fleet, member, 'delegates_to', index) : idSpan(member),
      agent: id,
      args: { agent: id },
      message: isOwn
        ? `\`${visibleShort(id)}\` delegates to itself. Remove the entry.`
        : `By \`defaults\`, \`${visibleShort(id)}\` delegates to itself. Give it a \`delegates_to\` of its own.`,
    };
  }
}

/** One warning per group of agents that can hand work round in a circle, on the first step of it. */
export function* delegationCycles(fleet: Fleet): Generator<Draft> {
  for (const group of circles(fleet)) {
    const [first] = group;
    const member = first === undefined ? undefined : fleet.members.get(first);
    if (first === undefined || member === undefined) continue;
    const path = shortestCircle(fleet, first, group);
    const index = member.agent.delegatesTo.indexOf(path[1] ?? first);
    const names = path.map((id) => visibleShort(id));
    yield {
      code: 'registry/delegation-cycle',
      span: memberSpan(fleet, member, 'delegates_to', index),
      agent: first,
      args: { agents: names },
      message: `Work can go round in a circle: ${shownPath(names)}. It may never be finished; remove one of the delegations.`,
    };
  }
}

function shownPath(names: readonly string[]): string {
  const shown = names.length > 8 ? [...names.slice(0, 6), '…', names.at(-1)] : names;
  return shown.map((name) => `\`${name}\``).join(' → ');
}

/** Tarjan's strongly connected groups of two or more, each in the registry's order. Iterative: chains may be long. */
function circles(fleet: Fleet): string[][] {
  const order = [...fleet.members.keys()];
  const rank = new Map(order.map((id, index) => [id, index]));
  const number = new Map<string, number>();
  const low = new Map<string, number>();
  const open: string[] = [];
  const isOpen = new Set<string>();
  const found: string[][] = [];
  const enter = (id: string): { id: string; next: number } => {
    number.set(id, number.size);
    low.set(id, number.size - 1);
    open.push(id);
    isOpen.add(id);
    return { id, next: 0 };
  };
  const lower = (id: string, to: number | undefined): void => {
    low.set(id, Math.min(low.get(id) ?? 0, to ?? 0));
  };
  for (const start of order) {
    if (number.has(start) || delegatesOf(fleet, start).length === 0) continue;
    const stack = [enter(start)];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const delegate = delegatesOf(fleet, top.id)[top.next++];
      if (delegate !== undefined) {
        if (!fleet.members.has(delegate)) continue;
        if (!number.has(delegate)) stack.push(enter(delegate));
        else if (isOpen.has(delegate)) lower(top.id, number.get(delegate));
        continue;
      }
      stack.pop();
      const caller = stack.at(-1);
      if (caller !== undefined) lower(caller.id, low.get(top.id));
      if (low.get(top.id) !== number.get(top.id)) continue;
      const group = open.splice(open.lastIndexOf(top.id));
      for (const id of group) isOpen.delete(id);
      if (group.length > 1) found.push(group.sort((a, b) => (rank.get(a) ?? 0) - (rank.get(b) ?? 0)));
    }
  }
  return found;
}

const delegatesOf = (fleet: Fleet, id: string): readonly string[] =>
  fleet.members.get(id)?.agent.delegatesTo ?? [];

/** The shortest way from an agent back to itself within its group, both ends included. */
function shortestCircle(fleet: Fleet, start: string, group: readonly string[]): string[] {
  const within = new Set(group);
  const cameFrom = new Map<string, string>();
  const queue = [start];
  for (const id of queue)
    for (const delegate of delegatesOf(fleet, id)) {
      if (delegate === start && id !== start) {
        const path = [start];
        for (let at: string | undefined = id; at !== undefined && at !== start; at = cameFrom.get(at))
          path.push(at);
        return [...path, start].reverse();
      }
      if (!within.has(delegate) || delegate === start || cameFrom.has(delegate)) continue;
      cameFrom.set(delegate, id);
      queue.push(delegate);
    }
  return [start];
}

/** The tool without anybody to delegate to, and the reverse. */
export function* unmatchedTools(fleet: Fleet): Generator<Draft> {
  for (const member of fleet.members.values()) yield* toolAndDelegates(fleet, member);
}

function* toolAndDelegates(fleet: Fleet, member: Member): Generator<Draft> {
  const { id, tools, delegatesTo } = member.agent;
  const { placed } = member;
  const index = tools.findIndex((tool) => delegationTools.includes(tool));
  const tool = tools[index];
  // When both come from the defaults there is nothing in the agent to change.
  if (tool !== undefined && delegatesTo.length === 0 && placed.entry.fields.has('tools'))
    yield {
      code: 'registry/delegation-tool-unused',
      span: memberSpan(fleet, member, 'tools', index),
      agent: id,
      args: { tool },
      message: `\`${visibleShort(id)}\` has \`${tool}\` but nobody in \`delegates_to\`, so the tool is denied. Name the delegates, or drop the tool.`,
    };
  if (tool === undefined && delegatesTo.length > 0 && placed.entry.fields.has('delegates_to'))
    yield {
      code: 'registry/delegation-tool-missing',
      span: fieldSpan(placed, 'delegates_to'),
      agent: id,
      args: {},
      message: `\`${visibleShort(id)}\` may delegate, but \`Agent\` is not among its tools, so it can start no sub-agents. Add the tool, or leave it at handoffs.`,
    };
}
