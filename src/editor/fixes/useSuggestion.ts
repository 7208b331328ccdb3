// "Write it as …": puts the spelling that a rule suggests in the place of the text that it marks.
import * as vscode from 'vscode';
import { visible, visibleShort } from '../../findings/visible.ts';
import { toEditorRange } from '../ranges.ts';
import type { Fix } from './fix.ts';

/** The text that replaces `marked`, keeping its quotes; undefined when it can't be put there as it is. */
export function replacementOf(marked: string, suggestion: string): string | undefined {
  if (visible(suggestion) !== suggestion) return undefined;
  const quote = marked[0];
  if (quote === '"' && marked.endsWith('"') && marked.length > 1) return JSON.stringify(suggestion);
  if (quote === "'" && marked.endsWith("'") && marked.length > 1)
    return `'${suggestion.replaceAll("'", "''")}'`;
  // A plain YAML word stays plain only where it can't mean anything else.
  return /^[A-Za-z_][\w/.-]*$/.test(suggestion) ? suggestion : JSON.stringify(suggestion);
}

export const useSuggestion: Fix = ({ document, finding, diagnostic }) => {
  const suggestion = finding.args.suggestion;
  const range = toEditorRange(finding);
  // Only at the finding's own place: at the other end the marked text is another.
  if (typeof suggestion !== 'string' || suggestion === '' || !range.isEqual(diagnostic.range)) return [];
  const text = replacementOf(document.getText(range), suggestion);
  if (text === undefined) return [];
  const action = new vscode.CodeAction(
    vscode.l10n.t('Write it as {0}', visibleShort(suggestion, 60)),
    vscode.CodeActionKind.QuickFix,
  );
  action.edit = new vscode.WorkspaceEdit();
  action.edit.replace(document.uri, range, text);
  action.diagnostics = [diagnostic];
  return [action];
};
