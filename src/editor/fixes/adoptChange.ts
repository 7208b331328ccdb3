// "Adopt this change into the registry": offered where the registry can say what the key says.
import * as vscode from 'vscode';
import { adoptionOf } from '../../outputs/adoptionOf.ts';
import { commandIds } from '../ids.ts';
import type { DifferenceFix } from './mendDifference.ts';

export const adoptChange: DifferenceFix = (argument, { store }) => {
  const status = store.fleet?.agents.find(({ agent }) => agent.id === argument.agent);
  const registry = store.fleet?.parsed?.registry;
  const key = status?.outputs
    .find(({ path }) => path === argument.path)
    ?.keys.find(({ pointer }) => pointer === argument.key);
  if (status === undefined || registry === undefined || key === undefined) return undefined;
  if ('reason' in adoptionOf(key, status.agent, registry)) return undefined;
  const action = new vscode.CodeAction(
    vscode.l10n.t('Adopt this change into the registry'),
    vscode.CodeActionKind.QuickFix,
  );
  action.command = { command: commandIds.adoptChange, title: action.title, arguments: [argument] };
  return action;
};
