// What every surface says of a session in the same words: where it runs, why it is not started again, how it ended.
import type { LiveRecord } from './liveRecords.ts';
import type { SessionRecord } from './sessionRecord.ts';
import type { StopResult } from './stopSession.ts';

/** `tmux, pid 4711`. */
export const placeWords = ({ runner, pid }: Pick<SessionRecord, 'runner' | 'pid'>): string =>
  `${runner}${pid === undefined ? '' : `, pid ${pid}`}`;

/** What a surface offers for an agent that runs; each a sentence. */
export interface RunsWays {
  readonly toEnd: string;
  /** To one in tmux. */
  readonly toIt: string;
}

/** Why an agent that runs is not started once more, and how to get to it. */
export function runsWords(id: string, { record, state }: LiveRecord, ways: RunsWays): string {
  if (state === 'starting') return `${id} is being started already. Nothing was started.`;
  if (state === 'unknown')
    return `${id} was started as pid ${record.pid}, and the system does not say whether that is still it. Nothing was started. ${ways.toEnd}`;
  const way = record.runner === 'tmux' ? ways.toIt : 'It is in the terminal that it was started in.';
  return `${id} runs already (${placeWords(record)}). Nothing was started. ${way}`;
}

/** What came of ending a session, as a sentence. */
export const stopWords: Readonly<Record<StopResult, (id: string, record: SessionRecord) => string>> = {
  stopped: (id, record) => `${id} stopped (${placeWords(record)}).`,
  killed: (id, record) => `${id} did not end by itself and was killed (${placeWords(record)}).`,
  gone: (id) => `${id} had ended already.`,
  unknown: (id, { pid }) =>
    `${id} was started as pid ${pid}, and the system does not say whether that is still it, so it is left alone. End it in its terminal.`,
  survived: (id, { pid }) => `${id} (pid ${pid}) cannot be ended; the system holds it. Try again later.`,
};
