// Shows what an edit would make of a document, asks, and makes it: undoable, and refused when the document moved on.
import * as vscode from 'vscode';
import { UserError } from '../../findings/userError.ts';
import { notice } from '../errors.ts';
import { schemes } from '../ids.ts';

export interface ReviewedEdit {
  /** The document, with the text that the edit was worked out from. */
  readonly document: vscode.TextDocument;
  /** Its whole text afterwards. */
  readonly after: string;
  /** Over the diff. */
  readonly title: string;
  /** What the edit does, in a sentence, and what else there is to know of it. */
  readonly question: string;
  /** What is agreed to: a verb. */
  readonly accept: string;
  /** Asks in a dialog that cannot be overlooked: something is given up. */
  readonly isGrave?: boolean;
}

/** The one replacement that makes the second text of the first. Offsets into the first. */
export function onlyDifference(
  before: string,
  after: string,
): { readonly start: number; readonly end: number; readonly text: string } {
  let start = 0;
  while (start < before.length && before[start] === after[start]) start++;
  let tail = 0;
  while (
    tail < before.length - start &&
    tail < after.length - start &&
    before.at(-1 - tail) === after.at(-1 - tail)
  )
    tail++;
  // Never between the two halves of a line end or of a character: an editor would see two of them.
  const splits = (at: number): boolean => /[\r\uD800-\uDBFF]/.test(before[at - 1] ?? '');
  while (start > 0 && (splits(start) || /[\r\uD800-\uDBFF]/.test(after[start - 1] ?? ''))) start--;
  while (tail > 0 && splits(before.length - tail)) tail--;
  return { start, end: before.length - tail, text: after.slice(start, after.length - tail) };
}

/** Shows the text beside the document until what it gives is disposed. */
async function preview({ document, after, title }: ReviewedEdit): Promise<vscode.Disposable> {
  // Its name alone: nothing must take it for the file itself, and the name gives it its language.
  const uri = vscode.Uri.from({
    scheme: schemes.preview,
    path: `/${document.uri.path.split('/').at(-1) ?? ''}`,
    query: `v=${document.version}&t=${Date.now()}`,
  });
  const provider = vscode.workspace.registerTextDocumentContentProvider(schemes.preview, {
    provideTextDocumentContent: (asked) => (asked.toString() === uri.toString() ? after : undefined),
  });
  await vscode.commands.executeCommand('vscode.diff', document.uri, uri, title, { preview: true });
  return new vscode.Disposable(() => {
    const tabs = vscode.window.tabGroups.all
      .flatMap((group) => group.tabs)
      .filter(
        ({ input }) =>
          input instanceof vscode.TabInputTextDiff && input.modified.toString() === uri.toString(),
      );
    void Promise.resolve(tabs.length === 0 ? true : vscode.window.tabGroups.close(tabs)).finally(() =>
      provider.dispose(),
    );
  });
}

async function isAgreed({ question, accept, isGrave }: ReviewedEdit): Promise<boolean> {
  const chosen =
    isGrave === true
      ? await vscode.window.showWarningMessage(question, { modal: true }, accept)
      : await vscode.window.showInformationMessage(notice(question), accept);
  return chosen === accept;
}

/**
 * Resolves to true when the edit was made. A document that had no unsaved changes is saved. @throws UserError when the
 * document has changed since the edit was worked out.
 */
export async function reviewEdit(edit: ReviewedEdit): Promise<boolean> {
  const { document, after } = edit;
  const { version } = document;
  const before = document.getText();
  const shown = await preview(edit);
  try {
    if (!(await isAgreed(edit))) return false;
  } finally {
    shown.dispose();
  }
  // It may have been closed and opened anew meanwhile.
  const now = await vscode.workspace.openTextDocument(document.uri);
  if (now.getText() !== before || (now === document && now.version !== version))
    throw new UserError(
      vscode.l10n.t(
        '{0} has changed since the difference was shown, so nothing was done. Look again.',
        vscode.workspace.asRelativePath(document.uri),
      ),
    );
  const wasDirty = now.isDirty;
  const { start, end, text } = onlyDifference(before, after);
  const change = new vscode.WorkspaceEdit();
  change.replace(now.uri, new vscode.Range(now.positionAt(start), now.positionAt(end)), text);
  if (!(await vscode.workspace.applyEdit(change)))
    throw new UserError(
      vscode.l10n.t('{0} could not be changed.', vscode.workspace.asRelativePath(document.uri)),
    );
  if (!wasDirty) await now.save();
  return true;
}
