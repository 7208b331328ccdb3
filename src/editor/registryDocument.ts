// Which documents are registries, for the providers of lenses, hovers and fixes.
import type * as vscode from 'vscode';
import { registryPath } from '../registry/model.ts';
import type { FleetStore } from './fleetStore.ts';
import type { Fleets } from './fleets.ts';

/** Selects the registry whatever language its editor has. */
export const registrySelector: vscode.DocumentSelector = { scheme: 'file', pattern: `**/${registryPath}` };

/** The store whose registry the document is, when what was inspected is this very text. */
export function storeOfRegistry(fleets: Fleets, document: vscode.TextDocument): FleetStore | undefined {
  const store = fleets.storeOf(document.uri);
  return store && store.registryUri.toString() === document.uri.toString() && store.isCurrent(document)
    ? store
    : undefined;
}
