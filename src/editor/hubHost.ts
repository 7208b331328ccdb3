// The hub inside the extension host, one for each folder where it is wanted: takes part in the election, runs when it wins,
// and waits for its turn while another window or a terminal is the hub. Part of dist/later.cjs; the hub is in dist/hub.cjs.
import { setTimeout as wait } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { Controls } from '../hub/hubCore.ts';
import type { HubLog, LogRecord } from '../hub/hubLog.ts';
import type { RunHubOptions, RunningHub } from '../hub/runHub.ts';
import type { ClaudePoll } from './claudePoll.ts';
import type { FleetStore } from './fleetStore.ts';
import type { Fleets } from './fleets.ts';
import { settingKeys, settingsSection } from './ids.ts';
import { sessionHostOf } from './sessionHost.ts';

/** What became of a wish for a hub. `other`: the process that is the hub; this window takes over when it ends. */
export type HubBegun =
  | { readonly kind: 'running'; readonly address: string }
  | { readonly kind: 'other'; readonly pid: number }
  /** It was told to end before it was either. */
  | { readonly kind: 'ended' };

/** One folder in which this window wants to be the hub. */
interface Entry {
  readonly abort: AbortController;
  /** How it stands: first settled when that is known. */
  begun: Promise<HubBegun>;
  /** Settles when it takes part no more. */
  readonly over: Promise<void>;
  hub: RunningHub | undefined;
}

export interface HubHostOptions {
  readonly fleets: Fleets;
  readonly poll: ClaudePoll;
  readonly log: vscode.LogOutputChannel;
}

const counted = (names: readonly string[]): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
};

/** A record of the hub's log as a line of the output channel, at its own level. */
function write(log: vscode.LogOutputChannel, { t: _, level, event, ...fields }: LogRecord): void {
  const more = Object.keys(fields).length === 0 ? '' : ` ${JSON.stringify(fields)}`;
  log[level](`hub: ${event}${more}`);
}

export class HubHost implements vscode.Disposable {
  readonly #options: HubHostOptions;
  readonly #entries = new Map<FleetStore, Entry>();
  readonly #following: vscode.Disposable;

  constructor(options: HubHostOptions) {
    this.#options = options;
    this.#following = vscode.Disposable.from(
      options.fleets.onDidChange((store) => {
        if (store !== undefined) return;
        const present = new Set(options.fleets.stores);
        for (const each of this.#entries.keys()) if (!present.has(each)) void this.end(each);
      }),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (!event.affectsConfiguration(`${settingsSection}.${settingKeys.hub}`)) return;
        if (vscode.workspace.getConfiguration(settingsSection).get(settingKeys.hub) !== true)
          void this.endAll();
      }),
    );
  }

  has(store: FleetStore): boolean {
    return this.#entries.has(store);
  }

  /** Wants to be the hub of a folder, from now on. @throws UserError when it cannot; then it does not try again by itself. */
  async begin(store: FleetStore, controls: Controls): Promise<HubBegun> {
    const known = this.#entries.get(store);
    if (known !== undefined) return known.begun;
    const abort = new AbortController();
    let tell: (begun: HubBegun) => void = () => {};
    let refuse: (error: unknown) => void = () => {};
    const first = new Promise<HubBegun>((resolve, reject) => {
      [tell, refuse] = [resolve, reject];
    });
    const say = (begun: HubBegun): void => {
      tell(begun);
      const entry = this.#entries.get(store);
      if (entry?.abort === abort) entry.begun = Promise.resolve(begun);
    };
    const over = this.#run(store, controls, abort.signal, say)
      .catch((error: unknown) => {
        // Who waits for the beginning is told; later there is only the log.
        refuse(error);
        this.#options.log.error(error instanceof Error ? error : String(error));
      })
      .finally(() => {
        tell({ kind: 'ended' });
        if (this.#entries.get(store)?.abort === abort) this.#entries.delete(store);
      });
    this.#entries.set(store, { abort, begun: first, over, hub: undefined });
    return first;
  }

  /** Is the hub no more, and does not want to be. Settles when its port is free. False when it did not want to. */
  async end(store: FleetStore): Promise<boolean> {
    const entry = this.#entries.get(store);
    if (entry === undefined) return false;
    this.#entries.delete(store);
    entry.abort.abort();
    await entry.hub?.close();
    await entry.over;
    return true;
  }

  async endAll(): Promise<void> {
    await Promise.all([...this.#entries.keys()].map((store) => this.end(store)));
  }

  dispose(): void {
    this.#following.dispose();
    void this.endAll();
  }

  async #run(
    store: FleetStore,
    controls: Controls,
    signal: AbortSignal,
    tell: (begun: HubBegun) => void,
  ): Promise<void> {
    const { runHub, hubLog, limitsWith } = await import('../hub/bundle.ts');
    const { log, poll } = this.#options;
    const host = sessionHostOf(store);
    const now = (): string => new Date().toISOString();
    // The channel has a level of its own, which the user sets.
    const hubsLog: HubLog = hubLog('debug', now, (record) => write(log, record));
    const options: RunHubOptions = {
      store: host,
      machine: host.machine,
      pid: process.pid,
      port: 0,
      limits: limitsWith({}),
      log: hubsLog,
      controls,
      marks: () => {
        const { registry, agents } = store.fleet ?? {};
        if (registry === undefined || agents === undefined) return undefined;
        return {
          sync: counted(agents.map(({ sync }) => sync)),
          health: counted(agents.map(({ health }) => health)),
        };
      },
      poll: () => poll.ask(),
      onBug: (error) => log.error(error instanceof Error ? error : String(error)),
      wait: (ms) => wait(ms),
    };
    for (let isFirst = true; !signal.aborted; isFirst = false) {
      // The first time it is told who is the hub; after that there is only the waiting.
      const started = await runHub(isFirst ? options : { ...options, standby: signal });
      if (started.kind === 'aborted') return;
      if (started.kind === 'other') {
        hubsLog('info', 'standby');
        tell({ kind: 'other', pid: started.pid });
        continue;
      }
      const { hub } = started;
      const entry = this.#entries.get(store);
      if (signal.aborted || entry === undefined) {
        await hub.close();
        return;
      }
      entry.hub = hub;
      hubsLog('info', 'running', { port: hub.port });
      tell({ kind: 'running', address: hub.address });
      const how = await hub.ended;
      entry.hub = undefined;
      if (how === 'closed') return;
    }
  }
}
