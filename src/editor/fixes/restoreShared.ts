// "Restore the guard": for a hook program of ours that is gone or was changed, which no single agent owns.
import * as vscode from 'vscode';
import { nodeFiles } from '../../files/nodeFiles.ts';
import { isOutOfSync } from '../../outputs/output.ts';
import { commandIds } from '../ids.ts';
import { plannedUri } from '../plannedDocuments.ts';
import { isTrusted } from '../trust.ts';
import { outputNames } from '../words.ts';
import type { Fix } from './fix.ts';

export const restoreShared: Fix = ({ store, finding, diagnostic }) => {
  const output = store.fleet?.shared.find(({ path }) => path === finding.args.path);
  if (finding.agent !== undefined || output === undefined || !isOutOfSync(output.drift)) return [];
  const name = outputNames[output.kind].toLowerCase();
  const actions: vscode.CodeAction[] = [];
  const disk = store.uriOf(output.path);
  if (nodeFiles.kind(disk.fsPath) === 'file' && output.wanted !== undefined) {
    const look = new vscode.CodeAction(
      vscode.l10n.t('Show what was changed in the {0}', name),
      vscode.CodeActionKind.QuickFix,
    );
    const planned = plannedUri(store.folder.uri.toString(), output.path);
    const title = vscode.l10n.t('{0} (on disk ↔ as generated)', output.path.split('/').at(-1) ?? '');
    look.command = { command: 'vscode.diff', title: look.title, arguments: [disk, planned, title] };
    actions.push(look);
  }
  if (isTrusted()) {
    const restore = new vscode.CodeAction(
      vscode.l10n.t('Restore the {0} of all agents', name),
      vscode.CodeActionKind.QuickFix,
    );
    const argument = { folder: store.folder.uri.toString(), path: output.path };
    restore.command = { command: commandIds.restoreAgent, title: restore.title, arguments: [argument] };
    restore.isPreferred = true;
    actions.unshift(restore);
  }
  for (const action of actions) action.diagnostics = [diagnostic];
  return actions;
};
