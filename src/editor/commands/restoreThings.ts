// Back to what the registry says, and back from there: a key or file in its editor, an agent on the disk with a backup.
import * as vscode from 'vscode';
import { nodeFiles } from '../../files/nodeFiles.ts';
import { UserError } from '../../findings/userError.ts';
import { visibleShort } from '../../findings/visible.ts';
import type { ApplyResult } from '../../outputs/applyDraft.ts';
import { listBackups } from '../../outputs/backUp.ts';
import type { HookSources } from '../../outputs/output.ts';
import { type RestoreOptions, restore, restoreBackup } from '../../outputs/restore.ts';
import { restoreKeys } from '../../outputs/restoreKeys.ts';
import { registryPath } from '../../registry/model.ts';
import { version } from '../../version.generated.ts';
import { audited } from '../audited.ts';
import { notice } from '../errors.ts';
import type { FleetStore } from '../fleetStore.ts';
import type { Fleets } from '../fleets.ts';
import { stateDirectoryOf } from '../folderState.ts';
import { commandIds } from '../ids.ts';
import { requireSaved } from '../requireSaved.ts';
import { requireTrust } from '../trust.ts';
import { count } from '../words.ts';
import { findDifference } from './findDifference.ts';
import { pickAgent } from './pickAgent.ts';
import { reviewEdit } from './reviewEdit.ts';

export interface RestoreContext {
  readonly fleets: Fleets;
  readonly hooks: () => HookSources;
}

const now = (): string => new Date().toISOString();

/** Says what was done, with a way back. Waits for nobody. */
function sayDone(store: FleetStore, words: string, result: ApplyResult): void {
  store.inspectNow();
  const id = result.backup?.split(/[\\/]/).at(-1);
  if (id === undefined) {
    vscode.window.setStatusBarMessage(`$(check) ${words}`, 3000);
    return;
  }
  const undo = vscode.l10n.t('Undo');
  const argument: BackupArgument = { folder: store.folder.uri.toString(), backup: id };
  void vscode.window.showInformationMessage(notice(words), undo).then((chosen) => {
    // As a command, so that what goes wrong then reaches the user, too.
    if (chosen === undo) void vscode.commands.executeCommand(commandIds.undoRestore, argument);
  });
}

function requireDone(result: ApplyResult): void {
  const error = result.findings.find(({ severity }) => severity === 'error');
  if (!result.done) throw new UserError(error?.message ?? vscode.l10n.t('Nothing was written.'));
}

/** Whom a restore is about, as the audit log has it. */
const aboutOf = (ids: readonly string[] | undefined, paths: readonly string[]) => ({
  ...(ids === undefined ? {} : { agents: ids }),
  details: { files: paths.join(' ') },
});

/**
 * Restores some agents, or some outputs, on the disk: what is replaced is kept, and the message undoes it.
 * @throws UserError when an editor holds unsaved changes of `paths`, or when it is refused.
 */
export async function restoreOnDisk(
  { hooks }: RestoreContext,
  store: FleetStore,
  scope: Pick<RestoreOptions, 'ids' | 'only' | 'paths'>,
  paths: readonly string[],
  what: string,
): Promise<void> {
  requireSaved(store, [registryPath, ...paths]);
  const root = store.folder.uri.fsPath;
  const work = async () => {
    const done = await restore({
      files: nodeFiles,
      root,
      hooks: hooks(),
      version,
      stateDirectory: () => stateDirectoryOf(root),
      now,
      today: now().slice(0, 10),
      ...scope,
    });
    requireDone(done);
    return done;
  };
  const result = await audited({ store, action: 'restore', ...aboutOf(scope.ids, paths) }, work);
  const words =
    result.written.length === 0
      ? vscode.l10n.t('{0} was as the registry says', what)
      : vscode.l10n.t('{0} restored: {1} written', what, count(result.written.length, 'file'));
  sayDone(store, words, result);
}

/**
 * Restores an agent, edits and unreadable files included, or a hook that all share when the argument names its path and
 * no agent. What is replaced is kept, and the message undoes it.
 */
