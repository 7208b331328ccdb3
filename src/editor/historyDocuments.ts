// Serves the pages and the kept texts of the history as read-only documents. What they hold is made on first use.
import * as vscode from 'vscode';
import type { Fleets } from './fleets.ts';
import { schemes } from './ids.ts';

export function registerHistoryDocuments(fleets: Fleets): vscode.Disposable {
  return vscode.workspace.registerTextDocumentContentProvider(schemes.history, {
    provideTextDocumentContent: async (uri) => (await import('./later.ts')).historyDocument(fleets, uri),
  });
}
