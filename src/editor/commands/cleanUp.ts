// Clean up: archives folders in agents/ that no entry of the registry owns, as a person chose, and brings them back.
import path from 'node:path';
import * as vscode from 'vscode';
import { type Git, gitIn } from '../../files/git.ts';
import { nodeFiles } from '../../files/nodeFiles.ts';
import { UserError } from '../../findings/userError.ts';
import { visible } from '../../findings/visible.ts';
import { readLock } from '../../outputs/fleetFindings.ts';
import { archiveDirectories } from '../../outputs/legacy/archive.ts';
import { archivesOf } from '../../outputs/legacy/places.ts';
import { type Survey, type SurveyedDirectory, surveyDirectories } from '../../outputs/legacy/survey.ts';
import { undoArchive } from '../../outputs/legacy/undo.ts';
import type { HookSources } from '../../outputs/output.ts';
import { registryPath } from '../../registry/model.ts';
import { findOnPath } from '../../sessions/programs.ts';
import { version } from '../../version.generated.ts';
import { audited } from '../audited.ts';
import { notice } from '../errors.ts';
import type { FleetStore } from '../fleetStore.ts';
import type { Fleets } from '../fleets.ts';
import { commandIds } from '../ids.ts';
import { thisMachine } from '../machine.ts';
import { requireTrust } from '../trust.ts';
import { count } from '../words.ts';
import { generateAgents } from './generateAgents.ts';
import { pickDirectories, warningsOf } from './pickDirectories.ts';
import { pickFolder } from './pickFolder.ts';

/** How long a word of success stays in the status bar. Milliseconds. */
const successMs = 3000;
/** Lines of a question; of the others there is a count. */
const mostLines = 12;

/** A part of an argument, or of the argument that a row carries; undefined when it is no text. */
function partOf(given: unknown, part: 'folder' | 'directory' | 'manifest'): string | undefined {
  const argument =
    typeof given === 'object' && given !== null && 'argument' in given ? given.argument : given;
  const value = typeof argument === 'object' && argument !== null ? Reflect.get(argument, part) : undefined;
  return typeof value === 'string' ? value : undefined;
}

const folderFor = (fleets: Fleets, given: unknown): Promise<FleetStore | undefined> =>
  pickFolder(fleets, partOf(given, 'folder'), vscode.l10n.t('Clean up which folder?'));

/** Looks at the disk: what is unsaved decides nothing here. @throws UserError */
async function lookAt(store: FleetStore): Promise<Survey> {
  const isUnsaved = vscode.workspace.textDocuments.some(
    (document) => document.isDirty && document.uri.toString() === store.registryUri.toString(),
  );
  if (isUnsaved)
    throw new UserError(vscode.l10n.t('Save {0} first: it says which folders are owned.', registryPath));
  const registry = store.inspectNow()?.parsed?.registry;
  if (registry === undefined)
    throw new UserError(
      vscode.l10n.t('{0} has errors. Mend them first: it says which folders are owned.', registryPath),
    );
  const root = store.folder.uri.fsPath;
  const lock = readLock(nodeFiles, root);
  const git = gitOf(root);
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Agents: looking at folders') },
    () =>
      surveyDirectories({
        files: nodeFiles,
        root,
        registry,
        locked: lock.kind === 'good' ? lock.lock.outputs : new Map(),
        ...(git && { git }),
      }),
  );
}

function gitOf(root: string): Git | undefined {
  const program = findOnPath(thisMachine(), 'git');
  return program === undefined ? undefined : gitIn(root, program, process.env);
}

/** Shows what no entry owns, and archives what is picked. @throws UserError */
export async function cleanUp(fleets: Fleets, hooks: HookSources, given: unknown): Promise<void> {
  requireTrust();
  const store = await folderFor(fleets, given);
  if (!store) return;
  const survey = await lookAt(store);
  if (survey.directories.every(({ rule }) => rule === 'archive') && survey.missing.length === 0) {
    const words = vscode.l10n.t('Agents: every folder belongs to a registered agent');
    vscode.window.setStatusBarMessage(`$(check) ${words}`, successMs);
    return;
  }
  const picked = await pickDirectories(store, survey);
  if (picked === undefined) return;
  if (picked.generates) await generateAgents(store, hooks, survey.missing);
  await archive(store, picked.directories);
}

