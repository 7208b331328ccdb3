// What the hub of a folder tells of sessions, while there is one, in this window or anywhere: connects when it comes, says
// when it went. Part of dist/later.cjs; the client itself is in dist/hub.cjs.
import type * as vscode from 'vscode';
import { nodeFiles } from '../files/nodeFiles.ts';
import { hubFolder, readDiscovery, readToken } from '../hub/discovery.ts';
import type { HubFeed } from '../hub/hubFeed.ts';
import { processState } from '../sessions/processTable.ts';
import { type ToldSession, toldSession } from '../sessions/toldSession.ts';
import { watchFolder } from './folderWatch.ts';
import { thisMachine } from './machine.ts';

/** Milliseconds after which a hub that is told of, and could not be reached, is tried again. */
const retryMs = 500;
/** Milliseconds that it has to tell how all sessions are. */
const answerMs = 2000;

export interface HubSessionsOptions {
  readonly stateDirectory: string;
  readonly log: vscode.LogOutputChannel;
  /** Something else is told, for the first time or again. */
  readonly onTold: () => void;
  /** The hub is gone. What it told last stays in `told` until `forget`. */
  readonly onGone: () => void;
}

export class HubSessions {
  readonly #options: HubSessionsOptions;
  readonly #watcher: { dispose(): void };
  #told: Map<string, ToldSession> | undefined;
  #feed: HubFeed | undefined;
  #isConnecting = false;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #isDisposed = false;

  constructor(options: HubSessionsOptions) {
    this.#options = options;
    this.#watcher = watchFolder(hubFolder(options.stateDirectory), () => void this.#connect());
    void this.#connect();
  }

  /** By agent; undefined while no hub tells. */
  get told(): ReadonlyMap<string, ToldSession> | undefined {
    return this.#told;
  }

  /** Has the hub tell again how all sessions are. False when none does. */
  async ask(): Promise<boolean> {
    return (await this.#feed?.ask(answerMs)) ?? false;
  }

  /** From now on nothing is told, until a hub does again. False when one does already. */
  forget(): boolean {
    if (this.#feed === undefined) this.#told = undefined;
    return this.#told === undefined;
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#watcher.dispose();
    clearTimeout(this.#retry);
    this.#feed?.dispose();
    this.#feed = undefined;
  }

  async #connect(): Promise<void> {
    if (this.#isConnecting || this.#feed !== undefined || this.#isDisposed) return;
    this.#isConnecting = true;
    clearTimeout(this.#retry);
    try {
      const place = { files: nodeFiles, stateDirectory: this.#options.stateDirectory };
      const discovery = readDiscovery(place);
      const token = readToken(place, 'viewer');
      if (discovery === undefined || token === undefined) return;
      // Its port may be another program's by now, and that one would get the token.
      if ((await processState(thisMachine(), discovery)) === 'gone') return;
      const { followHub } = await import('../hub/bundle.ts');
      if (this.#isDisposed) return;
      this.#feed = followHub({
        port: discovery.port,
        token,
        onAll: (agents) => {
          const isFirst = this.#told === undefined;
          this.#told = new Map();
          for (const each of agents) this.#take(each);
          if (isFirst)
            this.#options.log.info(
              `sessions as the hub tells them (pid ${discovery.pid}, port ${discovery.port})`,
            );
          this.#options.onTold();
        },
        onOne: (agent) => {
          if (this.#take(agent)) this.#options.onTold();
        },
        onEnd: (why) => this.#gone(why),
      });
    } catch (error) {
      this.#options.log.error(error instanceof Error ? error : String(error));
    } finally {
      this.#isConnecting = false;
    }
  }

  /** False for what is told before all of it was. */
  #take(value: unknown): boolean {
    const told = toldSession(value);
    if (told !== undefined) this.#told?.set(told.agent, told);
    // What it says of one agent in words that nobody here knows is looked at here.
    else this.#told?.delete(String(Object(value).agent));
    return this.#told !== undefined;
  }

  #gone(why: string): void {
    this.#feed = undefined;
    if (this.#told !== undefined) {
      this.#options.log.info(`the hub is gone (${why}): sessions as their files tell them`);
      this.#options.onGone();
    }
    // One that took over tells of itself anew, of which the watcher tells; one that fell silent for a while does not.
    this.#retry = setTimeout(() => void this.#connect(), retryMs);
  }
}
