// The view "Agents": rows as tree items, the badge, and the line above the rows when the registry is broken or the window untrusted.
import * as vscode from 'vscode';
import type { Alarm } from '../alarm.ts';
import { type Coalesced, coalesce } from '../coalesce.ts';
import { placedAgents, summarize } from '../fleetSummary.ts';
import type { Fleets } from '../fleets.ts';
import type { AgentArgument, FleetContext } from '../ids.ts';
import { contextKeys, memoryKeys, viewIds } from '../ids.ts';
import type { Proofs } from '../proofs.ts';
import type { Sessions } from '../sessions.ts';
import { isTrusted } from '../trust.ts';
import { clock } from '../words.ts';
import type { Row } from './row.ts';
import { fleetRows } from './rows.ts';
import { ShownRows } from './shownRows.ts';

/** Ages in rows are told in minutes; a row that is looked at must not grow old. */
const agesEveryMs = 30_000;

export interface TreeContext {
  readonly fleets: Fleets;
  readonly sessions: Sessions;
  readonly proofs: Proofs;
  readonly alarm: Alarm;
  /** Of the workspace: how the person wants the rows ordered. */
  readonly memory: vscode.Memento;
}

export class AgentTree implements vscode.TreeDataProvider<Row>, vscode.Disposable {
  readonly #fleets: Fleets;
  readonly #sessions: Sessions;
  readonly #memory: vscode.Memento;
  readonly #proofs: Proofs;
  readonly #alarm: Alarm;
  readonly #changed = new vscode.EventEmitter<Row[] | undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #view: vscode.TreeView<Row>;
  readonly #disposables: vscode.Disposable[];
  #shownContext: FleetContext | undefined;
  readonly #shown = new ShownRows();
  readonly #redraw: Coalesced;

  constructor({ fleets, sessions, proofs, alarm, memory }: TreeContext) {
    this.#fleets = fleets;
    this.#sessions = sessions;
    this.#memory = memory;
    this.#proofs = proofs;
    this.#alarm = alarm;
    this.#view = vscode.window.createTreeView(viewIds.agents, {
      treeDataProvider: this,
      showCollapseAll: true,
    });
    const ages = setInterval(() => {
      if (this.#view.visible) this.#draw();
    }, agesEveryMs);
    this.#redraw = coalesce(() => this.#draw());
    this.#disposables = [
      { dispose: () => clearInterval(ages) },
      this.#view,
      this.#changed,
      fleets.onDidChange(() => this.#update()),
      sessions.onDidChange(() => this.#update()),
      this.#redraw,
      ...[fleets.onDidChangeEvidence, proofs.onDidChange, alarm.onDidChange].map((event) =>
        event(() => this.#redraw.request()),
      ),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.#update()),
    ];
  }

  getTreeItem(given: Row): vscode.TreeItem {
    const row = this.#shown.latest(given);
    const item = new vscode.TreeItem(
      row.label,
      row.children
        ? row.isOpen
          ? vscode.TreeItemCollapsibleState.Expanded
          : vscode.TreeItemCollapsibleState.Collapsed
        : vscode.TreeItemCollapsibleState.None,
    );
    item.id = row.id;
    item.description = row.description;
    item.contextValue = row.kind;
    item.accessibilityInformation = { label: row.spoken, role: 'treeitem' };
    if (row.icon)
      item.iconPath = new vscode.ThemeIcon(
        row.icon.id,
        row.icon.color ? new vscode.ThemeColor(row.icon.color) : undefined,
      );
    if (row.click) item.command = { ...row.click, arguments: [...row.click.arguments] };
    return item;
  }

  /** The tooltip, when somebody points at the row. Neither trusted nor HTML: it runs nothing and loads nothing. */
  resolveTreeItem(item: vscode.TreeItem, row: Row): vscode.TreeItem {
    item.tooltip = new vscode.MarkdownString(this.#shown.tooltipOf(row));
    return item;
  }

  getChildren(row?: Row): Row[] {
    if (row) return this.#shown.give(row, this.#shown.latest(row).children ?? []);
    this.#proofs.look();
    return this.#shown.give(undefined, this.rows());
  }

  getParent(row: Row): Row | undefined {
    return this.#shown.parentOf(row);
  }

  /** Orders the agents by urgency, or as the registry has them. */
  async order(isByUrgency: boolean): Promise<void> {
    await this.#memory.update(memoryKeys.byUrgency, isByUrgency);
    await vscode.commands.executeCommand('setContext', contextKeys.byUrgency, isByUrgency);
    this.#draw();
  }

  /** The rows at the top, of the fleets as they are now. */
  rows(): readonly Row[] {
    const fleets = this.#fleets.withRegistry.flatMap((store) =>
      store.fleet
        ? [{ folder: store.folder.uri.toString(), name: store.folder.name, fleet: store.fleet }]
        : [],
    );
    return fleetRows(fleets, {
      sessionOf: (argument: AgentArgument) => this.#sessions.of(argument),
      sessionsIn: (folder) => this.#sessions.in(folder),
      evidenceOf: ({ folder, agent }) =>
        this.#fleets.stores.find((each) => each.folder.uri.toString() === folder)?.evidence.of(agent),
      proofOf: (argument: AgentArgument) => this.#proofs.of(argument),
      disarmedOf: (argument: AgentArgument) => this.#alarm.of(argument),
      now: Date.now(),
      isByUrgency: this.#memory.get(memoryKeys.byUrgency) === true,
    });
  }

  dispose(): void {
    for (const each of this.#disposables) each.dispose();
  }

  #update(): void {
    const context = this.#context();
    if (context !== this.#shownContext) {
      void vscode.commands.executeCommand('setContext', contextKeys.fleet, context);
      const isByUrgency = this.#memory.get(memoryKeys.byUrgency) === true;
      void vscode.commands.executeCommand('setContext', contextKeys.byUrgency, isByUrgency);
    }
    this.#shownContext = context;
    const message = this.#message();
    if ((this.#view.message ?? '') !== message) this.#view.message = message;
    const { badge } = summarize(placedAgents(this.#fleets, this.#sessions));
    if (this.#view.badge?.tooltip !== badge?.tooltip) this.#view.badge = badge;
    this.#draw();
  }

  /** Has drawn what changed, and no more. */
  #draw(): void {
    const rows = this.#shown.update(this.rows());
    if (rows === undefined || rows.length > 0) this.#changed.fire(rows && [...rows]);
  }

  #context(): FleetContext {
    const stores = this.#fleets.stores;
    if (stores.length === 0) return 'noFolder';
    if (stores.some((store) => store.fleet?.registry)) return 'ready';
    if (stores.some((store) => store.fleet?.registryFile)) return 'brokenRegistry';
    return stores.some((store) => !store.fleet) ? 'starting' : 'noRegistry';
  }

  /** One line, or none: what the rows themselves cannot say. */
  #message(): string {
    const old = this.#fleets.stores.find((store) => store.fleet?.isLastGood);
    if (old)
      return old.lastGoodAt
        ? vscode.l10n.t('The registry has errors, showing {0}.', clock(old.lastGoodAt))
        : vscode.l10n.t('The registry has errors.');
    if (!isTrusted() && this.#fleets.withRegistry.length > 0)
      return vscode.l10n.t(
        'This workspace is not trusted: agents are shown, nothing can be written or started.',
      );
    return '';
  }
}