/** Archives the one folder that a row is about. @throws UserError */
export async function archiveDirectory(fleets: Fleets, given: unknown): Promise<void> {
  requireTrust();
  const name = partOf(given, 'directory');
  const store = name === undefined ? undefined : await folderFor(fleets, given);
  if (!store)
    throw new UserError(vscode.l10n.t('Use "Agents: Clean Up…": it shows which folders there are.'));
  const directory = (await lookAt(store)).directories.find((each) => each.name === name);
  if (directory === undefined)
    throw new UserError(vscode.l10n.t('That folder is not there any more, or is registered now.'));
  if (directory.usedBy !== undefined)
    throw new UserError(
      vscode.l10n.t('{0} is in use: {1}. Change that first.', visible(directory.path), directory.usedBy),
    );
  await archive(store, [directory]);
}

/** Asks where there is something to know first, moves, and offers to undo it. */
async function archive(store: FleetStore, chosen: readonly SurveyedDirectory[]): Promise<void> {
  if (chosen.length === 0) return;
  const root = store.folder.uri.fsPath;
  const folders = chosen.map(({ path: relative }) => store.uriOf(relative).fsPath + path.sep);
  const unsaved = vscode.workspace.textDocuments.find(
    (document) => document.isDirty && folders.some((folder) => document.uri.fsPath.startsWith(folder)),
  );
  if (unsaved)
    throw new UserError(
      vscode.l10n.t(
        '{0} has unsaved changes. Save it or revert it first.',
        vscode.workspace.asRelativePath(unsaved.uri),
      ),
    );
  const warnings = warningsOf(chosen);
  const yes = vscode.l10n.t('Archive');
  const words = count(chosen.length, 'folder');
  if (warnings.length > 0) {
    const more = warnings.length > mostLines ? [`and ${warnings.length - mostLines} more`] : [];
    const question = vscode.l10n.t('Archive {0}?', words);
    const detail = [...warnings.slice(0, mostLines), ...more].join('\n');
    if ((await vscode.window.showWarningMessage(question, { modal: true, detail }, yes)) !== yes) return;
  }
  const done = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Agents: archiving {0}', words) },
    () =>
      audited(
        { store, action: 'clean', details: { folders: chosen.map(({ path: at }) => at).join(' ') } },
        () => archiveDirectories({ files: nodeFiles, root, version, now: new Date() }, chosen),
      ),
  );
  store.inspectNow();
  const manifest = done?.manifest;
  if (done === undefined || manifest === undefined) return;
  const undo = vscode.l10n.t('Undo');
  const show = vscode.l10n.t('Show Manifest');
  const said = vscode.l10n.t(
    '{0} moved to {1}.',
    count(done.directories.length, 'folder'),
    path.posix.dirname(manifest),
  );
  // Not awaited: the command is over, whether or not the user answers.
  void vscode.window.showInformationMessage(notice(said), undo, show).then(async (answer) => {
    if (answer === undo)
      await vscode.commands.executeCommand(commandIds.undoCleanUp, {
        folder: store.folder.uri.toString(),
        manifest,
      });
    if (answer === show) await vscode.window.showTextDocument(store.uriOf(manifest));
  });
}

/** Brings an archive back: the argument's, or the one that is picked. @throws UserError */
export async function undoCleanUp(fleets: Fleets, given: unknown): Promise<void> {
  requireTrust();
  const store = await folderFor(fleets, given);
  if (!store) return;
  const root = store.folder.uri.fsPath;
  const manifest = partOf(given, 'manifest') ?? (await pickArchive(root));
  if (manifest === undefined) return;
  const { restored, changed } = await audited({ store, action: 'clean', details: { undo: manifest } }, () =>
    undoArchive(nodeFiles, root, root, manifest),
  );
  store.inspectNow();
  if (changed.length > 0)
    void vscode.window.showWarningMessage(
      notice(
        vscode.l10n.t(
          'Changed while they were archived: {0}. They came back as they are now.',
          changed.join(', '),
        ),
      ),
    );
  const words = vscode.l10n.t('Agents: {0} moved back', count(restored.length, 'folder'));
  vscode.window.setStatusBarMessage(`$(check) ${words}`, successMs);
}

/** The manifest of the archive that a person picks, newest first. @throws UserError when there is none */
async function pickArchive(root: string): Promise<string | undefined> {
  const archives = [...archivesOf(nodeFiles, root)].reverse();
  if (archives.length === 0)
    throw new UserError(vscode.l10n.t('Nothing is archived: there is no manifest in agents/archive.'));
  const items = archives.map(({ folder, file, manifest }) => ({
    label: visible(folder),
    description: count(manifest.directories.length, 'folder'),
    detail: visible(manifest.directories.map(({ from }) => path.posix.basename(from)).join(', ')).replaceAll(
      '$(',
      '\\$(',
    ),
    file,
  }));
  const placeHolder = vscode.l10n.t('Bring back which archive?');
  return (await vscode.window.showQuickPick(items, { placeHolder, matchOnDetail: true }))?.file;
}
