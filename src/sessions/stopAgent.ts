// Ends what runs of an agent, and says what came of it.
import { UserError } from '../findings/userError.ts';
import type { AgentResult } from './eachAgent.ts';
import { liveRecords } from './liveRecords.ts';
import type { SessionHost } from './sessionHost.ts';
import { readRecords } from './sessionRecord.ts';
import { stopWords } from './sessionWords.ts';
import { stopSession } from './stopSession.ts';
import { killTmuxSession } from './tmux.ts';
import { tmuxOfRecord } from './workspaceTmux.ts';

/** Milliseconds for a session to end of its own accord, unless somebody says otherwise. */
export const defaultGraceMs = 10_000;

/** Closes what an agent that ended by itself left on its screen. */
async function clearScreen(host: SessionHost, root: string, id: string): Promise<void> {
  const record = readRecords(host).records.find(({ agent }) => agent === id);
  const tmux = record && tmuxOfRecord(host, root, record);
  if (record !== undefined && tmux !== undefined) await killTmuxSession(tmux, record);
}

/** Ends every live launch of an agent. `root`: of the workspace, absolute. @throws UserError while it is being started. */
export async function stopAgent(
  host: SessionHost,
  root: string,
  id: string,
  graceMs: number = defaultGraceMs,
): Promise<AgentResult> {
  const live = await liveRecords(host, id);
  if (live.length === 0) await clearScreen(host, root, id);
  let last: AgentResult = {
    agent: id,
    result: 'notRunning',
    message: `${id} does not run.`,
    isFailure: false,
  };
  for (const { record, state } of live) {
    if (state === 'starting')
      throw new UserError(`${id} is being started at this moment. Try again in a few seconds.`);
    const tmux = tmuxOfRecord(host, root, record);
    const result = await stopSession(host, record, { graceMs, ...(tmux === undefined ? {} : { tmux }) });
    const isFailure = result === 'unknown' || result === 'survived';
    last = { agent: id, result, message: stopWords[result](id, record), isFailure, record };
    if (isFailure) return last;
  }
  return last;
}
