// A save of the registry: how many agents now differ is said quietly, or mended at once where the user wants that.
import * as vscode from 'vscode';
import { behindRegistry } from '../outputs/fleet.ts';
import type { HookSources } from '../outputs/output.ts';
import type { FleetStore } from './fleetStore.ts';
import type { Fleets } from './fleets.ts';
import { commandIds, settingKeys, settingsSection } from './ids.ts';
import { isTrusted } from './trust.ts';
import { count } from './words.ts';

/** How long the offer stays in the status bar. Milliseconds. */
const offerMs = 15_000;

export class RegistrySaves implements vscode.Disposable {
  readonly #hooks: () => HookSources;
  readonly #log: vscode.LogOutputChannel;
  /** Stores whose registry was saved and which were not inspected since. */
  readonly #saved = new Set<FleetStore>();
  readonly #disposables: vscode.Disposable[];
  #offer: { readonly store: FleetStore; readonly item: vscode.StatusBarItem } | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** One after the other: two at once would get in each other's way. */
  #work: Promise<void> = Promise.resolve();

  constructor(fleets: Fleets, hooks: () => HookSources, log: vscode.LogOutputChannel) {
    this.#hooks = hooks;
    this.#log = log;
    this.#disposables = [
      vscode.workspace.onDidSaveTextDocument(({ uri }) => {
        const store = fleets.storeOf(uri);
        if (store && uri.toString() === store.registryUri.toString()) this.#saved.add(store);
      }),
      fleets.onDidChange((store) => {
        if (!store) return;
        if (this.#offer?.store === store && behindRegistry(store.fleet).length === 0) this.#withdraw();
        if (this.#saved.delete(store) && isTrusted()) this.#inspected(store);
      }),
    ];
  }

  dispose(): void {
    this.#withdraw();
    for (const each of this.#disposables) each.dispose();
  }

  #inspected(store: FleetStore): void {
    const isWanted = vscode.workspace
      .getConfiguration(settingsSection, store.folder.uri)
      .get<boolean>(settingKeys.regenerateOnSave);
    if (isWanted === true) {
      this.#work = this.#work.then(() => this.#regenerate(store));
      return;
    }
    const behind = behindRegistry(store.fleet).length;
    this.#withdraw();
    if (behind === 0) return;
    const item = vscode.window.createStatusBarItem(vscode.StatusBarAlignment.Left, 9);
    item.name = vscode.l10n.t('Agents that differ from the registry');
    item.text = `$(diff) ${vscode.l10n.t('{0} now {1} from the registry: Regenerate', count(behind, 'agent'), behind === 1 ? 'differs' : 'differ')}`;
    item.command = {
      command: commandIds.regenerateBehind,
      title: vscode.l10n.t('Regenerate'),
      arguments: [{ folder: store.folder.uri.toString() }],
    };
    item.show();
    this.#offer = { store, item };
    this.#timer = setTimeout(() => this.#withdraw(), offerMs);
  }

  /** What went wrong is said as quietly as what went well: the user asked for nothing but a save. */
  async #regenerate(store: FleetStore): Promise<void> {
    try {
      const { regenerateSaved } = await import('./later.ts');
      await regenerateSaved(store, this.#hooks());
    } catch (error) {
      this.#log.error(error instanceof Error ? error : String(error));
    }
  }

  #withdraw(): void {
    clearTimeout(this.#timer);
    this.#offer?.item.dispose();
    this.#offer = undefined;
  }
}
