// "Restore this key from the registry": shows the one key as the registry says, and writes it.
import * as vscode from 'vscode';
import { commandIds } from '../ids.ts';
import type { DifferenceFix } from './mendDifference.ts';

export const restoreKey: DifferenceFix = (argument) => {
  const action = new vscode.CodeAction(
    argument.key === undefined
      ? vscode.l10n.t('Restore this file from the registry')
      : vscode.l10n.t('Restore this key from the registry'),
    vscode.CodeActionKind.QuickFix,
  );
  action.command = { command: commandIds.restoreKey, title: action.title, arguments: [argument] };
  action.isPreferred = true;
  return action;
};
