// A session as another one told it, the way sessionJson writes it: what of it is used, held against what it must be. Pure.
import { type SessionState, type StateSource, stateNames } from './crossCheck.ts';
import { isOver, type LiveSession } from './liveStates.ts';
import type { ProcessState } from './processTable.ts';
import { isUuid, type SessionRecord } from './sessionRecord.ts';
import type { Need } from './sessionState.ts';

/** All of a session but its record, which whoever shows it reads itself. */
export interface ToldSession extends Omit<LiveSession, 'record'> {
  readonly agent: string;
  readonly launch: string;
}

const needs: readonly Need[] = ['permission', 'question', 'plan', 'done', 'failed'];
const sources: readonly StateSource[] = ['hooks', 'list', 'process', 'record'];
const processes: readonly ProcessState[] = ['running', 'gone', 'unknown'];

const oneOf = <T>(values: readonly T[], value: unknown): T | undefined =>
  values.find((each) => each === value);
const textOf = (value: unknown): string | undefined => (isText(value) ? value : undefined);
const timeOf = (value: unknown): string | undefined =>
  typeof value === 'string' && !Number.isNaN(Date.parse(value)) ? value : undefined;

function stateOf(data: Readonly<Record<string, unknown>>): SessionState | undefined {
  const state = oneOf(stateNames, data.state);
  const source = oneOf(sources, data.source);
  const [since, evidence] = [timeOf(data.since), textOf(data.evidence)];
  if (state === undefined || source === undefined || since === undefined || evidence === undefined)
    return undefined;
  const need = oneOf(needs, data.need);
  // One that waits for what we have no word for would be shown as waiting for nothing.
  if ((state === 'needsYou') !== (need !== undefined)) return undefined;
  const [tool, heardAt, foundGoneAt] = [textOf(data.tool), timeOf(data.heardAt), timeOf(data.foundGoneAt)];
  return {
    state,
    ...(need === undefined ? {} : { need }),
    ...(tool === undefined ? {} : { tool }),
    since,
    source,
    evidence,
    ...(heardAt === undefined ? {} : { heardAt }),
    ...(foundGoneAt === undefined ? {} : { foundGoneAt }),
    ...(data.isSeen === true ? { isSeen: true } : {}),
  };
}

/** Undefined for what is no session, or is one in words of a later version: then it is to be looked at here. Never throws. */
export function toldSession(value: unknown): ToldSession | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const data = value as Readonly<Record<string, unknown>>;
  const { agent, launch, sessionId, sessionIds } = data;
  const process = oneOf(processes, data.process);
  const state = stateOf(data);
  if (!isText(agent) || !isUuid(launch) || !isText(sessionId)) return undefined;
  if (!Array.isArray(sessionIds) || !sessionIds.every(isText)) return undefined;
  if (process === undefined || state === undefined) return undefined;
  return { agent, launch, sessionId, sessionIds, process, state };
}

const isText = (value: unknown): value is string => typeof value === 'string';

/**
 * What was told of an agent, with its record; undefined where its records, the newest first, know better by now: then it is
 * to be looked at here. A start and a stop are in the records before anybody tells of them.
 */
export function withRecord(
  told: ToldSession | undefined,
  records: readonly SessionRecord[],
): LiveSession | undefined {
  const record = records.find(({ launch }) => launch === told?.launch);
  if (told === undefined || record === undefined) return undefined;
  const isEnd = record.phase === 'ended' && !isOver(told.state);
  const isStart = isOver(told.state) && records[0] !== record && records[0]?.phase !== 'ended';
  if (isEnd || isStart) return undefined;
  const { state, process, sessionId, sessionIds } = told;
  return { record, state, process, sessionId, sessionIds };
}
