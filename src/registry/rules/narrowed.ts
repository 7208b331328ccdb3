// The rule about delegates that cannot do their whole job as sub-agents, since their caller lacks a right of theirs.
import { visibleShort } from '../../findings/visible.ts';
import type { Draft } from '../draft.ts';
import { type Fleet, type Member, memberSpan } from '../fleet.ts';
import { GlobCover } from '../globCover.ts';
import { alwaysOnTools, canWrite, todaysTool } from '../toolNames.ts';
import { someOf } from '../wording.ts';

/** How many tools and paths a message names before it only counts them. */
const mostNamed = 4;

/** At most one finding for each caller and delegate. */
export function* narrowedDelegates(fleet: Fleet): Generator<Draft> {
  const admitted = new Map<Member, ReadonlySet<string>>();
  const covers = new Map<Member, GlobCover>();
  const owners = ownersOf(fleet);
  for (const caller of fleet.members.values())
    for (const [index, id] of caller.agent.delegatesTo.entries()) {
      const delegate = fleet.members.get(id);
      if (delegate === undefined || delegate === caller || caller.agent.delegatesTo.indexOf(id) !== index)
        continue;
      const callersTools = remembered(admitted, caller, toolsOf);
      const tools = [...remembered(admitted, delegate, toolsOf)].filter(
        (tool) => !isAdmitted(tool, callersTools),
      );
      const cover = remembered(covers, delegate, (member) => new GlobCover(member.agent.cannotAccess));
      const paths = canWrite(delegate.agent.tools) ? lostPaths(caller, delegate, cover, owners) : [];
      if (tools.length + paths.length === 0) continue;
      const names = { caller: visibleShort(caller.agent.id), delegate: visibleShort(id) };
      yield {
        code: 'registry/delegation-narrowed',
        span: memberSpan(fleet, caller, 'delegates_to', index),
        agent: caller.agent.id,
        args: {
          ...names,
          tools: tools.map((tool) => visibleShort(tool)),
          paths: paths.map((path) => visibleShort(path)),
        },
        message: `As a sub-agent of \`${names.caller}\`, \`${names.delegate}\` ${lossOf(tools, paths)}, since its caller may not. Hand such work to its own session.`,
      };
    }
}

function remembered<K, V>(known: Map<K, V>, key: K, make: (key: K) => V): V {
  const value = known.get(key) ?? make(key);
  known.set(key, value);
  return value;
}

/** A sub-agent starts no sub-agents itself, so the tool for it is no loss. */
function toolsOf(member: Member): ReadonlySet<string> {
  const tools = new Set(member.agent.tools.map(todaysTool).filter((tool) => !alwaysOnTools.has(tool)));
  tools.delete('Agent');
  return tools;
}

function isAdmitted(tool: string, tools: ReadonlySet<string>): boolean {
  if (tools.has(tool)) return true;
  // `mcp__server` admits every tool of the server.
  return tool.startsWith('mcp__') && tools.has(tool.split('__', 2).join('__'));
}

/** Who else an exclusive glob belongs to, so that a delegate is not said to lose what it never had. */
type Owners = (glob: string) => readonly Member[];

function ownersOf(fleet: Fleet): Owners {
  const byGlob = new Map<string, Member>();
  for (const member of fleet.members.values())
    for (const glob of member.agent.exclusiveAccess) byGlob.set(glob, member);
  const cover = new GlobCover(byGlob.keys());
  return (glob) => [...cover.covering(glob)].flatMap((each) => byGlob.get(each) ?? []);
}

/** What the caller must not change and the delegate may: denied to the one only, or exclusive to the other. */
function lostPaths(
  caller: Member,
  delegate: Member,
  delegateDenies: GlobCover,
  owners: Owners,
): readonly string[] {
  const candidates = new Set([...delegate.agent.exclusiveAccess, ...caller.agent.cannotAccess]);
  return [...candidates].filter(
    (glob) => delegateDenies.covering(glob).size === 0 && owners(glob).every((owner) => owner === delegate),
  );
}

function lossOf(tools: readonly string[], paths: readonly string[]): string {
  const parts = [];
  if (tools.length > 0) parts.push(`cannot use ${someOf(tools.slice(0, mostNamed), tools.length)}`);
  if (paths.length > 0) parts.push(`cannot change ${someOf(paths.slice(0, mostNamed), paths.length)}`);
  return parts.join(' and ');
}
