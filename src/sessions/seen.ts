// What a person has looked at: a turn that ended is then nothing to call them for, in any window and on the command line.
import path from 'node:path';
import { isObject, readJson } from '../claude/jsonText.ts';
import { makePrivate } from '../files/stateDirectory.ts';
import { writeAll } from '../outputs/write.ts';
import type { SessionState } from './crossCheck.ts';
import { isUuid, type RecordStore, type SessionRecord } from './sessionRecord.ts';

/** What of a session was looked at. */
export interface Seen {
  readonly launch: string;
  /** What it was then: the state, or for `needsYou` the need. */
  readonly what: string;
  /** ISO 8601, milliseconds, `Z`. */
  readonly at: string;
}

const format = 1;

const fileOf = (stateDirectory: string, agent: string): string =>
  path.join(stateDirectory, 'seen', `${agent}.json`);

/** What a look at a state settles: a turn that is over, however it ended, and a session that is gone or at its limit. */
export function settledByLook({ state, need }: SessionState): string | undefined {
  if (state === 'crashed' || state === 'limit') return state;
  return state === 'needsYou' && (need === 'done' || need === 'failed') ? need : undefined;
}

/** Notes that a person looked at a session. Nothing is written where a look settles nothing. @throws UserError */
export async function markSeen(
  store: RecordStore,
  { agent, launch }: Pick<SessionRecord, 'agent' | 'launch'>,
  state: SessionState,
  at: string,
): Promise<void> {
  const what = settledByLook(state);
  if (what === undefined || state.isSeen) return;
  const file = fileOf(store.stateDirectory, agent);
  await makePrivate(store.files, store.stateRoot, path.dirname(file));
  const text = `${JSON.stringify({ at, format, launch, what }, null, 2)}\n`;
  await writeAll(store.files, [{ path: file, text, before: store.files.read(file)?.text }], {
    root: store.stateDirectory,
    mode: { file: 0o600, folder: 0o700 },
  });
}

/** What was last looked at of an agent; undefined when nothing was, or what says so is damaged. Never throws. */
export function readSeen(
  { files, stateDirectory }: Pick<RecordStore, 'files' | 'stateDirectory'>,
  agent: string,
): Seen | undefined {
  const file = fileOf(stateDirectory, agent);
  if (files.kind(file) !== 'file' || !files.isOwn(file)) return undefined;
  const { value } = readJson(files.read(file)?.text ?? '');
  if (!isObject(value) || value.format !== format) return undefined;
  const { launch, what, at } = value;
  return isUuid(launch) && typeof what === 'string' && typeof at === 'string'
    ? { launch, what, at }
    : undefined;
}

/** A state as it is for somebody who has seen it. */
export function afterLook(state: SessionState, launch: string, seen: Seen | undefined): SessionState {
  const what = settledByLook(state);
  if (what === undefined || seen?.launch !== launch || seen.what !== what || seen.at < state.since)
    return state;
  if (state.state !== 'needsYou') return { ...state, isSeen: true };
  const { need: _, ...idle } = state;
  return { ...idle, state: 'idle', isSeen: true };
}
