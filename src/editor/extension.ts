// The extension's entry: constructs, registers, and is done. Nothing is read before everything is registered.
import * as vscode from 'vscode';
import { Alarm } from './alarm.ts';
import { registerCommands } from './commands/registerCommands.ts';
import { DoctorReports } from './commands/runDoctor.ts';
import { ProofReports } from './commands/showProof.ts';
import { registerDiagnostics } from './diagnostics.ts';
import { showError } from './errors.ts';
import { Fleets } from './fleets.ts';
import { registerHistoryDocuments } from './historyDocuments.ts';
import { packagedHooks } from './hookSources.ts';
import { registerAgentLenses } from './language/agentLenses.ts';
import { registerQuickFixes } from './language/quickFixes.ts';
import { registerRegistryHovers } from './language/registryHovers.ts';
import { registerSettingsHooks } from './language/settingsHooks.ts';
import { PlannedDocuments } from './plannedDocuments.ts';
import { Proofs } from './proofs.ts';
import { RegistrySaves } from './registrySaves.ts';
import { registerStatusItem } from './statusItem.ts';
import { Terminals } from './terminals.ts';
import { AgentTree } from './tree/agentTree.ts';

/** What our own tests look at: the views' models, nothing that writes. */
export interface EditorApi {
  readonly fleets: Fleets;
  readonly tree: AgentTree;
  readonly terminals: Terminals;
  readonly proofs: Proofs;
  readonly alarm: Alarm;
  readonly statusItem: vscode.StatusBarItem;
}

export function activate(context: vscode.ExtensionContext): EditorApi | undefined {
  const log = vscode.window.createOutputChannel('Native Orchestrator', { log: true });
  context.subscriptions.push(log);
  try {
    return construct(context, log);
  } catch (error) {
    // Without this the only trace of a failed activation is an empty view.
    void showError(log, vscode.l10n.t('activation'), error);
    return undefined;
  }
}

function construct(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): EditorApi {
  const started = performance.now();
  const hooks = packagedHooks(context.extensionPath, 'mjs');
  const fleets = new Fleets(hooks, log);
  const launchHooks = packagedHooks(context.extensionPath, 'cjs');
  const terminals = new Terminals(log);
  const proofs = new Proofs(fleets, launchHooks, log);
  const alarm = new Alarm(fleets, terminals, context.workspaceState, log);
  const tree = new AgentTree(fleets, terminals, proofs, alarm);
  const status = registerStatusItem(fleets);
  const doctor = new DoctorReports(fleets);
  const reports = new ProofReports(fleets, proofs);
  const commands = registerCommands({
    ...{ fleets, terminals, hooks, launchHooks, doctor, proofs, reports, log },
    memory: context.workspaceState,
    extensionUri: context.extensionUri,
  });
  context.subscriptions.push(fleets, terminals, proofs, alarm, tree, status, doctor, reports, commands);
  context.subscriptions.push(new PlannedDocuments(fleets), registerDiagnostics(fleets, proofs));
  context.subscriptions.push(registerAgentLenses(fleets, terminals, proofs), registerRegistryHovers(fleets));
  context.subscriptions.push(registerQuickFixes(fleets), registerSettingsHooks(fleets));
  context.subscriptions.push(registerHistoryDocuments(fleets), new RegistrySaves(fleets, hooks, log));
  fleets.start();
  log.info(`activated in ${(performance.now() - started).toFixed(1)} ms`);
  return { fleets, tree, terminals, proofs, alarm, statusItem: status.item };
}
