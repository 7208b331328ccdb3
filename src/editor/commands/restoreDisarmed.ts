// "Restore Everything Disarmed": settings that lost a protection are as the registry says again, hooks are no longer switched off.
import * as vscode from 'vscode';
import { settingsRepairs } from '../../claude/settingsRepairs.ts';
import { UserError } from '../../findings/userError.ts';
import type { AgentStatus } from '../../outputs/fleet.ts';
import { audited } from '../audited.ts';
import { replaceChanged } from '../fixes/replaceChanged.ts';
import type { FleetStore } from '../fleetStore.ts';
import { requireTrust } from '../trust.ts';
import { count } from '../words.ts';
import { type RestoreContext, restoreOnDisk } from './restoreThings.ts';

const settingsOf = ({ outputs }: AgentStatus) => outputs.find(({ kind }) => kind === 'settings');

/** The agents of an argument `{ folder, agents }`; all that are disarmed without one. Ids are looked up, so nothing is trusted. */
function disarmedIn(store: FleetStore, given: unknown): readonly AgentStatus[] {
  const { folder, agents } = (typeof given === 'object' && given !== null ? given : {}) as Record<
    string,
    unknown
  >;
  if (folder !== undefined && folder !== store.folder.uri.toString()) return [];
  return (store.inspectNow()?.agents ?? []).filter(
    ({ health, agent }) => health === 'disarmed' && (!Array.isArray(agents) || agents.includes(agent.id)),
  );
}

/**
 * Restores the settings files, and those alone, of what is disarmed; takes `disableAllHooks` out of the live files.
 * @throws UserError when nothing is disarmed any more, or when it is refused.
 */
export async function restoreDisarmed(context: RestoreContext, given: unknown): Promise<void> {
  requireTrust();
  let total = 0;
  for (const store of context.fleets.withRegistry) {
    const disarmed = disarmedIn(store, given);
    if (disarmed.length === 0) continue;
    total += disarmed.length;
    await switchHooksOn(store);
    const still = disarmedIn(store, given);
    const paths = still.flatMap((status) => settingsOf(status)?.path ?? []);
    const [first] = still;
    if (first === undefined) continue;
    const what = still.length === 1 ? first.agent.id : count(still.length, 'agent');
    await restoreOnDisk(context, store, { ids: still.map(({ agent }) => agent.id), paths }, paths, what);
    const left = disarmedIn(store, given);
    if (left[0] !== undefined)
      throw new UserError(
        vscode.l10n.t('{0} is still disarmed: {1}.', left[0].agent.id, left[0].disarmed.join(', ')),
      );
  }
  if (total === 0) throw new UserError(vscode.l10n.t('Nothing is disarmed any more.'));
}

/** Takes `disableAllHooks` out of the live settings, in their editor, where it can be undone, and saves. */
async function switchHooksOn(store: FleetStore): Promise<void> {
  for (const finding of store.fleet?.findings ?? []) {
    if (finding.code !== 'claude/hooks-disabled' || !finding.file.startsWith('.claude/')) continue;
    const document = await vscode.workspace.openTextDocument(store.uriOf(finding.file));
    if (document.isDirty)
      throw new UserError(vscode.l10n.t('{0} has unsaved changes. Save or revert it first.', finding.file));
    const [repair] = settingsRepairs(document.getText(), finding);
    if (repair === undefined) continue;
    const edit = new vscode.WorkspaceEdit();
    replaceChanged(edit, document, repair.text);
    await audited({ store, action: 'restore', details: { file: finding.file } }, async () => {
      if (!(await vscode.workspace.applyEdit(edit)) || !(await document.save()))
        throw new UserError(vscode.l10n.t('{0} could not be changed.', finding.file));
    });
  }
  store.inspectNow();
}
