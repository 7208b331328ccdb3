// Runs `generate` for the user: unsaved texts first, progress that can be cancelled, one message when it refuses.
import * as vscode from 'vscode';
import { nodeFiles } from '../../files/nodeFiles.ts';
import { hasErrors } from '../../findings/finding.ts';
import { UserError } from '../../findings/userError.ts';
import type { GenerateResult } from '../../outputs/generate.ts';
import { generate } from '../../outputs/generate.ts';
import type { HookSources } from '../../outputs/output.ts';
import { version } from '../../version.generated.ts';
import type { FleetStore } from '../fleetStore.ts';
import { stateDirectoryOf } from '../folderState.ts';
import { requireTrust } from '../trust.ts';
import { count } from '../words.ts';

/** How long a word of success stays in the status bar. Milliseconds. */
const successMs = 3000;

/** Offers to save what generate would read or write over; false when the user would rather not. */
async function saveFirst(store: FleetStore, ids: readonly string[] | undefined): Promise<boolean> {
  const wanted = new Set([store.registryUri.toString()]);
  for (const status of store.fleet?.agents ?? [])
    if (!ids || ids.includes(status.agent.id))
      for (const output of status.outputs) wanted.add(store.uriOf(output.path).toString());
  const unsaved = vscode.workspace.textDocuments.filter(
    (document) => document.isDirty && wanted.has(document.uri.toString()),
  );
  if (unsaved.length === 0) return true;
  const save = vscode.l10n.t('Save and Generate');
  const chosen = await vscode.window.showWarningMessage(
    vscode.l10n.t('There are unsaved changes in what would be read or written.'),
    {
      modal: true,
      detail: unsaved.map((document) => vscode.workspace.asRelativePath(document.uri)).join('\n'),
    },
    save,
  );
  if (chosen !== save) return false;
  for (const document of unsaved)
    if (!(await document.save()))
      throw new UserError(
        vscode.l10n.t(
          '{0} could not be saved, so nothing was generated.',
          vscode.workspace.asRelativePath(document.uri),
        ),
      );
  return true;
}

/** One message for a refusal: the first error, how many more, and where to see them. */
function refusal(result: GenerateResult): UserError {
  const errors = result.findings.filter((finding) => finding.severity === 'error');
  const [first] = errors;
  if (!first) return new UserError(vscode.l10n.t('Nothing was generated.'));
  const where = `${first.file}:${first.line}`;
  const more = errors.length > 1 ? ` ${vscode.l10n.t('{0} more in Problems.', errors.length - 1)}` : '';
  return new UserError(
    `${vscode.l10n.t('Nothing was generated')}: ${first.agent ? `${first.agent}: ` : ''}${first.message} (${where})${more}`,
  );
}

/**
 * Generates some agents, or all when `ids` is undefined, and refreshes the store.
 * Undefined when the user cancelled; otherwise what was written.
 * @throws UserError when it refuses, or when the workspace is not trusted.
 */
export async function generateAgents(
  store: FleetStore,
  hooks: HookSources,
  ids: readonly string[] | undefined,
): Promise<GenerateResult | undefined> {
  requireTrust();
  if (!(await saveFirst(store, ids))) return undefined;
  const root = store.folder.uri.fsPath;
  const stop = new AbortController();
  const many = (ids?.length ?? Number.POSITIVE_INFINITY) > 3;
  const result = await vscode.window.withProgress(
    {
      location: many ? vscode.ProgressLocation.Notification : vscode.ProgressLocation.Window,
      title: vscode.l10n.t('Generating agents'),
      cancellable: many,
    },
    async (progress, token) => {
      token.onCancellationRequested(() => stop.abort());
      let shown = 0;
      return generate({
        files: nodeFiles,
        root,
        hooks,
        version,
        stateDirectory: () => stateDirectoryOf(root),
        ...(ids && { ids }),
        signal: stop.signal,
        onProgress: (done, total) => {
          const percent = total === 0 ? 100 : (done / total) * 100;
          progress.report({ increment: percent - shown, message: `${done}/${total}` });
          shown = percent;
        },
      });
    },
  );
  store.inspectNow();
  if (!result.done) {
    if (stop.signal.aborted && !hasErrors(result.findings)) return undefined;
    throw refusal(result);
  }
  const words =
    result.written.length === 0
      ? vscode.l10n.t('Agents: everything was as the registry says')
      : vscode.l10n.t('Agents: {0} written', count(result.written.length, 'file'));
  vscode.window.setStatusBarMessage(`$(check) ${words}`, successMs);
  return result;
}
