// What the registry is ahead of is generated: on a click, or by itself after a save. Nothing that somebody edited is written over.
import * as vscode from 'vscode';
import { nodeFiles } from '../../files/nodeFiles.ts';
import { isUserError } from '../../findings/userError.ts';
import { visibleShort } from '../../findings/visible.ts';
import { type AgentStatus, behindRegistry, needsRestore } from '../../outputs/fleet.ts';
import { generate } from '../../outputs/generate.ts';
import type { HookSources } from '../../outputs/output.ts';
import { version } from '../../version.generated.ts';
import { audited } from '../audited.ts';
import type { FleetStore } from '../fleetStore.ts';
import type { Fleets } from '../fleets.ts';
import { stateDirectoryOf } from '../folderState.ts';
import { requireTrust } from '../trust.ts';
import { count } from '../words.ts';
import { generateAgents } from './generateAgents.ts';

/** How long what was done stays in the status bar. Milliseconds. */
const shownMs = 3000;

/** Generates the agents that the registry is ahead of; asks before it writes over what somebody edited. */
export async function regenerateBehind(fleets: Fleets, hooks: HookSources, given: unknown): Promise<void> {
  requireTrust();
  const folder: unknown =
    typeof given === 'object' && given !== null ? Reflect.get(given, 'folder') : undefined;
  for (const store of fleets.withRegistry) {
    if (folder !== undefined && folder !== store.folder.uri.toString()) continue;
    const ids = behindRegistry(store.inspectNow()).map(({ agent }) => agent.id);
    if (ids.length > 0) await generateAgents(store, hooks, ids);
    else say('$(check)', vscode.l10n.t('All agents are as the registry says'));
  }
}

function say(icon: string, words: string): void {
  vscode.window.setStatusBarMessage(`${icon} ${visibleShort(words, 200).replaceAll('$(', '\\$(')}`, shownMs);
}

/** Whether an editor holds unsaved changes of one of its files. */
function isUnsaved({ outputs }: AgentStatus, store: FleetStore): boolean {
  const paths = new Set(outputs.map(({ path }) => store.uriOf(path).toString()));
  return vscode.workspace.textDocuments.some(({ isDirty, uri }) => isDirty && paths.has(uri.toString()));
}

/** Generates after a save what can be generated without losing anything, and says in the status bar what it did. */
export async function regenerateSaved(store: FleetStore, hooks: HookSources): Promise<void> {
  requireTrust();
  const fleet = store.inspectNow();
  if (fleet?.registry === undefined || fleet.isLastGood) {
    say('$(warning)', vscode.l10n.t('Nothing regenerated: the registry has errors'));
    return;
  }
  const behind = behindRegistry(fleet);
  if (behind.length === 0) return;
  const safe = behind.filter((status) => !needsRestore(status) && !isUnsaved(status, store));
  const left = behind.length - safe.length;
  const besides = left === 0 ? '' : `, ${vscode.l10n.t('{0} edited and left alone', count(left, 'agent'))}`;
  if (safe.length === 0) {
    say('$(warning)', `${vscode.l10n.t('Nothing regenerated')}${besides}`);
    return;
  }
  const root = store.folder.uri.fsPath;
  try {
    const ids = safe.map(({ agent }) => agent.id);
    const result = await audited(
      { store, action: 'generate', agents: ids, details: { onSave: true } },
      () =>
        generate({
          files: nodeFiles,
          root,
          hooks,
          version,
          ids,
          stateDirectory: () => stateDirectoryOf(root),
          today: new Date().toISOString().slice(0, 10),
          now: () => new Date().toISOString(),
        }),
      ({ done }) => (done ? 'done' : 'refused'),
    );
    const refusal = result.findings.find(({ severity }) => severity === 'error');
    if (result.done)
      say('$(check)', `${vscode.l10n.t('{0} regenerated', count(safe.length, 'agent'))}${besides}`);
    else say('$(warning)', vscode.l10n.t('Nothing regenerated: {0}', refusal?.message ?? ''));
  } catch (error) {
    if (!isUserError(error)) throw error;
    say('$(warning)', vscode.l10n.t('Nothing regenerated: {0}', error.message));
  } finally {
    store.inspectNow();
  }
}
