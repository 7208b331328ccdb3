// A new text for a document, as the smallest replacement: cursor and undo history keep their places.
import * as vscode from 'vscode';

/** Adds to `edit` what turns the document's text into `after`. */
export function replaceChanged(
  edit: vscode.WorkspaceEdit,
  document: vscode.TextDocument,
  after: string,
): void {
  const before = document.getText();
  let start = 0;
  while (start < before.length && before[start] === after[start]) start++;
  let end = 0;
  while (
    end < before.length - start &&
    end < after.length - start &&
    before.at(-1 - end) === after.at(-1 - end)
  )
    end++;
  edit.replace(
    document.uri,
    new vscode.Range(document.positionAt(start), document.positionAt(before.length - end)),
    after.slice(start, after.length - end),
  );
}
