// What the lines of spools add up to: which hooks of which agent fired, and which were silent while tools were used.
import { type AgentFirings, type Firing, hookKey, type Silence } from '../claude/hookEvidence.ts';
import type { SpoolLine } from '../protocol/spoolLine.ts';

/** Codes with which the guard refuses a call that it could not judge. */
export const failureCodes: ReadonlySet<string> = new Set(['guard/cannot-decide', 'guard/unclear-call']);

/** Bounds on what a spool can make us keep; a launch has one agent, and the CLI some thirty events. */
const mostAgents = 16;
const mostHooks = 80;
const mostTimes = 500;
const mostIds = 20_000;

/** Evidence that is older says little about the outputs of today: it no longer makes a hook "silent". Milliseconds. */
const freshMs = 7 * 24 * 60 * 60 * 1000;

interface HookTally {
  count: number;
  refused: number;
  failures: number;
  last: string;
  times: number[];
}

interface AgentTally {
  readonly hooks: Map<string, HookTally>;
  /** Ids of the tool calls that the guard told of. */
  readonly guarded: Set<string>;
  /** The last tool use that a report told of. */
  lastUse: { at: string; tool: string; isGuarded: boolean } | undefined;
}

/** The sums of one spool file, which is one launch. */
export class LaunchTally {
  /** Whether the file was read from its beginning. */
  readonly #isWhole: boolean;
  readonly #agents = new Map<string, AgentTally>();
  readonly #ids = new Set<string>();

  constructor(isWhole: boolean) {
    this.#isWhole = isWhole;
  }

  /** Takes one line in; a line whose id was seen before counts once. */
  add(line: SpoolLine): void {
    if (this.#ids.has(line.id)) return;
    if (this.#ids.size >= mostIds) this.#ids.clear();
    this.#ids.add(line.id);
    const agent = this.#agentOf(line.agent);
    const hook = agent && hookOf(agent, hookKey(line.src, line.event));
    if (agent === undefined || hook === undefined) return;
    hook.count++;
    if (line.t > hook.last) hook.last = line.t;
    const failed = line.src === 'guard' && failureCodes.has(line.code ?? '');
    if (failed) hook.failures++;
    else if (line.verdict === 'deny') hook.refused++;
    // What a report carries as `ms` is how long the tool took, not the hook.
    if (line.src === 'guard' && line.ms !== undefined && line.ms >= 0) {
      hook.times.push(line.ms);
      if (hook.times.length > mostTimes) hook.times.splice(0, hook.times.length - mostTimes);
    }
    if (line.src === 'guard' && line.event === 'PreToolUse') {
      if (agent.guarded.size >= mostIds) agent.guarded.clear();
      agent.guarded.add(line.toolUseId ?? '');
    }
    if (line.src === 'report' && line.event === 'PostToolUse') {
      // A part of a file may lack the guard's line of a call that took long.
      const isGuarded =
        this.#isWhole && line.toolUseId !== undefined
          ? agent.guarded.has(line.toolUseId)
          : agent.guarded.size > 0;
      agent.lastUse = { at: line.t, tool: line.tool ?? 'a tool', isGuarded };
    }
  }

  get agents(): Iterable<string> {
    return this.#agents.keys();
  }

  /** The sums of one agent's hooks. */
  hooksOf(agent: string): ReadonlyMap<string, HookTally> {
    return this.#agents.get(agent)?.hooks ?? new Map();
  }

  /** The hooks that were silent although tools were used; undefined when no tool was seen to be used. */
  silencesOf(agent: string): ReadonlyMap<string, Silence> | undefined {
    const tally = this.#agents.get(agent);
    const guard = tally?.hooks.get(hookKey('guard', 'PreToolUse'));
    const use = tally?.lastUse ?? (guard && { at: guard.last, tool: 'a tool', isGuarded: true });
    if (tally === undefined || use === undefined) return undefined;
    const silent = new Map<string, Silence>();
    const silence = { since: use.at, tool: use.tool };
    if (!use.isGuarded) silent.set(hookKey('guard', 'PreToolUse'), silence);
    // Every session starts before it uses a tool; of other events it is not certain that they came.
    const start = hookKey('report', 'SessionStart');
    if (this.#isWhole && !tally.hooks.has(start)) silent.set(start, silence);
    return silent;
  }

  /** When the agent's last tool use was, for finding its newest launch. */
  lastUseOf(agent: string): string {
    const tally = this.#agents.get(agent);
    return tally?.lastUse?.at ?? tally?.hooks.get(hookKey('guard', 'PreToolUse'))?.last ?? '';
  }

  get isWhole(): boolean {
    return this.#isWhole;
  }

  #agentOf(id: string): AgentTally | undefined {
    const known = this.#agents.get(id);
    if (known !== undefined) return known;
    if (this.#agents.size >= mostAgents || !/^[a-z][a-z0-9-]{0,63}$/.test(id)) return undefined;
    const made: AgentTally = { hooks: new Map(), guarded: new Set(), lastUse: undefined };
    this.#agents.set(id, made);
    return made;
  }
}

function hookOf({ hooks }: AgentTally, key: string): HookTally | undefined {
  const known = hooks.get(key);
  if (known !== undefined) return known;
  if (hooks.size >= mostHooks) return undefined;
  const made: HookTally = { count: 0, refused: 0, failures: 0, last: '', times: [] };
  hooks.set(key, made);
  return made;
}

/** The sums over all launches, by agent. `now`: milliseconds since 1970. `isComplete`: no spool file was left out. */
export function firingsOf(
  launches: Iterable<LaunchTally>,
  now: number,
  isComplete: boolean,
): ReadonlyMap<string, AgentFirings> {
  const byAgent = new Map<string, LaunchTally[]>();
  for (const launch of launches)
    for (const agent of launch.agents) byAgent.set(agent, [...(byAgent.get(agent) ?? []), launch]);
  const firings = new Map<string, AgentFirings>();
  for (const [agent, own] of byAgent) {
    const newestFirst = own
      .map((launch) => ({ launch, at: launch.lastUseOf(agent) }))
      .sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
    const fired = new Map<string, Firing>();
    for (const { launch } of newestFirst)
      for (const [key, tally] of launch.hooksOf(agent))
        fired.set(key, joined(fired.get(key), tally, !isComplete || !launch.isWhole));
    const [newest] = newestFirst;
    const isFresh = newest !== undefined && now - Date.parse(newest.at) < freshMs;
    const silent = isFresh ? newest.launch.silencesOf(agent) : undefined;
    firings.set(agent, { fired, silent: silent ?? new Map() });
  }
  return firings;
}

/** `known` is of newer launches. */
function joined(known: Firing | undefined, tally: HookTally, isPartial: boolean): Firing {
  if (known === undefined) return { ...tally, times: [...tally.times], isPartial };
  return {
    last: known.last > tally.last ? known.last : tally.last,
    count: known.count + tally.count,
    refused: known.refused + tally.refused,
    failures: known.failures + tally.failures,
    times:
      known.times.length >= mostTimes ? known.times : [...known.times, ...tally.times].slice(0, mostTimes),
    isPartial: known.isPartial || isPartial,
  };
}
