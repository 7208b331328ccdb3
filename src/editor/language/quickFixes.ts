// Offers the quick fixes for the findings under the cursor, which are worked out in the bundle that is loaded on first use.
import * as vscode from 'vscode';
import { isFindingDiagnostic } from '../diagnostics.ts';
import type { Fleets } from '../fleets.ts';

export function registerQuickFixes(fleets: Fleets): vscode.Disposable {
  return vscode.languages.registerCodeActionsProvider(
    { scheme: 'file' },
    {
      async provideCodeActions(document, _range, context, token) {
        const store = fleets.storeOf(document.uri);
        // A fix made from an older text would change the wrong place.
        if (!store?.isCurrent(document)) return [];
        const requests = context.diagnostics
          .filter(isFindingDiagnostic)
          .map((diagnostic) => ({ store, document, finding: diagnostic.finding, diagnostic }));
        if (requests.length === 0) return [];
        const actions = await (await import('../later.ts')).fixesFor(requests, token);
        // The document may have moved on while files were looked for.
        return store.isCurrent(document) ? actions : [];
      },
    },
    { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] },
  );
}
