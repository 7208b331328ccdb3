// Which workspace folder a command is about, where it was not clicked on.
import * as vscode from 'vscode';
import { UserError } from '../../findings/userError.ts';
import type { FleetStore } from '../fleetStore.ts';
import type { Fleets } from '../fleets.ts';

/**
 * The folder whose URI is given, the only one with a registry, or the one that is picked; undefined when none is.
 * @throws UserError when there is no registry.
 */
export async function pickFolder(
  fleets: Fleets,
  folder: unknown,
  placeHolder: string,
): Promise<FleetStore | undefined> {
  const stores = fleets.withRegistry.filter(
    (store) => folder === undefined || store.folder.uri.toString() === folder,
  );
  const [only] = stores;
  if (only === undefined)
    throw new UserError(vscode.l10n.t('There is no agents/registry.yaml in this workspace.'));
  if (stores.length === 1) return only;
  const items = stores.map((store) => ({ label: store.folder.name.replaceAll('$(', '\\$('), store }));
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.store;
}
