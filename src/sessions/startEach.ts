// Starts several agents, a few at a time: each keeps its place until claude tells something, since its start is what costs.
import path from 'node:path';
import type { Agent } from '../registry/model.ts';
import { type AgentResult, eachAgent } from './eachAgent.ts';
import { processState } from './processTable.ts';
import type { SessionHost } from './sessionHost.ts';
import type { SessionRecord } from './sessionRecord.ts';
import { type RunsWays, runsWords } from './sessionWords.ts';
import { spoolFolder } from './spoolReader.ts';
import type { StartResult } from './startSession.ts';

/** How many start at the same time unless somebody says otherwise: each keeps a processor busy until it can be talked to. */
export const mostAtOnce = 8;
/** What somebody may say. */
export const atOnceRange = { least: 1, most: 64 } as const;

/** Milliseconds that one may keep its place before the next begins, whatever it does. */
const readyWithinMs = 10_000;
const askEveryMs = 50;

/** The agents that "start all" means: those that have `autostart`, and all where none has. */
export function partOfStartAll(agents: readonly Agent[]): readonly string[] {
  const own = agents.filter(({ autostart }) => autostart);
  return (own.length > 0 ? own : agents).map(({ id }) => id);
}

/** Waits until claude told something by its hooks, or ended, or took too long: then the next may start. */
async function untilReady(host: SessionHost, record: SessionRecord): Promise<void> {
  const spool = path.join(spoolFolder(host.stateDirectory), `${record.launch}.jsonl`);
  for (let waited = 0; waited < readyWithinMs; waited += askEveryMs) {
    if (host.files.kind(spool) !== undefined) return;
    if ((await processState(host.machine, record)) === 'gone') return;
    await host.wait(askEveryMs);
  }
}

export interface StartEach {
  /** At most so many at the same time. */
  readonly atOnce: number;
  /** Starts one; what it refuses by a UserError is that agent's result. */
  readonly start: (id: string) => Promise<StartResult>;
  /** How to get to an agent, or rid of it. */
  readonly ways: (id: string) => RunsWays;
  readonly startedWords: (id: string, record: SessionRecord) => string;
  /** Asked before each: what runs by then goes on. */
  readonly isCancelled?: () => boolean;
}

/** Starts the agents; one that runs already is no failure, one of which nobody can tell is. */
export function startEach(
  host: SessionHost,
  ids: readonly string[],
  { atOnce, start, ways, startedWords, isCancelled }: StartEach,
): Promise<readonly AgentResult[]> {
  const one = async (id: string): Promise<AgentResult> => {
    const result = await start(id);
    if (result.kind === 'alreadyRuns') {
      const { live } = result;
      const message = runsWords(id, live, ways(id));
      const isFailure = live.state === 'unknown';
      return { agent: id, result: 'alreadyRuns', message, isFailure, record: live.record };
    }
    const { record } = result;
    if (ids.length > atOnce) await untilReady(host, record);
    return { agent: id, result: 'started', message: startedWords(id, record), isFailure: false, record };
  };
  return eachAgent(ids, atOnce, one, isCancelled);
}
