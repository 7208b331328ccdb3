// The plan of a folder: every file that generate would write, in one editor of differences; and files of it, accepted.
import path from 'node:path';
import * as vscode from 'vscode';
import { nodeFiles } from '../../files/nodeFiles.ts';
import { overlayFiles } from '../../files/overlayFiles.ts';
import { UserError } from '../../findings/userError.ts';
import { visible, visibleShort } from '../../findings/visible.ts';
import { type Planned, type PlannedChange, plannedChanges, plannedWords } from '../../outputs/planned.ts';
import { version } from '../../version.generated.ts';
import type { FleetStore } from '../fleetStore.ts';
import { schemes } from '../ids.ts';
import { absentUri, placeOfPlanned, plannedUri } from '../plannedDocuments.ts';
import { requireTrust } from '../trust.ts';
import { count, driftWords } from '../words.ts';
import { type RestoreContext, restoreOnDisk } from './restoreThings.ts';

/** How the tab of a plan begins. */
const planLabel = 'Plan: ';
/** How long a word of success stays in the status bar. Milliseconds. */
const successMs = 3000;

/** What generate would do if what is typed were saved. */
function planOf({ hooks }: RestoreContext, store: FleetStore): Planned {
  const root = store.folder.uri.fsPath;
  const texts = new Map<string, string>();
  for (const document of vscode.workspace.textDocuments)
    if (document.isDirty && document.uri.scheme === 'file')
      texts.set(document.uri.fsPath, document.getText());
  const today = new Date().toISOString().slice(0, 10);
  return plannedChanges({ root, hooks: hooks(), version, today }, overlayFiles(nodeFiles, texts));
}

/** The changes of a plan that a person can look at beside what is there: outputs, and not the lock, which is hashes. */
const shownOf = ({ changes }: Planned): readonly PlannedChange[] =>
  changes.filter(({ kind }) => kind !== 'lock');

/** @throws UserError when the registry has errors, so that there is no plan. */
function requirePlan({ findings, changes }: Planned): void {
  const error = findings.find(({ severity }) => severity === 'error');
  if (error !== undefined && changes.length === 0)
    throw new UserError(
      vscode.l10n.t('There is no plan: {0} ({1}:{2})', error.message, visible(error.file), error.line),
    );
}

async function openPlan(store: FleetStore, planned: Planned, isOneOfMany: boolean): Promise<boolean> {
  const folder = store.folder.uri.toString();
  const shown = shownOf(planned);
  if (shown.length === 0) return false;
  store.inspectNow(); // what is planned is served from what was inspected last
  const where = isOneOfMany ? ` (${visibleShort(store.folder.name, 40)})` : '';
  await vscode.commands.executeCommand(
    'vscode.changes',
    `${planLabel}${plannedWords(planned)}${where}`,
    shown.map(({ path: file }) => {
      const disk = store.uriOf(file);
      const isThere = nodeFiles.kind(disk.fsPath) !== undefined;
      return [disk, isThere ? disk : absentUri(folder, file), plannedUri(folder, file)];
    }),
  );
  return true;
}

/** Opens the plan of every folder that has a registry. @throws UserError when there is none, or no plan. */
export async function showPlan(context: RestoreContext): Promise<void> {
  const stores = context.fleets.withRegistry;
  if (stores.length === 0)
    throw new UserError(vscode.l10n.t('There is no agents/registry.yaml in this workspace.'));
  for (const store of stores) {
    const planned = planOf(context, store);
    requirePlan(planned);
    if (await openPlan(store, planned, stores.length > 1)) continue;
    const words = vscode.l10n.t('Agents: {0}', plannedWords(planned));
    vscode.window.setStatusBarMessage(`$(check) ${words}`, successMs);
  }
}

/** Files of one folder. */
interface Chosen {
  readonly store: FleetStore;
  readonly paths: readonly string[];
}

