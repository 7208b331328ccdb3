// "Rewrite in the present form": a legacy hook entry as the CLI reads it today, the rest of the file untouched.
import * as vscode from 'vscode';
import { migrateHookEntry } from '../../claude/migrateHook.ts';
import type { Fix } from './fix.ts';

const legacy: ReadonlySet<string> = new Set(['claude/legacy-hook', 'claude/legacy-hook-skipped']);

export const migrateEntry: Fix = ({ document, finding, diagnostic }) => {
  if (!legacy.has(finding.code) || finding.key === undefined) return [];
  const before = document.getText();
  const after = migrateHookEntry(before, finding.key);
  if (after === undefined) return [];
  // Only what differs is replaced, so that the cursor and the undo history keep their places.
  let start = 0;
  while (start < before.length && before[start] === after[start]) start++;
  let end = 0;
  while (
    end < before.length - start &&
    end < after.length - start &&
    before.at(-1 - end) === after.at(-1 - end)
  )
    end++;
  const action = new vscode.CodeAction(
    vscode.l10n.t('Rewrite this hook in the present form'),
    vscode.CodeActionKind.QuickFix,
  );
  action.edit = new vscode.WorkspaceEdit();
  action.edit.replace(
    document.uri,
    new vscode.Range(document.positionAt(start), document.positionAt(before.length - end)),
    after.slice(start, after.length - end),
  );
  action.diagnostics = [diagnostic];
  action.isPreferred = true;
  return [action];
};
