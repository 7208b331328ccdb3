// Commands that only show: the registry at an agent, a file of an agent, the most urgent thing, Problems.
import * as vscode from 'vscode';
import { nodeFiles } from '../../files/nodeFiles.ts';
import { UserError } from '../../findings/userError.ts';
import { isOutOfSync } from '../../outputs/output.ts';
import { placedAgents, summarize } from '../fleetSummary.ts';
import type { Fleets, FoundAgent } from '../fleets.ts';
import { commandIds, viewIds } from '../ids.ts';
import { plannedUri } from '../plannedDocuments.ts';
import type { Proofs } from '../proofs.ts';
import { toEditorRange } from '../ranges.ts';
import type { Sessions } from '../sessions.ts';
import { isProofFailure, urgencyOf } from '../tree/marks.ts';
import { argumentFor } from './pickAgent.ts';
import { showDiff } from './showDiff.ts';

/** Opens the registry with the cursor at the agent. */
export async function openRegistry(found: FoundAgent): Promise<void> {
  const { store, fleet, status } = found;
  const range = fleet.parsed?.positions.at(['agents', status.agent.id]);
  const start = range ? toEditorRange(range).start : new vscode.Position(0, 0);
  await vscode.window.showTextDocument(store.registryUri, {
    selection: new vscode.Range(start, start),
    preview: true,
  });
}

/** Opens an output of an agent; what does not exist yet is shown as it would be written. */
export async function openOutput(found: FoundAgent, path: unknown, line: unknown): Promise<void> {
  const output = found.status.outputs.find((each) => each.path === path);
  if (!output)
    throw new UserError(vscode.l10n.t('That file is not an output of {0} any more.', found.status.agent.id));
  const uri = found.store.uriOf(output.path);
  if (nodeFiles.kind(uri.fsPath) !== undefined) {
    await showAt(uri, line);
    return;
  }
  await vscode.window.showTextDocument(plannedUri(found.store.folder.uri.toString(), output.path), {
    preview: true,
  });
}

/** Opens a settings file that belongs to no agent, if the argument names one that has hooks; false when it does not. */
export async function openLiveSettings(fleets: Fleets, given: unknown): Promise<boolean> {
  if (typeof given !== 'object' || given === null) return false;
  const { folder, path, line } = given as Record<string, unknown>;
  const store = fleets.stores.find((each) => each.folder.uri.toString() === folder);
  const fleet = store?.fleet;
  const live = fleet && [...fleet.liveHooks, ...fleet.otherHooks].find(({ file }) => file === path);
  if (!store || !live || 'agent' in given) return false;
  await showAt(store.uriOf(live.file), line);
  return true;
}

async function showAt(uri: vscode.Uri, line: unknown): Promise<void> {
  const at = new vscode.Position(typeof line === 'number' && line > 0 ? Math.floor(line) - 1 : 0, 0);
  await vscode.window.showTextDocument(uri, { preview: true, selection: new vscode.Range(at, at) });
}

/** What the status item opens: the place of the most urgent agent's first error, its difference, or the view. */
export async function openMostUrgent(fleets: Fleets, proofs: Proofs, sessions: Sessions): Promise<void> {
  const { mostUrgent } = summarize(placedAgents(fleets, sessions));
  const found = mostUrgent && fleets.find({ folder: mostUrgent.folder, agent: mostUrgent.status.agent.id });
  const broken = fleets.withRegistry.find((store) => !store.fleet?.registry || store.fleet.isLastGood);
  if (!found) {
    if (broken) await vscode.window.showTextDocument(broken.registryUri);
    else await vscode.commands.executeCommand(`${viewIds.agents}.focus`);
    return;
  }
  const argument = argumentFor(found);
  const urgency = urgencyOf(found.status, mostUrgent?.session);
  if (urgency === 'needsYou' || urgency === 'failed') {
    await vscode.commands.executeCommand(commandIds.nextAgent);
    return;
  }
  if (isProofFailure(found.status, proofs.of(argument))) {
    await vscode.commands.executeCommand(commandIds.showProof, argument);
    return;
  }
  const finding =
    found.status.findings.find((each) => each.severity === 'error') ??
    found.status.findings.find((each) => each.severity === 'warning');
  if (finding && nodeFiles.kind(found.store.uriOf(finding.file).fsPath) === 'file') {
    await vscode.window.showTextDocument(found.store.uriOf(finding.file), {
      selection: toEditorRange(finding),
      preview: true,
    });
    return;
  }
  if (found.status.outputs.some((output) => isOutOfSync(output.drift)) && (await showDiff(found))) return;
  await openRegistry(found);
}

/** Inspects everything and opens Problems. */
export async function checkFleet(fleets: Fleets): Promise<void> {
  for (const store of fleets.stores) store.inspectNow();
  await vscode.commands.executeCommand('workbench.actions.view.problems');
}

/** Opens the help of a finding's code in the page that lists them all. */
export async function explainFinding(extensionUri: vscode.Uri, given: unknown): Promise<void> {
  const page = vscode.Uri.joinPath(extensionUri, 'docs', 'findings.md');
  const code = typeof given === 'string' && /^[a-z]+\/[a-z0-9-]+$/.test(given) ? given : '';
  await vscode.commands.executeCommand(
    'markdown.showPreview',
    page.with({ fragment: code.replace('/', '') }),
  );
}
