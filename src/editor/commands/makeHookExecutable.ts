// Makes a hook script executable, and saves it where it is open: a regular file inside the workspace, and nothing else.
import { chmod, lstat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { nodeFiles } from '../../files/nodeFiles.ts';
import { UserError } from '../../findings/userError.ts';
import { audited } from '../audited.ts';
import type { Fleets } from '../fleets.ts';
import { requireTrust } from '../trust.ts';

/** A script by its folder's URI and its path relative to that folder. */
export interface ScriptArgument {
  readonly folder: string;
  readonly path: string;
  /** Only save it. */
  readonly keepsMode?: boolean;
}

/** @throws UserError when the argument names no such file or it may not be changed. */
export async function makeHookExecutable(fleets: Fleets, given: unknown): Promise<void> {
  requireTrust();
  const {
    folder,
    path: relative,
    keepsMode,
    takesLf,
  } = (typeof given === 'object' && given !== null ? given : {}) as Record<string, unknown>;
  const store = fleets.stores.find((each) => each.folder.uri.toString() === folder);
  if (!store || typeof relative !== 'string')
    throw new UserError(
      vscode.l10n.t('Use the quick fix on the squiggle of the hook: it knows which file is meant.'),
    );
  const root = nodeFiles.realPath(store.folder.uri.fsPath) ?? store.folder.uri.fsPath;
  const file = path.resolve(root, relative);
  // Through the real path, so that a link on the way cannot lead out of the workspace.
  const real = nodeFiles.realPath(file);
  if (real === undefined || !real.startsWith(root + path.sep) || nodeFiles.kind(file) !== 'file')
    throw new UserError(
      vscode.l10n.t('{0} is not a regular file inside the workspace, so its mode was not changed.', relative),
    );
  await audited({ store, action: 'mend', details: { file: relative } }, async () => {
    if (takesLf === true) await giveLf(store.uriOf(relative));
    const open = vscode.workspace.textDocuments.find(
      ({ uri }) => uri.fsPath === file || uri.fsPath === store.uriOf(relative).fsPath,
    );
    if (open?.isDirty === true) await open.save();
    if (keepsMode === true) return;
    const { mode } = await lstat(real);
    // Whoever may read it may run it, as chmod +x does.
    await chmod(real, (mode & 0o7777) | ((mode & 0o444) >> 2));
  });
  store.inspectNow();
}

/** As an edit of the document, so that it can be undone. */
async function giveLf(uri: vscode.Uri): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri);
  const edit = new vscode.WorkspaceEdit();
  edit.set(document.uri, [vscode.TextEdit.setEndOfLine(vscode.EndOfLine.LF)]);
  await vscode.workspace.applyEdit(edit);
}
