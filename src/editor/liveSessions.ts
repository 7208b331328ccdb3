// Looks at the sessions of the window's folders: as the hub tells them where one runs; else when a record or a spool changes,
// every moment while one runs, and asks claude itself as often as what its hooks cannot tell is worth it. Part of
// dist/later.cjs.
import * as vscode from 'vscode';
import { nodeAppendedFiles } from '../files/appendedFiles.ts';
import { nodeFiles } from '../files/nodeFiles.ts';
import { configHashes } from '../outputs/configHashes.ts';
import { askAgainMs } from '../sessions/askAgain.ts';
import { urgencyOf } from '../sessions/attention.ts';
import { isAtWork } from '../sessions/atWork.ts';
import { isOver, type LiveSession, LiveStates } from '../sessions/liveStates.ts';
import { olderThanDisk } from '../sessions/olderThanDisk.ts';
import { markSeen, settledByLook } from '../sessions/seen.ts';
import { recordFolder } from '../sessions/sessionRecord.ts';
import { spoolFolder } from '../sessions/spoolReader.ts';
import { type WorktreeState, worktreeStates } from '../sessions/worktreeState.ts';
import { AttentionMessages } from './attentionMessages.ts';
import { ClaudePoll } from './claudePoll.ts';
import { type Coalesced, coalesce } from './coalesce.ts';
import type { FleetStore } from './fleetStore.ts';
import type { Fleets } from './fleets.ts';
import { stateDirectoryOf, userState } from './folderState.ts';
import { watchFolder } from './folderWatch.ts';
import { HubHost } from './hubHost.ts';
import { HubSessions } from './hubSessions.ts';
import { type AgentArgument, commandIds } from './ids.ts';
import { thisMachine } from './machine.ts';
import type { FolderSessions, ShownSession } from './sessions.ts';
import type { Terminals } from './terminals.ts';
import { toldOrFound } from './toldOrFound.ts';
import { isTrusted } from './trust.ts';

/** Milliseconds that lines of spools are gathered for. */
const gatherMs = 60;
/** Milliseconds between two looks at the processes while one runs. Asking is a read on Linux, and a program elsewhere. */
const processMs = process.platform === 'linux' ? 1500 : 5000;
/** How long what git said of worktrees holds, milliseconds. */
const worktreeMs = 15_000;

export interface LiveSessionsOptions {
  readonly fleets: Fleets;
  readonly terminals: Terminals;
  readonly log: vscode.LogOutputChannel;
  readonly publish: (store: FleetStore, sessions: FolderSessions) => void;
}

/** One folder that is looked at. */
interface Place {
  readonly store: FleetStore;
  readonly stateDirectory: string;
  readonly states: LiveStates;
  readonly hub: HubSessions;
  readonly request: Coalesced;
  readonly watchers: readonly { dispose(): void }[];
  sessions: FolderSessions;
  worktrees: { readonly states: ReadonlyMap<string, WorktreeState>; readonly at: number };
  /** What was published, as a text that is equal when nothing of it changed. */
  published: string;
  /** The look that is under way, and whether another one is wanted after it. */
  looking: Promise<void> | undefined;
  isWanted: boolean;
  timer: ReturnType<typeof setTimeout> | undefined;
}

export class LiveSessions implements vscode.Disposable {
  readonly #options: LiveSessionsOptions;
  readonly #places = new Map<FleetStore, Place>();
  readonly #messages: AttentionMessages;
  readonly #disposables: vscode.Disposable[];
  readonly #poll = new ClaudePoll();
  /** The hubs that this window is, or wants to be. */
  readonly hubs: HubHost;
  /** Agents that are to be restarted once they are at rest. */
  readonly #toRestart = new Set<string>();
  #isDisposed = false;

