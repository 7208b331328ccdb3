// Starts agents in tmux, and says what came of each.
import { UserError } from '../findings/userError.ts';
import { visible } from '../findings/visible.ts';
import type { AgentResult } from '../sessions/eachAgent.ts';
import type { SessionHost } from '../sessions/sessionHost.ts';
import { placeWords } from '../sessions/sessionWords.ts';
import type { Launch } from '../sessions/start.ts';
import { mostAtOnce, startEach } from '../sessions/startEach.ts';
import { startInTmux } from '../sessions/startSession.ts';
import type { Tmux } from '../sessions/tmux.ts';
import { printJson } from './render.ts';
import { runsWays } from './startHere.ts';
import type { VerbContext } from './verb.ts';

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

/** Starts the agents in tmux. `prepare` makes the launch of one, and refuses what may not start. */
export function startMany(
  { io }: VerbContext,
  host: SessionHost,
  tmux: Tmux,
  ids: readonly string[],
  prepare: (id: string) => Promise<Launch>,
  atOnce: number = mostAtOnce,
): Promise<readonly AgentResult[]> {
  return startEach(host, ids, {
    atOnce,
    start: (id) => startInTmux(host, tmux, id, io.env, () => prepare(id)),
    ways: runsWays,
    startedWords: (id, record) =>
      `${id} started (${placeWords(record)}). Go to it: native-orchestrator attach ${id}`,
  });
}
