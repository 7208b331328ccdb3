// Offers the quick fixes for the findings under the cursor.
import * as vscode from 'vscode';
import { isFindingDiagnostic } from '../diagnostics.ts';
import type { Fix } from '../fixes/fix.ts';
import { makeExecutable } from '../fixes/makeExecutable.ts';
import { migrateEntry } from '../fixes/migrateEntry.ts';
import { regenerate } from '../fixes/regenerate.ts';
import { useSuggestion } from '../fixes/useSuggestion.ts';
import type { Fleets } from '../fleets.ts';

const fixes: readonly Fix[] = [useSuggestion, migrateEntry, makeExecutable, regenerate];

export function registerQuickFixes(fleets: Fleets): vscode.Disposable {
  return vscode.languages.registerCodeActionsProvider(
    { scheme: 'file' },
    {
      provideCodeActions(document, _range, context) {
        const store = fleets.storeOf(document.uri);
        // A fix made from an older text would change the wrong place.
        if (!store?.isCurrent(document)) return [];
        const actions = context.diagnostics
          .filter(isFindingDiagnostic)
          .flatMap((diagnostic) =>
            fixes.flatMap((fix) => fix({ store, document, finding: diagnostic.finding, diagnostic })),
          );
        // Several findings of one agent offer the same way out; it is shown once.
        const seen = new Set<string>();
        return actions.filter((action) => !seen.has(action.title) && seen.add(action.title));
      },
    },
    { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] },
  );
}
