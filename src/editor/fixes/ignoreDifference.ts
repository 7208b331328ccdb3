// "Ignore this difference…": offered where a difference may be lived with.
import * as vscode from 'vscode';
import { whyNotIgnored } from '../../outputs/ignoreFindings.ts';
import { commandIds } from '../ids.ts';
import type { DifferenceFix } from './mendDifference.ts';

export const ignoreDifference: DifferenceFix = (argument, { store }) => {
  const status = store.fleet?.agents.find(({ agent }) => agent.id === argument.agent);
  const output = status?.outputs.find(({ path }) => path === argument.path);
  if (output === undefined || store.fleet?.parsed?.registry === undefined) return undefined;
  const entry = { file: argument.path, key: argument.key ?? '', reason: '-' };
  if (whyNotIgnored(output, entry) !== undefined) return undefined;
  const action = new vscode.CodeAction(
    vscode.l10n.t('Ignore this difference…'),
    vscode.CodeActionKind.QuickFix,
  );
  action.command = { command: commandIds.ignoreDifference, title: action.title, arguments: [argument] };
  return action;
};
