// What generate would write, as read-only documents, for the right side of a diff.
import * as vscode from 'vscode';
import type { Fleets } from './fleets.ts';
import type { AgentArgument } from './ids.ts';
import { schemes } from './ids.ts';

/** Where an output lies: a document of another path would be taken for a renamed file. */
const placeOf = (folder: string, path: string): string =>
  vscode.Uri.joinPath(vscode.Uri.parse(folder), path).path;

/** The document with the wanted text of an output. `folder` is the folder's URI. */
export function plannedUri(folder: string, path: string): vscode.Uri {
  return vscode.Uri.from({
    scheme: schemes.planned,
    path: placeOf(folder, path),
    query: JSON.stringify({ folder }),
  });
}

/** An empty document that stands for a file which does not exist. */
export function absentUri(folder: string, path: string): vscode.Uri {
  return vscode.Uri.from({
    scheme: schemes.planned,
    path: placeOf(folder, path),
    query: JSON.stringify({ folder, absent: true }),
  });
}

/** The folder and the path below it of a planned document; undefined for any other document. */
export function placeOfPlanned(
  uri: vscode.Uri,
): { readonly folder: string; readonly path: string } | undefined {
  const folder = uri.scheme === schemes.planned ? parseQuery(uri)?.folder : undefined;
  if (typeof folder !== 'string') return undefined;
  const above = placeOf(folder, '/');
  return uri.path.startsWith(above) ? { folder, path: uri.path.slice(above.length) } : undefined;
}

/** The agent whose planned output a document shows; undefined for any other document. Checked again by who uses it. */
export function agentOfPlanned(uri: vscode.Uri): AgentArgument | undefined {
  const { folder, path } = placeOfPlanned(uri) ?? {};
  const agent = /^agents\/([^/]+)\//.exec(path ?? '')?.[1];
  return folder && agent ? { folder, agent } : undefined;
}

function parseQuery(uri: vscode.Uri): { folder?: unknown; absent?: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(uri.query);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined; // somebody else's URI with our scheme
  }
}

export class PlannedDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #fleets: Fleets;
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;
  readonly #disposables: vscode.Disposable[];

  constructor(fleets: Fleets) {
    this.#fleets = fleets;
    this.#disposables = [
      this.#changed,
      vscode.workspace.registerTextDocumentContentProvider(schemes.planned, this),
      fleets.onDidChange(() => {
        for (const document of vscode.workspace.textDocuments)
          if (document.uri.scheme === schemes.planned) this.#changed.fire(document.uri);
      }),
    ];
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    if (parseQuery(uri)?.absent === true) return '';
    const { folder, path } = placeOfPlanned(uri) ?? {};
    const store = this.#fleets.stores.find((each) => each.folder.uri.toString() === folder);
    const fleet = store?.fleet;
    const outputs = fleet ? [...fleet.shared, ...fleet.agents.flatMap((each) => each.outputs)] : [];
    return outputs.find((each) => each.path === path)?.wanted ?? '';
  }

  dispose(): void {
    for (const each of this.#disposables) each.dispose();
  }
}
