// The extension's entry: constructs, registers, and is done. Nothing is read before everything is registered.
import * as vscode from 'vscode';
import { registerAdoption } from './adoption.ts';
import { Alarm } from './alarm.ts';
import { registerCommands } from './commands/registerCommands.ts';
import { DoctorReports } from './commands/runDoctor.ts';
import { ProofReports } from './commands/showProof.ts';
import { registerDiagnostics } from './diagnostics.ts';
import { showError } from './errors.ts';
import { Fleets } from './fleets.ts';
import { registerHistoryDocuments } from './historyDocuments.ts';
import { packagedHooks } from './hookSources.ts';
import { registerHubSetting } from './hubSetting.ts';
import { registerAgentLenses } from './language/agentLenses.ts';
import { registerQuickFixes } from './language/quickFixes.ts';
import { registerRegistryHovers } from './language/registryHovers.ts';
import { registerSettingsHooks } from './language/settingsHooks.ts';
import { PlannedDocuments } from './plannedDocuments.ts';
import { Proofs } from './proofs.ts';
import { RegistrySaves } from './registrySaves.ts';
import { Sessions } from './sessions.ts';
import { registerStatusItem } from './statusItem.ts';
import { Terminals } from './terminals.ts';
import { AgentTree } from './tree/agentTree.ts';

/** What our own tests look at: the views' models, nothing that writes. */
export interface EditorApi {
  readonly fleets: Fleets;
  readonly tree: AgentTree;
  readonly terminals: Terminals;
  readonly sessions: Sessions;
  readonly proofs: Proofs;
  readonly alarm: Alarm;
  readonly statusItem: vscode.StatusBarItem;
  readonly log: vscode.LogOutputChannel;
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
  const sessions = new Sessions(fleets, terminals, log);
  const memory = context.workspaceState;
  const tree = new AgentTree({ fleets, sessions, proofs, alarm, memory });
  const status = registerStatusItem(fleets, sessions);
  const doctor = new DoctorReports(fleets);
  const reports = new ProofReports(fleets, proofs);
  const commands = registerCommands({
    ...{ fleets, terminals, sessions, tree, memory, hooks, launchHooks, doctor, proofs, reports, log },
    extensionUri: context.extensionUri,
  });
  context.subscriptions.push(fleets, terminals, proofs, alarm, sessions, tree, status);
  context.subscriptions.push(doctor, reports, commands);
  context.subscriptions.push(new PlannedDocuments(fleets), registerDiagnostics(fleets, proofs));
  context.subscriptions.push(registerAgentLenses(fleets, sessions, proofs), registerRegistryHovers(fleets));
  context.subscriptions.push(registerQuickFixes(fleets), registerSettingsHooks(fleets));
  context.subscriptions.push(registerHistoryDocuments(fleets), new RegistrySaves(fleets, hooks, log));
  context.subscriptions.push(registerAdoption(fleets, terminals, log), registerHubSetting(fleets));
  fleets.start();
  log.info(`activated in ${(performance.now() - started).toFixed(1)} ms`);
  return { fleets, tree, terminals, sessions, proofs, alarm, statusItem: status.item, log };
}
