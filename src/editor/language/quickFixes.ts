// Offers the quick fixes for the findings under the cursor.
import * as vscode from 'vscode';
import { isFindingDiagnostic } from '../diagnostics.ts';
import type { Fix } from '../fixes/fix.ts';
import { makeExecutable } from '../fixes/makeExecutable.ts';
import { migrateEntry } from '../fixes/migrateEntry.ts';
import { regenerate } from '../fixes/regenerate.ts';
import { restoreShared } from '../fixes/restoreShared.ts';
import { useSuggestion } from '../fixes/useSuggestion.ts';
import type { Fleets } from '../fleets.ts';

const fixes: readonly Fix[] = [useSuggestion, migrateEntry, makeExecutable, regenerate, restoreShared];

/** Findings whose fixes are worked out in the bundle that is loaded on first use. */
const ofHooks =
  /^claude\/(script-|not-executable|no-shebang|shebang-|interpreter-|relative-script|unquoted-path|outside-workspace)/;

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
        const actions = requests.flatMap((request) => fixes.flatMap((fix) => fix(request)));
        for (const request of requests) {
          if (ofHooks.test(request.finding.code))
            actions.push(...(await (await import('../later.ts')).repairHook(request, token)));
          else if (request.finding.code.startsWith('claude/'))
            actions.push(...(await import('../later.ts')).repairSettings(request));
          if (request.finding.code.startsWith('outputs/'))
            actions.unshift(...(await import('../later.ts')).mendDifference(request));
        }
        // The document may have moved on while files were looked for.
        if (!store.isCurrent(document)) return [];
        // Several findings of one agent offer the same way out; it is shown once.
        const seen = new Set<string>();
        const identity = ({ title, command }: vscode.CodeAction) =>
          JSON.stringify([title, command?.arguments ?? null]);
        return actions.filter((action) => !seen.has(identity(action)) && seen.add(identity(action)));
      },
    },
    { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] },
  );
}
