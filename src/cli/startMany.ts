// Starts agents in tmux, a few at a time, and says what came of each.
import path from 'node:path';
import { isUserError, UserError } from '../findings/userError.ts';
import { visible } from '../findings/visible.ts';
import { processState } from '../sessions/processTable.ts';
import type { SessionHost } from '../sessions/sessionHost.ts';
import type { SessionRecord } from '../sessions/sessionRecord.ts';
import { spoolFolder } from '../sessions/spoolReader.ts';
import type { Launch } from '../sessions/start.ts';
import { startInTmux } from '../sessions/startSession.ts';
import type { Tmux } from '../sessions/tmux.ts';
import { printJson } from './render.ts';
import { placeWords } from './sessionHost.ts';
import { runsWords } from './startHere.ts';
import type { VerbContext } from './verb.ts';

/** How many start at the same time: each is a program that keeps a processor busy until it can be talked to. */
export const mostAtOnce = 8;
/** Milliseconds that one may keep its place before the next begins, whatever it does. */
const readyWithinMs = 10_000;
const askEveryMs = 50;

/** What came of one agent. */
export interface AgentResult {
  readonly agent: string;
  readonly result: string;
  /** One sentence for a person. */
  readonly message: string;
  readonly isFailure: boolean;
  readonly record?: SessionRecord;
}

/** Does the work for every agent, at most so many at a time; the results are in their order. */
export async function eachAgent(
  ids: readonly string[],
  most: number,
  work: (id: string) => Promise<AgentResult>,
): Promise<readonly AgentResult[]> {
  const results = new Map<string, AgentResult>();
  const waiting = [...ids];
  const next = async (): Promise<void> => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      try {
        results.set(id, await work(id));
      } catch (error) {
        if (!isUserError(error)) throw error;
        results.set(id, { agent: id, result: 'refused', message: error.message, isFailure: true });
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(most, ids.length) }, next));
  return ids.flatMap((id) => results.get(id) ?? []);
}

/**
 * Says what came of each agent. Exit code 0 when all is as wanted, 1 when some could not be, 2 when none could.
 * @throws UserError for the one agent that was named and could not be.
 */
export function tellResults({ io, format }: VerbContext, results: readonly AgentResult[]): number {
  const failed = results.filter(({ isFailure }) => isFailure);
  const [only] = failed;
  if (results.length === 1 && only !== undefined) throw new UserError(only.message);
  const code = failed.length === 0 ? 0 : failed.length === results.length ? 2 : 1;
  if (format === 'json') {
    const sessions = results.map(({ agent, result, message, record }) => ({
      agent,
      result,
      message,
      ...(record === undefined
        ? {}
        : { launch: record.launch, runner: record.runner, pid: record.pid ?? null }),
    }));
    printJson(io, { findings: [], sessions, summary: { ok: failed.length === 0, failed: failed.length } });
    return code;
  }
  for (const { message, isFailure } of results) (isFailure ? io.err : io.out)(`${visible(message)}\n`);
  return code;
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

/** Starts the agents in tmux. `prepare` makes the launch of one, and refuses what may not start. */
export async function startMany(
  { io }: VerbContext,
  host: SessionHost,
  tmux: Tmux,
  ids: readonly string[],
  prepare: (id: string) => Promise<Launch>,
): Promise<readonly AgentResult[]> {
  return eachAgent(ids, mostAtOnce, async (id) => {
    const result = await startInTmux(host, tmux, id, io.env, () => prepare(id));
    if (result.kind === 'alreadyRuns') {
      const isFailure = result.live.state === 'unknown';
      return {
        agent: id,
        result: 'alreadyRuns',
        message: runsWords(id, result),
        isFailure,
        record: result.live.record,
      };
    }
    const { record } = result;
    if (ids.length > mostAtOnce) await untilReady(host, record);
    const message = `${id} started (${placeWords(record)}). Go to it: native-orchestrator attach ${id}`;
    return { agent: id, result: 'started', message, isFailure: false, record };
  });
}
