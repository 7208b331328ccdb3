// The history of settings as a read-only page, and one change of it beside the version before.
import path from 'node:path';
import * as vscode from 'vscode';
import { nodeFiles } from '../../files/nodeFiles.ts';
import { UserError } from '../../findings/userError.ts';
import { visibleShort } from '../../findings/visible.ts';
import type { Change } from '../../outputs/history.ts';
import { keptText } from '../../outputs/historyFolder.ts';
import type { FleetStore } from '../fleetStore.ts';
import type { Fleets } from '../fleets.ts';
import { stateDirectoryOf } from '../folderState.ts';
import { changesOf, changeWords, historyReport, momentOf } from '../historyReport.ts';
import { schemes } from '../ids.ts';
import { still } from '../markdown.ts';
import { historyOf } from '../noteChanges.ts';
import { pickAgent } from './pickAgent.ts';

/** Changes that are offered for a closer look. */
const mostOffered = 100;

const textOf = (store: FleetStore) => {
  const stateDirectory = stateDirectoryOf(store.folder.uri.fsPath);
  return (hash: string): string | undefined => keptText(nodeFiles, stateDirectory, hash);
};

const uriOf = (name: string, query: object): vscode.Uri =>
  vscode.Uri.from({ scheme: schemes.history, path: `/${name}`, query: JSON.stringify(query) });

/** What a document of the history holds; undefined when it is none. The query is checked: anybody can make a URI. */
export function historyDocument(fleets: Fleets, uri: vscode.Uri): string | undefined {
  let asked: Record<string, unknown>;
  try {
    asked = JSON.parse(uri.query) ?? {};
  } catch {
    return undefined; // somebody else's URI with our scheme
  }
  const store = fleets.stores.find((each) => each.folder.uri.toString() === asked.folder);
  if (store === undefined) return undefined;
  if (asked.hash === null) return '';
  if (typeof asked.hash === 'string') return textOf(store)(asked.hash);
  const agent = typeof asked.agent === 'string' ? { agent: asked.agent } : {};
  return historyReport({ ...agent, changes: historyOf(store), textOf: textOf(store) });
}

/** Opens the page on the agent that an argument names, or on all agents of the first folder without one. */
export async function showHistory(fleets: Fleets, given: unknown): Promise<void> {
  const found = given === undefined ? undefined : await pickAgent(fleets, given, '');
  const store = found?.store ?? fleets.withRegistry[0];
  if (store === undefined)
    throw new UserError(vscode.l10n.t('There is no agents/registry.yaml in this workspace.'));
  const folder = store.folder.uri.toString();
  const uri =
    found === undefined
      ? uriOf('History of settings.md', { folder, at: Date.now() })
      : uriOf(`History of ${found.status.agent.id}.md`, {
          folder,
          agent: found.status.agent.id,
          at: Date.now(),
        });
  await vscode.commands.executeCommand('markdown.showPreview', uri);
}

/** Opens a change beside the version before, after the user has picked it. */
export async function compareVersions(fleets: Fleets, given: unknown): Promise<void> {
  const found = await pickAgent(fleets, given, vscode.l10n.t('Compare versions of whose settings?'));
  if (found === undefined) return;
  const { store, status } = found;
  const changes = changesOf(historyOf(store), status.agent.id).slice(0, mostOffered);
  if (changes.length === 0)
    throw new UserError(
      vscode.l10n.t('No change of the settings of {0} was seen on this machine yet.', status.agent.id),
    );
  const items = changes.map((change) => ({
    label: momentOf(change.at),
    description: still(`${path.basename(change.file)} ${changeWords(change).replaceAll('*', '')}`, 120),
    change,
  }));
  const placeHolder = vscode.l10n.t('Compare which change with the version before?');
  const chosen = await vscode.window.showQuickPick(items, { placeHolder, matchOnDescription: true });
  if (chosen !== undefined) await showChange(store, chosen.change);
}

async function showChange(store: FleetStore, { at, file, before, after }: Change): Promise<void> {
  const kept = textOf(store);
  if ([before, after].some((hash) => hash !== null && kept(hash) === undefined))
    throw new UserError(
      vscode.l10n.t('What {0} held then is not kept any more, or never was: only that it changed.', file),
    );
  const folder = store.folder.uri.toString();
  const name = visibleShort(path.basename(file), 60);
  const sides = [before, after].map((hash) => uriOf(name, { folder, hash }));
  const title = vscode.l10n.t('{0}: before ↔ after {1}', name, momentOf(at));
  await vscode.commands.executeCommand('vscode.diff', sides[0], sides[1], title, { preview: true });
}
