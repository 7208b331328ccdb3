// The one item in the status bar: how the agents stand, and a click to the most urgent thing.
import * as vscode from 'vscode';
import { placedAgents, summarize } from './fleetSummary.ts';
import type { Fleets } from './fleets.ts';
import { commandIds } from './ids.ts';
import type { Sessions } from './sessions.ts';

export function registerStatusItem(
  fleets: Fleets,
  sessions: Sessions,
): vscode.Disposable & { readonly item: vscode.StatusBarItem } {
  const item = vscode.window.createStatusBarItem(
    'nativeOrchestrator.status',
    vscode.StatusBarAlignment.Left,
    10,
  );
  item.name = vscode.l10n.t('Agents');
  item.command = commandIds.openMostUrgent;
  const update = () => {
    const stores = fleets.withRegistry;
    if (stores.length === 0) {
      item.hide();
      return;
    }
    const notes = stores
      .filter((store) => !store.fleet?.registry || store.fleet.isLastGood)
      .map((store) => vscode.l10n.t('The registry of {0} has errors.', store.folder.name));
    const summary = summarize(placedAgents(fleets, sessions), notes, Date.now());
    item.text = summary.text;
    item.tooltip = new vscode.MarkdownString(summary.tooltip);
    item.accessibilityInformation = { label: summary.spoken, role: 'button' };
    item.backgroundColor = summary.isDisarmed
      ? new vscode.ThemeColor('statusBarItem.errorBackground')
      : undefined;
    item.show();
  };
  const listening = vscode.Disposable.from(fleets.onDidChange(update), sessions.onDidChange(update));
  return {
    item,
    dispose: () => {
      listening.dispose();
      item.dispose();
    },
  };
}
