// The quick fixes of a settings file that take something out or put a word in: edits that can be previewed. Loaded on first use.
import * as vscode from 'vscode';
import { type SettingsRepair, settingsRepairs } from '../../claude/settingsRepairs.ts';
import { visibleShort } from '../../findings/visible.ts';
import { toEditorRange } from '../ranges.ts';
import type { FixRequest } from './fix.ts';
import { migrateFile } from './migrateFile.ts';
import { replaceChanged } from './replaceChanged.ts';

function titleOf({ kind, name }: SettingsRepair): string {
  const shown = visibleShort(name, 60);
  const titles: Readonly<Record<SettingsRepair['kind'], string>> = {
    remove: vscode.l10n.t('Remove {0}', shown),
    duplicate: vscode.l10n.t('Remove the first {0}, which the CLI forgets', shown),
    strict: vscode.l10n.t('Make it strict JSON (without comments and trailing commas)'),
    onFailure: vscode.l10n.t('Add "onFailure": "block"'),
  };
  return titles[kind];
}

/** The mends of a finding at its own place; none for other findings. */
export function repairSettings(request: FixRequest): readonly vscode.CodeAction[] {
  const { document, finding, diagnostic } = request;
  if (!toEditorRange(finding).isEqual(diagnostic.range)) return [];
  const repairs = settingsRepairs(document.getText(), finding).map((repair) => {
    const action = new vscode.CodeAction(titleOf(repair), vscode.CodeActionKind.QuickFix);
    action.edit = new vscode.WorkspaceEdit();
    replaceChanged(action.edit, document, repair.text);
    action.diagnostics = [diagnostic];
    action.isPreferred = repair.isPreferred;
    return action;
  });
  return [...migrateFile(request), ...repairs];
}
