// The fleets of all workspace folders: one store per folder, added and removed with it.
import * as vscode from 'vscode';
import type { AgentStatus, Fleet } from '../outputs/fleet.ts';
import type { HookSources } from '../outputs/output.ts';
import { isAgentId } from '../registry/model.ts';
import { showError } from './errors.ts';
import { FleetStore } from './fleetStore.ts';

/** An agent with the store that it is in. */
export interface FoundAgent {
  readonly store: FleetStore;
  readonly fleet: Fleet;
  readonly status: AgentStatus;
}

export class Fleets implements vscode.Disposable {
  readonly #stores = new Map<string, FleetStore>();
  readonly #hooks: () => HookSources;
  readonly #log: vscode.LogOutputChannel;
  readonly #changed = new vscode.EventEmitter<FleetStore | undefined>();
  /** Fires with the store that was inspected, or undefined when folders came or went. */
  readonly onDidChange = this.#changed.event;
  readonly #evidenceChanged = new vscode.EventEmitter<FleetStore>();
  /** Fires when hooks were seen to fire; what follows for verdicts comes through `onDidChange`. */
  readonly onDidChangeEvidence = this.#evidenceChanged.event;
  readonly #folders: vscode.Disposable;
  #hasShownBug = false;

  constructor(hooks: () => HookSources, log: vscode.LogOutputChannel) {
    this.#hooks = hooks;
    this.#log = log;
    this.#folders = vscode.workspace.onDidChangeWorkspaceFolders(() => this.#update());
  }

  /** Makes the stores and asks for their first inspection; activation calls it after everything is registered. */
  start(): void {
    this.#update();
  }

  get stores(): readonly FleetStore[] {
    return [...this.#stores.values()];
  }

  /** The stores whose folder has a registry, readable or not. */
  get withRegistry(): readonly FleetStore[] {
    return this.stores.filter((store) => store.fleet?.registryFile !== undefined);
  }

  /** The store of the folder that a file lies in. */
  storeOf(uri: vscode.Uri): FleetStore | undefined {
    const folder = vscode.workspace.getWorkspaceFolder(uri);
    return folder && this.#stores.get(folder.uri.toString());
  }

  /** The agent that an argument names, after both parts of it are checked; undefined when there is none. */
  find(argument: unknown): FoundAgent | undefined {
    if (typeof argument !== 'object' || argument === null) return undefined;
    const { folder, agent } = argument as Record<string, unknown>;
    if (typeof folder !== 'string' || typeof agent !== 'string' || !isAgentId(agent)) return undefined;
    const store = this.#stores.get(folder);
    const status = store?.fleet?.agents.find((each) => each.agent.id === agent);
    return store?.fleet && status ? { store, fleet: store.fleet, status } : undefined;
  }

  refreshAll(): void {
    for (const store of this.stores) store.requestRefresh();
  }

  dispose(): void {
    this.#folders.dispose();
    for (const store of this.#stores.values()) store.dispose();
    this.#stores.clear();
    this.#changed.dispose();
    this.#evidenceChanged.dispose();
  }

  /** Every bug is logged; the user is told of the first one only, since each event would bring it again. */
  #onBug(error: unknown): void {
    if (this.#hasShownBug) this.#log.error(error instanceof Error ? error : String(error));
    else void showError(this.#log, vscode.l10n.t('looking at the agents'), error);
    this.#hasShownBug = true;
  }

  #update(): void {
    const folders = (vscode.workspace.workspaceFolders ?? []).filter((each) => each.uri.scheme === 'file');
    const keys = new Set(folders.map((each) => each.uri.toString()));
    for (const [key, store] of this.#stores) {
      if (keys.has(key)) continue;
      store.dispose();
      this.#stores.delete(key);
    }
    for (const folder of folders) {
      const key = folder.uri.toString();
      if (this.#stores.has(key)) continue;
      const store = new FleetStore(folder, this.#hooks, this.#log, (error) => this.#onBug(error));
      store.onDidChange(() => this.#changed.fire(store));
      store.evidence.onDidChange(() => this.#evidenceChanged.fire(store));
      this.#stores.set(key, store);
      store.requestRefresh();
      store.findSettings().catch((error) => this.#onBug(error));
    }
    this.#changed.fire(undefined);
  }
}
