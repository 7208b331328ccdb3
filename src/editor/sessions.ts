// What the window knows of sessions, for whoever shows it. Holds the last answer; who looks is in liveSessions.ts, which is
// loaded when a session was ever started here.
import * as vscode from 'vscode';
import { nodeFiles } from '../files/nodeFiles.ts';
import { isUserError } from '../findings/userError.ts';
import type { LiveSession } from '../sessions/liveStates.ts';
import type { ConfigPart } from '../sessions/olderThanDisk.ts';
import { recordFolder } from '../sessions/sessionRecord.ts';
import type { WorktreeState } from '../sessions/worktreeState.ts';
import type { FleetStore } from './fleetStore.ts';
import type { Fleets } from './fleets.ts';
import { stateDirectoryOf } from './folderState.ts';
import { watchFolder } from './folderWatch.ts';
import type { AgentArgument } from './ids.ts';
import type { LiveSessions } from './liveSessions.ts';
import type { Terminals } from './terminals.ts';

/** An agent's session as it is shown: its live launch, else its last one. */
export interface ShownSession extends LiveSession {
  /** What of its configuration changed on the disk since it started; empty for one that is over. */
  readonly older: readonly ConfigPart[];
  /** Of its worktree, as it was when it was last looked at; absent when it has none, or git was not asked yet. */
  readonly worktree?: WorktreeState;
  /** It is restarted as soon as it is at rest. */
  readonly restartsAtRest?: boolean;
}

/** The sessions of one folder, by agent. */
export type FolderSessions = ReadonlyMap<string, ShownSession>;

export class Sessions implements vscode.Disposable {
  readonly #fleets: Fleets;
  readonly #terminals: Terminals;
  readonly #log: vscode.LogOutputChannel;
  readonly #changed = new vscode.EventEmitter<FleetStore>();
  /** Fires when what is shown of a folder's sessions changed. */
  readonly onDidChange = this.#changed.event;
  readonly #shown = new Map<FleetStore, FolderSessions>();
  readonly #watches = new Map<FleetStore, { dispose(): void }>();
  readonly #following: vscode.Disposable;
  #live: Promise<LiveSessions> | undefined;
  #isDisposed = false;

  constructor(fleets: Fleets, terminals: Terminals, log: vscode.LogOutputChannel) {
    this.#fleets = fleets;
    this.#terminals = terminals;
    this.#log = log;
    this.#following = fleets.onDidChange((store) => {
      if (store === undefined) this.#forgetFolders();
      else if (store.fleet?.registry !== undefined) this.#follow(store);
    });
  }

  /** The session of an agent as it was last looked at; undefined when no launch of it is recorded. */
  of({ folder, agent }: AgentArgument): ShownSession | undefined {
    return this.in(folder).get(agent);
  }

  /** Those of a folder, by its URI. */
  in(folder: string): FolderSessions {
    const store = this.#fleets.stores.find((each) => each.folder.uri.toString() === folder);
    return (store && this.#shown.get(store)) ?? new Map();
  }

  ofStore(store: FleetStore): FolderSessions {
    return this.#shown.get(store) ?? new Map();
  }

  /** Looks at the sessions of a folder anew, claude's own list included. Does not throw. */
  async look(store: FleetStore): Promise<void> {
    await (await this.#load())?.look(store);
  }

  /** Those who look, loaded; undefined when that failed, which is logged. */
  async live(): Promise<LiveSessions | undefined> {
    return this.#load();
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#following.dispose();
    for (const watch of this.#watches.values()) watch.dispose();
    this.#changed.dispose();
    void this.#live?.then(
      (live) => live.dispose(),
      () => {}, // was logged
    );
  }

  /** Waits for the first record of a folder. */
  #follow(store: FleetStore): void {
    if (this.#watches.has(store)) return;
    const folder = this.#recordsOf(store);
    const hasRecords = (): boolean => folder !== undefined && nodeFiles.list(folder).length > 0;
    const begin = (): void => {
      if (!hasRecords()) return;
      this.#watches.get(store)?.dispose();
      void this.look(store);
    };
    this.#watches.set(store, folder === undefined ? { dispose() {} } : watchFolder(folder, begin));
    begin();
  }

  #recordsOf(store: FleetStore): string | undefined {
    try {
      return recordFolder(stateDirectoryOf(store.folder.uri.fsPath));
    } catch (error) {
      // Whoever starts something is told so, and nothing is kept there.
      if (!isUserError(error)) throw error;
      return undefined;
    }
  }

  async #load(): Promise<LiveSessions | undefined> {
    if (this.#isDisposed) return undefined;
    this.#live ??= import('./later.ts').then(
      ({ LiveSessions }) =>
        new LiveSessions({
          fleets: this.#fleets,
          terminals: this.#terminals,
          log: this.#log,
          publish: (store, sessions) => {
            if (this.#isDisposed) return;
            this.#shown.set(store, sessions);
            this.#changed.fire(store);
          },
        }),
    );
    try {
      return await this.#live;
    } catch (error) {
      this.#log.error(error instanceof Error ? error : String(error));
      return undefined;
    }
  }

  #forgetFolders(): void {
    const present = new Set(this.#fleets.stores);
    for (const [store, watch] of this.#watches) {
      if (present.has(store)) continue;
      watch.dispose();
      this.#watches.delete(store);
      this.#shown.delete(store);
    }
  }
}