/** The file that a document of ours, a file, or a row is about; undefined when the argument names none. */
function namedBy({ fleets }: RestoreContext, given: unknown): Chosen | undefined {
  const named = typeof given === 'object' && given !== null && 'argument' in given ? given.argument : given;
  if (named instanceof vscode.Uri) {
    const planned = placeOfPlanned(named);
    for (const store of fleets.withRegistry) {
      if (planned?.folder === store.folder.uri.toString()) return { store, paths: [planned.path] };
      const relative = path.relative(store.folder.uri.fsPath, named.fsPath);
      const isInside = !relative.startsWith('..') && !path.isAbsolute(relative);
      if (named.scheme === 'file' && isInside) return { store, paths: [relative.split(path.sep).join('/')] };
    }
    return undefined;
  }
  if (typeof named !== 'object' || named === null) return undefined;
  const [folder, file]: unknown[] = [Reflect.get(named, 'folder'), Reflect.get(named, 'path')];
  const store = fleets.stores.find((each) => each.folder.uri.toString() === folder);
  return store && typeof file === 'string' ? { store, paths: [file] } : undefined;
}

/** Lets the user tick files of the plan; what somebody edited is not ticked. Undefined when they changed their mind. */
async function pickFiles(context: RestoreContext): Promise<readonly Chosen[] | undefined> {
  const items = context.fleets.withRegistry.flatMap((store) => {
    const planned = planOf(context, store);
    requirePlan(planned);
    return shownOf(planned).map((change) => ({
      label: visible(change.path).replaceAll('$(', '\\$('),
      description: change.drift === undefined ? '' : driftWords[change.drift],
      picked: !change.isHeldBack,
      store,
      path: change.path,
    }));
  });
  if (items.length === 0) throw new UserError(vscode.l10n.t('There is nothing to do: all is as planned.'));
  const picked = await vscode.window.showQuickPick(items, {
    canPickMany: true,
    placeHolder: vscode.l10n.t('Write which files as planned? What is replaced is kept as a backup.'),
  });
  if (picked === undefined || picked.length === 0) return undefined;
  const stores = new Set(picked.map(({ store }) => store));
  return [...stores].map((store) => ({
    store,
    paths: picked.filter((item) => item.store === store).map((item) => item.path),
  }));
}

/**
 * Writes files as they are planned: the one that the argument names, or those that the user ticks. What is replaced is
 * kept, and the message undoes it. An open plan then shows what is left of it.
 * @throws UserError when a file is in no plan any more, or is being edited.
 */
export async function acceptPlanned(context: RestoreContext, given: unknown): Promise<void> {
  requireTrust();
  const isPlanOf = (uri: unknown): boolean =>
    uri instanceof vscode.Uri && uri.scheme !== 'file' && uri.scheme !== schemes.planned;
  // The title of the editor with many differences names that editor, not one of its files.
  const named = given === undefined || isPlanOf(given) ? undefined : namedBy(context, given);
  if (given !== undefined && !isPlanOf(given) && named === undefined)
    throw new UserError(vscode.l10n.t('That is no file of an agent.'));
  const chosen = named === undefined ? await pickFiles(context) : [named];
  if (chosen === undefined) return;
  for (const { store, paths } of chosen) {
    const known = new Set(shownOf(planOf(context, store)).map((change) => change.path));
    const gone = paths.find((file) => !known.has(file));
    if (gone !== undefined)
      throw new UserError(vscode.l10n.t('{0} is as planned; there is nothing to write.', visible(gone)));
    const [only = ''] = paths;
    const what = paths.length === 1 ? visible(only) : count(paths.length, 'file');
    await restoreOnDisk(context, store, { paths }, paths, what);
  }
  await reopenPlan(context);
}

/** Replaces the tab of a plan, if there is one, by what is left of it. */
async function reopenPlan(context: RestoreContext): Promise<void> {
  const open = vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .filter(({ label }) => label.startsWith(planLabel));
  if (open.length === 0) return;
  await vscode.window.tabGroups.close(open);
  await showPlan(context);
}
