// Every quick fix for the findings under the cursor. Part of dist/later.cjs.
import type * as vscode from 'vscode';
import type { Fix, FixRequest } from './fix.ts';
import { makeExecutable } from './makeExecutable.ts';
import { mendDifference } from './mendDifference.ts';
import { migrateEntry } from './migrateEntry.ts';
import { regenerate } from './regenerate.ts';
import { repairHook } from './repairHook.ts';
import { repairSettings } from './repairSettings.ts';
import { restoreShared } from './restoreShared.ts';
import { useSuggestion } from './useSuggestion.ts';

const fixes: readonly Fix[] = [useSuggestion, migrateEntry, makeExecutable, regenerate, restoreShared];

/** Findings whose fixes are looked for on the disk. */
const ofHooks =
  /^claude\/(script-|not-executable|no-shebang|shebang-|interpreter-|relative-script|unquoted-path|outside-workspace)/;

/** The fixes, the best first. Several findings of one agent offer the same way out; it is given once. */
export async function fixesFor(
  requests: readonly FixRequest[],
  token: vscode.CancellationToken,
): Promise<vscode.CodeAction[]> {
  const actions = requests.flatMap((request) => fixes.flatMap((fix) => fix(request)));
  for (const request of requests) {
    const { code } = request.finding;
    if (ofHooks.test(code)) actions.push(...(await repairHook(request, token)));
    else if (code.startsWith('claude/')) actions.push(...repairSettings(request));
    if (code.startsWith('outputs/')) actions.unshift(...mendDifference(request));
  }
  const seen = new Set<string>();
  const identity = ({ title, command }: vscode.CodeAction) =>
    JSON.stringify([title, command?.arguments ?? null]);
  return actions.filter((action) => !seen.has(identity(action)) && seen.add(identity(action)));
}