export async function restoreAgent(context: RestoreContext, given: unknown): Promise<void> {
  requireTrust();
  const { folder, path, agent } = (typeof given === 'object' && given !== null ? given : {}) as Record<
    string,
    unknown
  >;
  const store = context.fleets.stores.find((each) => each.folder.uri.toString() === folder);
  const shared = agent === undefined && store?.fleet?.shared.find((each) => each.path === path);
  if (store && shared)
    return restoreOnDisk(context, store, { only: { path: shared.path } }, [shared.path], shared.path);
  const found = await pickAgent(context.fleets, given, vscode.l10n.t('Restore which agent?'));
  if (!found) return;
  const { id } = found.status.agent;
  const paths = found.status.outputs.map((output) => output.path);
  await restoreOnDisk(context, found.store, { ids: [id] }, paths, id);
}

/** Restores one key, or one file, in its editor, after a look at the difference. */
export async function restoreKey(context: RestoreContext, given: unknown): Promise<void> {
  requireTrust();
  const difference = await findDifference(context.fleets, given, vscode.l10n.t('Restore what?'));
  if (!difference) return;
  const { found, output, key } = difference;
  const { id } = found.status.agent;
  if (output.drift === 'missing')
    return restoreAgent(context, { folder: found.store.folder.uri.toString(), agent: id });
  const document = await vscode.workspace.openTextDocument(found.store.uriOf(output.path));
  if (!found.store.isCurrent(document))
    throw new UserError(vscode.l10n.t('{0} is just being changed. Try again.', output.path));
  const restored =
    key === undefined
      ? { text: output.wanted, problem: vscode.l10n.t('it cannot be read') }
      : restoreKeys(document.getText(), [key]);
  if (restored.text === undefined)
    throw new UserError(
      vscode.l10n.t('This cannot be restored alone, since {0}. Restore the agent instead.', restored.problem),
    );
  const what = visibleShort(key?.pointer ?? output.path, 100);
  const isDone = await audited(
    { store: found.store, action: 'restore', agents: [id], details: { difference: what } },
    () =>
      reviewEdit({
        document,
        after: restored.text ?? '',
        title: vscode.l10n.t('{0}: {1} (now ↔ as the registry says)', id, what),
        question: vscode.l10n.t('Restore {0} of {1} from the registry?', what, id),
        accept: vscode.l10n.t('Restore'),
      }),
    (wasAgreed) => (wasAgreed ? 'done' : undefined),
  );
  if (isDone) found.store.requestRefresh();
}

/** Puts a backup back, the latest without an id. @throws UserError when a file has changed since. */
async function putBack(store: FleetStore, id: string | undefined): Promise<void> {
  requireTrust();
  const root = store.folder.uri.fsPath;
  const state = stateDirectoryOf(root);
  const backups = listBackups(nodeFiles, state);
  const backup = id === undefined ? backups[0] : backups.find((each) => each.id === id);
  if (!backup) throw new UserError(vscode.l10n.t('There are no backups of this workspace.'));
  requireSaved(
    store,
    backup.files.map(({ relative }) => relative),
  );
  const result = await audited({ store, action: 'restore', details: { undo: backup.id } }, async () => {
    const done = await restoreBackup({ files: nodeFiles, root, stateDirectory: () => state, now, backup });
    requireDone(done);
    return done;
  });
  sayDone(store, vscode.l10n.t('{0} put back as before', count(result.written.length, 'file')), result);
}

/** A backup of a folder, as the message about it passes it on. */
interface BackupArgument {
  readonly folder: string;
  readonly backup: string;
}

/** Takes back the restore that an argument names, or what wrote over something last. */
export async function undoRestore({ fleets }: RestoreContext, given: unknown): Promise<void> {
  const { folder, backup } = (
    typeof given === 'object' && given !== null ? given : {}
  ) as Partial<BackupArgument>;
  const stores = fleets.withRegistry;
  const store =
    folder === undefined ? stores[0] : stores.find((each) => each.folder.uri.toString() === folder);
  if (!store) throw new UserError(vscode.l10n.t('There is no agents/registry.yaml in this workspace.'));
  await putBack(store, typeof backup === 'string' ? backup : undefined);
}