  constructor(options: LiveSessionsOptions) {
    this.#options = options;
    const { fleets, terminals, log } = options;
    this.hubs = new HubHost({ fleets, log, poll: this.#poll });
    this.#messages = new AttentionMessages(fleets, log, (argument) => this.#isLookedAt(argument));
    this.#disposables = [
      fleets.onDidChange((store) => {
        if (store === undefined) this.#forgetFolders();
        else this.#places.get(store)?.request.request();
      }),
      vscode.window.onDidChangeActiveTerminal(() => void this.#lookedAt()),
      vscode.window.onDidChangeWindowState(({ focused }) => {
        if (!focused) return;
        void this.#lookedAt();
        for (const { request } of this.#places.values()) request.request();
      }),
      terminals.onDidChange(() => {
        for (const { request } of this.#places.values()) request.request();
      }),
      this.#poll,
      this.hubs,
      this.#messages,
    ];
  }

  /** Looks at a folder anew, claude's own list included; from then on it is followed. Does not throw. */
  async look(store: FleetStore): Promise<void> {
    const place = this.#placeOf(store);
    if (place === undefined) return;
    const isTold = place.hub.told !== undefined && (await place.hub.ask());
    await this.#look(place);
    if (isTold || askAgainMs(place.sessions.values()) === undefined) return;
    await this.#poll.ask();
    await this.#look(place);
  }

  /** Notes that a person looked at an agent's session. */
  async seen(store: FleetStore, agent: string): Promise<void> {
    const place = this.#places.get(store);
    const session = place?.sessions.get(agent);
    if (place === undefined || session === undefined || settledByLook(session.state) === undefined) return;
    try {
      const { stateDirectory } = place;
      const records = { files: nodeFiles, stateRoot: userState(), stateDirectory };
      await markSeen(records, session.record, session.state, new Date().toISOString());
    } catch (error) {
      this.#options.log.warn(error instanceof Error ? error.message : String(error));
    }
    await this.#look(place);
  }

  /** Restarts an agent as soon as it is at rest, or no longer means to. */
  restartAtRest(store: FleetStore, agent: string, isWanted: boolean): void {
    const key = `${store.folder.uri}#${agent}`;
    if (isWanted) this.#toRestart.add(key);
    else this.#toRestart.delete(key);
    this.#places.get(store)?.request.request();
  }

  dispose(): void {
    this.#isDisposed = true;
    for (const each of this.#disposables) each.dispose();
    for (const place of this.#places.values()) disposePlace(place);
    this.#places.clear();
  }

  #placeOf(store: FleetStore): Place | undefined {
    const known = this.#places.get(store);
    if (known !== undefined || this.#isDisposed) return known;
    let stateDirectory: string;
    try {
      stateDirectory = stateDirectoryOf(store.folder.uri.fsPath);
    } catch (error) {
      this.#options.log.warn(error instanceof Error ? error.message : String(error));
      return undefined;
    }
    const request = coalesce(() => void this.#look(place), { waitMs: gatherMs, rest: 1 });
    const states = new LiveStates({
      store: { files: nodeFiles, stateDirectory },
      disk: nodeAppendedFiles,
      machine: thisMachine(),
    });
    const hub = new HubSessions({
      ...{ stateDirectory, log: this.#options.log },
      onTold: () => request.request(),
      onGone: () => void this.#withoutHub(place),
    });
    const place: Place = {
      ...{ store, stateDirectory, states, hub, request },
      watchers: [
        hub,
        watchFolder(recordFolder(stateDirectory), () => request.request()),
        watchFolder(spoolFolder(stateDirectory), () => {
          if (hub.told === undefined) request.request();
        }),
      ],
      sessions: new Map(),
      worktrees: { states: new Map(), at: 0 },
      published: '',
      looking: undefined,
      isWanted: false,
      timer: undefined,
    };
    this.#places.set(store, place);
    return place;
  }

  /** Goes on by the files: asks first what the hub would have asked, so that nothing looks as if it had changed. */
  async #withoutHub(place: Place): Promise<void> {
    if (askAgainMs(place.sessions.values()) !== undefined) await this.#poll.ask();
    if (place.hub.forget()) for (const session of place.sessions.values()) place.states.goOnFrom(session);
    await this.#look(place);
  }

  /** One look at a time; one that is wanted meanwhile follows. */
  #look(place: Place): Promise<void> {
    place.isWanted = true;
    place.looking ??= (async () => {
      try {
        while (place.isWanted && !this.#isDisposed) {
          place.isWanted = false;
          await this.#lookOnce(place);
        }
      } catch (error) {
        this.#options.log.error(error instanceof Error ? error : String(error));
      } finally {
        place.looking = undefined;
      }
    })();
    return place.looking;
  }

  async #lookOnce(place: Place): Promise<void> {
    const { store, stateDirectory, states, hub } = place;
    const { sessions, skipped, areAllTold } = await toldOrFound({
      ...{ store: { files: nodeFiles, stateDirectory }, states, told: hub.told },
      ...{ now: Date.now(), poll: this.#poll.last },
    });
    if (this.#isDisposed || !this.#places.has(store)) return;
    for (const { file, reason } of skipped) this.#options.log.debug(`session record ${file}: ${reason}`);
    await lookAtWorktrees(place, sessions);
    place.sessions = new Map(
      [...sessions].map(([agent, session]) => [agent, this.#shown(place, agent, session)]),
    );
    const text = JSON.stringify(
      [...place.sessions.values()].map(({ record, state, older, restartsAtRest, worktree }) => {
        // When it was last heard of changes with every event; it is told of as of the last look that showed another thing.
        const { heardAt: _, ...said } = state;
        return [record, said, older, restartsAtRest, worktree];
      }),
    );
    if (text !== place.published) {
      const isFirst = place.published === '';
      place.published = text;
      this.#options.publish(store, place.sessions);
      this.#messages.update(store, place.sessions, isFirst);
      await this.#lookedAt();
      this.#restartThoseAtRest(place);
    }
    this.#again(place, areAllTold);
  }

  #shown({ store, worktrees }: Place, id: string, session: LiveSession): ShownSession {
    const agent = store.fleet?.agents.find((each) => each.agent.id === id)?.agent;
    const older =
      agent === undefined || isOver(session.state)
        ? []
        : olderThanDisk(session.record, configHashes(store.disk, store.folder.uri.fsPath, agent));
    const restartsAtRest = this.#toRestart.has(`${store.folder.uri}#${id}`);
    const worktree = session.record.worktree === undefined ? undefined : worktrees.states.get(id);
    return {
      ...session,
      older,
      ...(worktree === undefined ? {} : { worktree }),
      ...(restartsAtRest ? { restartsAtRest } : {}),
    };
  }

  /** While something runs it is looked at again: that a process went, or a prompt was answered "No", nobody tells. */
  #again(place: Place, areAllTold: boolean): void {
    clearTimeout(place.timer);
    place.timer = undefined;
    const asking = askAgainMs(place.sessions.values());
    // Its process is gone, and what it told last may still be on its way.
    const isEnding = [...place.sessions.values()].some(
      (each) => each.process === 'gone' && !isOver(each.state),
    );
    if ((asking === undefined && !isEnding) || this.#isDisposed) return;
    const askEvery = asking ?? Number.POSITIVE_INFINITY;
    place.timer = setTimeout(
      () => {
        void (async () => {
          const isTold = place.hub.told !== undefined;
          if (!isTold && isTrusted() && Date.now() - (this.#poll.last?.at ?? 0) >= askEvery)
            await this.#poll.ask();
          await this.#look(place);
        })();
      },
      areAllTold ? worktreeMs : processMs,
    );
  }

  #isLookedAt({ folder, agent }: AgentArgument): boolean {
    const active = vscode.window.activeTerminal;
    if (active === undefined || !vscode.window.state.focused) return false;
    const shown = this.#options.terminals.agentOf(active);
    return shown?.folder === folder && shown.agent === agent;
  }

  /** The session in the terminal that a person looks at needs nobody to be told that it is done. */
  async #lookedAt(): Promise<void> {
    const active = vscode.window.activeTerminal;
    const shown = active && vscode.window.state.focused ? this.#options.terminals.agentOf(active) : undefined;
    const place = [...this.#places.values()].find(
      ({ store }) => store.folder.uri.toString() === shown?.folder,
    );
    const session = shown && place?.sessions.get(shown.agent);
    // Noted once: the look that follows finds it settled.
    if (!place || !shown || !session || urgencyOf(session.state) === undefined) return;
    if (settledByLook(session.state) !== undefined) void this.seen(place.store, shown.agent);
  }

  #restartThoseAtRest({ store, sessions }: Place): void {
    const folder = store.folder.uri.toString();
    for (const [agent, session] of sessions) {
      const key = `${folder}#${agent}`;
      if (!this.#toRestart.has(key) || isAtWork(session)) continue;
      this.#toRestart.delete(key);
      if (!isOver(session.state))
        void vscode.commands.executeCommand(commandIds.restartAgent, { folder, agent });
    }
  }

  #forgetFolders(): void {
    const present = new Set(this.#options.fleets.stores);
    for (const [store, place] of this.#places) {
      if (present.has(store)) continue;
      disposePlace(place);
      this.#places.delete(store);
      this.#messages.forget(store);
    }
  }
}

function disposePlace({ watchers, request, timer }: Place): void {
  clearTimeout(timer);
  request.dispose();
  for (const watcher of watchers) watcher.dispose();
}

/** Asks git of the worktrees that sessions work in, now and then; never without trust, since what a repository says is run. */
async function lookAtWorktrees(place: Place, sessions: ReadonlyMap<string, LiveSession>): Promise<void> {
  const agents = [...sessions].flatMap(([agent, { record }]) =>
    record.worktree === undefined ? [] : [agent],
  );
  if (agents.length === 0 || !isTrusted() || Date.now() - place.worktrees.at < worktreeMs) return;
  const at = Date.now();
  place.worktrees = {
    states: await worktreeStates(thisMachine(), place.store.folder.uri.fsPath, agents),
    at,
  };
}
