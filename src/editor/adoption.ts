// When the terminals of agents are looked for: once for each folder after its first inspection, and when a terminal comes
// that was not opened here. Loads what does it only where there is a terminal.
import * as vscode from 'vscode';
import type { FleetStore } from './fleetStore.ts';
import type { Fleets } from './fleets.ts';
import type { Terminals } from './terminals.ts';
import { isTrusted } from './trust.ts';

/** The caller disposes. */
export function registerAdoption(
  fleets: Fleets,
  terminals: Terminals,
  log: vscode.LogOutputChannel,
): vscode.Disposable {
  const looked = new WeakSet<FleetStore>();
  const adopt = async (): Promise<void> => {
    const isKnown = (terminal: vscode.Terminal): boolean => terminals.agentOf(terminal) !== undefined;
    if (!isTrusted() || fleets.withRegistry.length === 0 || vscode.window.terminals.every(isKnown)) return;
    try {
      await (await import('./later.ts')).adoptTabs({ fleets, terminals, log });
    } catch (error) {
      log.error(error instanceof Error ? error : String(error));
    }
  };
  return vscode.Disposable.from(
    vscode.window.onDidOpenTerminal(() => void adopt()),
    vscode.workspace.onDidGrantWorkspaceTrust(() => void adopt()),
    fleets.onDidChange((store) => {
      if (store?.fleet?.registryFile === undefined || looked.has(store)) return;
      looked.add(store);
      void adopt();
    }),
  );
}
