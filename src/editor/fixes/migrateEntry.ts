// "Rewrite in the present form": a legacy hook entry as the CLI reads it today, the rest of the file untouched.
import * as vscode from 'vscode';
import { migrateHookEntry } from '../../claude/migrateHook.ts';
import type { Fix } from './fix.ts';
import { replaceChanged } from './replaceChanged.ts';

const legacy: ReadonlySet<string> = new Set(['claude/legacy-hook', 'claude/legacy-hook-skipped']);

export const migrateEntry: Fix = ({ document, finding, diagnostic }) => {
  if (!legacy.has(finding.code) || finding.key === undefined) return [];
  const after = migrateHookEntry(document.getText(), finding.key);
  if (after === undefined) return [];
  const action = new vscode.CodeAction(
    vscode.l10n.t('Rewrite this hook in the present form'),
    vscode.CodeActionKind.QuickFix,
  );
  action.edit = new vscode.WorkspaceEdit();
  replaceChanged(action.edit, document, after);
  action.diagnostics = [diagnostic];
  action.isPreferred = true;
  return [action];
};
