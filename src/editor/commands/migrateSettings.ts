// Brings settings and the template of earlier tooling into the real form: shows what changes, asks, writes, offers to undo it.
import * as vscode from 'vscode';
import { nodeFiles } from '../../files/nodeFiles.ts';
import { UserError } from '../../findings/userError.ts';
import type { ApplyResult } from '../../outputs/applyDraft.ts';
import { lockPath } from '../../outputs/lock.ts';
import { migrate } from '../../outputs/migrate.ts';
import type { HookSources } from '../../outputs/output.ts';
import { registryPath } from '../../registry/model.ts';
import { version } from '../../version.generated.ts';
import { audited } from '../audited.ts';
import { notice } from '../errors.ts';
import type { FleetStore } from '../fleetStore.ts';
import type { Fleets } from '../fleets.ts';
import { stateDirectoryOf } from '../folderState.ts';
import { commandIds, schemes } from '../ids.ts';
import { requireSaved } from '../requireSaved.ts';
import { requireTrust } from '../trust.ts';
import { count } from '../words.ts';
import { pickFolder } from './pickFolder.ts';

/** What a quick fix asks for: a folder, and perhaps one agent of it. Both are checked where they arrive. */
export interface MigrateArgument {
  readonly folder: string;
  readonly agent?: string;
}

const successMs = 3000;

const writtenBy = ({ changes }: ApplyResult): readonly string[] => [
  registryPath,
  ...changes.map(({ relative }) => relative),
];

/** Shows the files that are replaced, until what it gives is disposed. */
async function preview(store: FleetStore, { changes }: ApplyResult): Promise<vscode.Disposable> {
  const shown = changes.filter(({ relative, before }) => before !== undefined && relative !== lockPath);
  const texts = new Map<string, string>();
  const sides = shown.map(({ relative, text }) => {
    const disk = store.uriOf(relative);
    const after = disk.with({ scheme: schemes.preview, query: `migrate=${Date.now()}` });
    texts.set(after.toString(), text);
    return [disk, disk, after] as const;
  });
  const provider = vscode.workspace.registerTextDocumentContentProvider(schemes.preview, {
    provideTextDocumentContent: (uri) => texts.get(uri.toString()),
  });
  const title = vscode.l10n.t('Migrate: now ↔ in the real form');
  await vscode.commands.executeCommand('vscode.changes', title, sides);
  return new vscode.Disposable(() => {
    const tabs = vscode.window.tabGroups.all
      .flatMap((group) => group.tabs)
      .filter(({ label }) => label.startsWith(title));
    void Promise.resolve(tabs.length === 0 ? true : vscode.window.tabGroups.close(tabs)).finally(() =>
      provider.dispose(),
    );
  });
}

/** Asks for nothing when there is nothing to migrate. @throws UserError */
export async function migrateSettings(fleets: Fleets, hooks: HookSources, given: unknown): Promise<void> {
  requireTrust();
  const { folder, agent } = (typeof given === 'object' && given !== null ? given : {}) as Record<
    string,
    unknown
  >;
  const store = await pickFolder(fleets, folder, vscode.l10n.t('Migrate which folder?'));
  if (!store) return;
  const root = store.folder.uri.fsPath;
  const work = (dryRun: boolean): Promise<ApplyResult> =>
    migrate({
      files: nodeFiles,
      root,
      hooks,
      version,
      stateDirectory: () => stateDirectoryOf(root),
      now: () => new Date().toISOString(),
      today: new Date().toISOString().slice(0, 10),
      dryRun,
      ...(typeof agent === 'string' ? { ids: [agent] } : {}),
    });
  const planned = await work(true);
  requireDone(planned);
  if (planned.changes.length === 0) {
    vscode.window.setStatusBarMessage(`$(check) ${vscode.l10n.t('Agents: nothing to migrate')}`, successMs);
    return;
  }
  requireSaved(store, writtenBy(planned));
  const shown = await preview(store, planned);
  const yes = vscode.l10n.t('Migrate');
  try {
    const question = vscode.l10n.t(
      '{0} will be written in the real form. What is replaced is kept.',
      count(planned.changes.length, 'file'),
    );
    if ((await vscode.window.showInformationMessage(notice(question), yes)) !== yes) return;
  } finally {
    shown.dispose();
  }
  requireTrust();
  requireSaved(store, writtenBy(planned));
  // What was agreed to is what was shown.
  if (JSON.stringify((await work(true)).changes) !== JSON.stringify(planned.changes))
    throw new UserError(
      vscode.l10n.t('Files have changed since the difference was shown, so nothing was done. Look again.'),
    );
  const result = await audited({ store, action: 'migrate' }, async () => {
    const done = await work(false);
    requireDone(done);
    return done;
  });
  store.inspectNow();
  sayDone(store, result);
}

function requireDone({ done, findings }: ApplyResult): void {
  const error = findings.find(({ severity }) => severity === 'error');
  if (!done) throw new UserError(error?.message ?? vscode.l10n.t('Nothing was written.'));
}

/** Says what was done, with a way back. Waits for nobody. */
function sayDone(store: FleetStore, result: ApplyResult): void {
  const words = vscode.l10n.t('{0} written in the real form', count(result.written.length, 'file'));
  const backup = result.backup?.split(/[\\/]/).at(-1);
  if (backup === undefined) {
    vscode.window.setStatusBarMessage(`$(check) ${words}`, successMs);
    return;
  }
  const undo = vscode.l10n.t('Undo');
  const argument = { folder: store.folder.uri.toString(), backup };
  void vscode.window.showInformationMessage(notice(words), undo).then((chosen) => {
    // As a command, so that what goes wrong then reaches the user, too.
    if (chosen === undo) void vscode.commands.executeCommand(commandIds.undoRestore, argument);
  });
}
