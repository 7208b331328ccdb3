// Starts the hub of each folder with a registry where the setting asks for it: once, so that "Stop Hub" holds for the window.
import * as vscode from 'vscode';
import type { FleetStore } from './fleetStore.ts';
import type { Fleets } from './fleets.ts';
import { commandIds, settingKeys, settingsSection } from './ids.ts';
import { isTrusted } from './trust.ts';

export function registerHubSetting(fleets: Fleets): vscode.Disposable {
  const begun = new Set<FleetStore>();
  const begin = (): void => {
    const isWanted = vscode.workspace.getConfiguration(settingsSection).get(settingKeys.hub) === true;
    if (!isWanted) begun.clear();
    if (!isWanted || !isTrusted()) return;
    for (const store of fleets.withRegistry) {
      if (begun.has(store)) continue;
      begun.add(store);
      const argument = { folder: store.folder.uri.toString(), isQuiet: true };
      void vscode.commands.executeCommand(commandIds.startHub, argument);
    }
  };
  return vscode.Disposable.from(
    fleets.onDidChange(begin),
    vscode.workspace.onDidChangeConfiguration(begin),
    vscode.workspace.onDidGrantWorkspaceTrust(begin),
  );
}
