// Refuses to write behind the back of an editor: what somebody types there would be lost, or would undo what was written.
import * as vscode from 'vscode';
import { UserError } from '../findings/userError.ts';
import type { FleetStore } from './fleetStore.ts';

/** `paths`: of the files that are to be written, relative to the folder. @throws UserError while one has unsaved changes. */
export function requireSaved(store: Pick<FleetStore, 'uriOf'>, paths: readonly string[]): void {
  const wanted = new Set(paths.map((path) => store.uriOf(path).toString()));
  const unsaved = vscode.workspace.textDocuments.find(
    (document) => document.isDirty && wanted.has(document.uri.toString()),
  );
  if (unsaved)
    throw new UserError(
      vscode.l10n.t(
        '{0} has unsaved changes. Save or revert it first.',
        vscode.workspace.asRelativePath(unsaved.uri),
      ),
    );
}
