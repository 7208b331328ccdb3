// What the tests inside VS Code share: the extension's models, files of the workspace, and waiting for a condition.
import fs from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { EditorApi } from '../../src/editor/extension.ts';
import type { FleetStore } from '../../src/editor/fleetStore.ts';
import type { Row } from '../../src/editor/tree/row.ts';

/** The workspace folder that the suite was opened in. */
export const root = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';

export const fileOf = (relative: string): string => path.join(root, relative);
export const uriOf = (relative: string): vscode.Uri => vscode.Uri.file(fileOf(relative));
export const read = (relative: string): string => fs.readFileSync(fileOf(relative), 'utf8');
/** Writes as another program would: in place, behind the editor's back. */
export const write = (relative: string, text: string): void => fs.writeFileSync(fileOf(relative), text);

/** The models of the extension, once it is active and has looked at the workspace. */
export async function models(): Promise<EditorApi> {
  const extension = vscode.extensions.getExtension<EditorApi>('native-orchestrator.native-orchestrator');
  if (!extension) throw new Error('the extension is not installed');
  const api = await extension.activate();
  await until(api, 'a first look at the workspace', () => api.fleets.stores[0]?.fleet !== undefined);
  return api;
}

export function storeOf(api: EditorApi): FleetStore {
  const [store] = api.fleets.stores;
  if (!store) throw new Error('there is no workspace folder');
  return store;
}

/** Waits until a condition holds; looked at whenever the fleets, diagnostics, terminals or editors change. */
export async function until(
  api: EditorApi,
  what: string,
  holds: () => boolean,
  milliseconds = 40_000,
): Promise<void> {
  if (holds()) return;
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => {
      finish();
      reject(new Error(`in ${milliseconds / 1000} s there was not: ${what}${documentsNow(api)}`));
    }, milliseconds);
    const look = () => {
      if (!holds()) return;
      finish();
      resolve();
    };
    const listening = vscode.Disposable.from(
      api.fleets.onDidChange(look),
      api.fleets.onDidChangeEvidence(look),
      api.terminals.onDidChange(look),
      vscode.languages.onDidChangeDiagnostics(look),
      vscode.window.onDidChangeActiveTextEditor(look),
      vscode.workspace.onDidChangeTextDocument(look),
      vscode.workspace.onDidCloseTextDocument(look),
      vscode.window.onDidOpenTerminal(look),
      vscode.window.onDidCloseTerminal(look),
      vscode.window.onDidChangeActiveTerminal(look),
      vscode.window.tabGroups.onDidChangeTabs(look),
    );
    const finish = () => {
      clearTimeout(timer);
      listening.dispose();
    };
  });
}

/** How the documents of the workspace stand, for a message. */
function documentsNow(api: EditorApi): string {
  const lines = vscode.workspace.textDocuments
    .filter(({ uri }) => uri.scheme === 'file')
    .map((document) => {
      const onDisk = fs.existsSync(document.uri.fsPath)
        ? document.getText() === fs.readFileSync(document.uri.fsPath, 'utf8')
        : 'no file';
      return `${vscode.workspace.asRelativePath(document.uri)}: unsaved ${document.isDirty}, as on disk ${onDisk}, inspected ${storeOf(api).isCurrent(document)}`;
    });
  return ['', ...lines].join('\n    ');
}

/** Every row of the tree, from the top down. */
export function allRows(rows: readonly Row[]): readonly Row[] {
  return rows.flatMap((row) => [row, ...allRows(row.children ?? [])]);
}

/** Our errors and warnings of a file. */
export function diagnosticsOf(relative: string): readonly vscode.Diagnostic[] {
  return vscode.languages
    .getDiagnostics(uriOf(relative))
    .filter((each) => each.source === 'agents' && each.severity <= vscode.DiagnosticSeverity.Warning);
}

/**
 * The document of a file, as it is on the disk, unless it has unsaved changes, and inspected. VS Code's own watcher may
 * lose the event that makes it reload a document, and then never does: then the file is written again.
 */
