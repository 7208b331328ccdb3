// The one translator between our 1-based ranges and those of VS Code.
import * as vscode from 'vscode';
import type { Range } from '../findings/finding.ts';

/** The same span for VS Code. An empty span at a line's start covers the line's first character, so that it shows. */
export function toEditorRange(range: Range): vscode.Range {
  const line = Math.max(0, range.line - 1);
  const column = Math.max(0, range.column - 1);
  const endLine = Math.max(line, range.endLine - 1);
  const endColumn = Math.max(0, range.endColumn - 1);
  const isEmpty = endLine === line && endColumn <= column;
  return new vscode.Range(line, column, endLine, isEmpty ? column + 1 : endColumn);
}
