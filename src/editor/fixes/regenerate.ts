// "Regenerate", or "Restore" where somebody changed something: brings the outputs of an agent back to what the registry says, after a look at the difference or at once.
import * as vscode from 'vscode';
import { needsRestore } from '../../outputs/fleet.ts';
import type { AgentArgument } from '../ids.ts';
import { commandIds } from '../ids.ts';
import { isTrusted } from '../trust.ts';
import type { Fix } from './fix.ts';

export const regenerate: Fix = ({ store, finding, diagnostic }) => {
  const status = store.fleet?.agents.find((each) => each.agent.id === finding.agent);
  if (!isTrusted() || status?.sync !== 'outOfSync') return [];
  const isEdited = needsRestore(status);
  const id = status.agent.id;
  const argument: AgentArgument = { folder: store.folder.uri.toString(), agent: id };
  const look = new vscode.CodeAction(
    vscode.l10n.t('Regenerate {0}… (shows the difference first)', id),
    vscode.CodeActionKind.QuickFix,
  );
  look.command = { command: commandIds.reviewAgent, title: look.title, arguments: [argument] };
  look.diagnostics = [diagnostic];
  look.isPreferred = !isEdited;
  const direct = new vscode.CodeAction(
    isEdited ? vscode.l10n.t('Restore {0} now', id) : vscode.l10n.t('Regenerate {0} now', id),
    vscode.CodeActionKind.QuickFix,
  );
  direct.command = {
    command: isEdited ? commandIds.restoreAgent : commandIds.regenerateAgent,
    title: direct.title,
    arguments: [argument],
  };
  direct.diagnostics = [diagnostic];
  return [look, direct];
};