export async function reloaded(api: EditorApi, relative: string): Promise<vscode.TextDocument> {
  for (let attempt = 1; ; attempt++) {
    // Anew each time: that of a file that was deleted in between is closed.
    const document = await vscode.workspace.openTextDocument(uriOf(relative));
    const isThere = () =>
      (document.isDirty || document.getText() === read(relative)) && storeOf(api).isCurrent(document);
    try {
      await until(api, `${relative} as it is on disk, inspected`, isThere, 8_000);
      return document;
    } catch (error) {
      if (attempt === 5) throw error;
      if (!document.isDirty) write(relative, read(relative));
    }
  }
}

/** The quick fixes offered on a diagnostic, once it is there. */
export async function fixesOn(
  relative: string,
  diagnostic: () => vscode.Diagnostic | undefined,
): Promise<readonly vscode.CodeAction[]> {
  const api = await models();
  for (;;) {
    // Fixes are refused while the document has moved on from what was inspected, as when it is being reloaded.
    const document = await reloaded(api, relative);
    await until(api, `a squiggle in ${relative}`, () => diagnostic() !== undefined);
    const { version } = document;
    const range = diagnostic()?.range ?? new vscode.Range(0, 0, 0, 0);
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      uriOf(relative),
      range,
      vscode.CodeActionKind.QuickFix.value,
    );
    const isSame = diagnostic()?.range.isEqual(range) && document.version === version;
    if (isSame && storeOf(api).isCurrent(document)) return actions;
  }
}

const registry = read('agents/registry.yaml');

/** What is in agents/ once everything was generated, by path; undefined before that. Each test file is a bundle of its own. */
const shared = globalThis as { generatedAgents?: ReadonlyMap<string, Buffer> };

const filesIn = (folder: string): readonly string[] =>
  fs
    .readdirSync(fileOf(folder), { withFileTypes: true })
    .flatMap((each) => (each.isDirectory() ? filesIn(`${folder}/${each.name}`) : [`${folder}/${each.name}`]));

/**
 * Puts agents/ back file by file. Folders that stay are never removed: VS Code's watcher may follow the old one for ever,
 * and then its documents are not reloaded.
 */
function putBack(wanted: ReadonlyMap<string, Buffer>): void {
  const names = new Set([...wanted.keys()].map((file) => file.split('/')[1]));
  for (const each of fs.readdirSync(fileOf('agents'), { withFileTypes: true })) {
    const isStrange = !names.has(each.name) || each.isSymbolicLink();
    if (isStrange) fs.rmSync(fileOf(`agents/${each.name}`), { recursive: true, force: true });
  }
  for (const file of filesIn('agents')) if (!wanted.has(file)) fs.rmSync(fileOf(file));
  for (const [file, bytes] of wanted) {
    if (fs.existsSync(fileOf(file)) && fs.readFileSync(fileOf(file)).equals(bytes)) continue;
    fs.mkdirSync(path.dirname(fileOf(file)), { recursive: true });
    fs.writeFileSync(fileOf(file), bytes);
  }
}

/** Puts the workspace back: the first registry, all outputs as it says, no editors, no terminals. */
export async function restore(api: EditorApi): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  for (const terminal of vscode.window.terminals) terminal.dispose();
  await until(api, 'no terminals', () => vscode.window.terminals.length === 0);
  fs.rmSync(fileOf('.claude'), { recursive: true, force: true });
  if (shared.generatedAgents) putBack(shared.generatedAgents);
  else write('agents/registry.yaml', registry);
  storeOf(api).inspectNow();
  for (const { uri, isClosed } of vscode.workspace.textDocuments)
    if (!isClosed && uri.fsPath.startsWith(fileOf('agents/')) && fs.existsSync(uri.fsPath))
      await reloaded(api, path.relative(root, uri.fsPath));
  await vscode.commands.executeCommand('nativeOrchestrator.generateAll');
  shared.generatedAgents ??= new Map(filesIn('agents').map((file) => [file, fs.readFileSync(fileOf(file))]));
  storeOf(api).inspectNow();
}

/** A folder outside the workspace that ends with the extension host. */
export function outsideFolder(name: string): string {
  const folder = fs.mkdtempSync(path.join(path.dirname(root), `${name}-`));
  process.once('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}
