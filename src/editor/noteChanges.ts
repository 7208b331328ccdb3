// Writes what the alarm noted to the history of the workspace, with the sessions that were known of then; reads it back.
import { nodeAppendedFiles } from '../files/appendedFiles.ts';
import { nodeFiles } from '../files/nodeFiles.ts';
import { isUserError } from '../findings/userError.ts';
import { type Change, changedKeys, mostKeys, type Running } from '../outputs/history.ts';
import { readHistory, recordChanges } from '../outputs/historyFolder.ts';
import { sha256 } from '../outputs/lock.ts';
import { settingsPath } from '../outputs/plan.ts';
import { recentLaunches } from '../sessions/recentLaunches.ts';
import { spoolFolder } from '../sessions/spoolReader.ts';
import type { Alarm } from './alarm.ts';
import type { QueuedChange } from './changeQueue.ts';
import type { FleetStore } from './fleetStore.ts';
import { stateDirectoryOf, userState } from './folderState.ts';

/** A session that was heard of within this time counts as running. Milliseconds. */
const recentMs = 5 * 60_000;

/** The sessions of a folder that are known to run now: in terminals of this window, and by their spools. */
function runningNow(alarm: Alarm, store: FleetStore, stateDirectory: string): readonly Running[] {
  const here = alarm.inTerminals(store);
  const heard = recentLaunches(nodeAppendedFiles, spoolFolder(stateDirectory), Date.now(), recentMs);
  return [
    ...here.map((agent): Running => ({ agent, by: 'terminal' })),
    ...heard
      .filter(({ agent }) => !here.includes(agent))
      .map(({ agent, secondsAgo }): Running => ({ agent, by: 'spool', secondsAgo })),
  ];
}

/** Adds changes to the history of their folder. @throws Error when the state directory cannot be written. */
export async function noteChanges(
  alarm: Alarm,
  store: FleetStore,
  changes: readonly QueuedChange[],
): Promise<void> {
  const stateDirectory = stateDirectoryOf(store.folder.uri.fsPath);
  const running = runningNow(alarm, store, stateDirectory);
  const noted = changes.map((change) => {
    const keys = changedKeys(change.before, change.after);
    return {
      ...change,
      keys: keys.slice(0, mostKeys),
      ...(keys.length > mostKeys ? { moreKeys: keys.length - mostKeys } : {}),
      running,
    };
  });
  await recordChanges(nodeFiles, nodeAppendedFiles, { state: userState(), stateDirectory }, noted);
}

/** The history of a folder, oldest first; nothing where there is no state directory to be had. */
export function historyOf(store: FleetStore): readonly Change[] {
  try {
    return readHistory(nodeAppendedFiles, stateDirectoryOf(store.folder.uri.fsPath));
  } catch (error) {
    if (!isUserError(error)) throw error;
    return [];
  }
}

/** Since when agents are disarmed whose files are still what the history says of the loss. */
export function lastLosses(
  store: FleetStore,
): readonly { readonly agent: string; readonly since: Date; readonly intactAt: Date | undefined }[] {
  const last = new Map(historyOf(store).map((change) => [change.file, change]));
  return (store.fleet?.agents ?? []).flatMap(({ agent: { id } }) => {
    const file = settingsPath(id);
    const change = last.get(file);
    const text = change?.kind === 'lost' ? store.disk.read(store.uriOf(file).fsPath)?.text : undefined;
    if (change === undefined || text === undefined || sha256(text) !== change.after) return [];
    const intactAt = change.intactAt === undefined ? undefined : new Date(change.intactAt);
    return [{ agent: id, since: new Date(change.at), intactAt }];
  });
}
