// Runs `generate` for the user: unsaved texts first, progress that can be cancelled, one message when it refuses.
import * as vscode from 'vscode';
import { nodeFiles } from '../../files/nodeFiles.ts';
import { type Finding, hasErrors } from '../../findings/finding.ts';
import { UserError } from '../../findings/userError.ts';
import { visibleShort } from '../../findings/visible.ts';
import type { GenerateResult } from '../../outputs/generate.ts';
import { generate } from '../../outputs/generate.ts';
import type { HookSources } from '../../outputs/output.ts';
import { version } from '../../version.generated.ts';
import { audited } from '../audited.ts';
import type { FleetStore } from '../fleetStore.ts';
import { stateDirectoryOf } from '../folderState.ts';
import { commandIds } from '../ids.ts';
import { requireTrust } from '../trust.ts';
import { count } from '../words.ts';

/** How long a word of success stays in the status bar. Milliseconds. */
const successMs = 3000;

/** What is said when something is not saved. */
export interface SaveWords {
  readonly question: string;
  readonly yes: string;
  /** Of a file that could not be saved. */
  readonly failed: (file: string) => string;
}

/** Offers to save what a command would read or write over; false when the user would rather not. @throws UserError */
export async function saveFirst(
  store: FleetStore,
  ids: readonly string[] | undefined,
  { question, yes, failed }: SaveWords,
): Promise<boolean> {
  const wanted = new Set([store.registryUri.toString()]);
  for (const status of store.fleet?.agents ?? [])
    if (!ids || ids.includes(status.agent.id))
      for (const output of status.outputs) wanted.add(store.uriOf(output.path).toString());
  const unsaved = vscode.workspace.textDocuments.filter(
    (document) => document.isDirty && wanted.has(document.uri.toString()),
  );
  if (unsaved.length === 0) return true;
  const chosen = await vscode.window.showWarningMessage(
    question,
    {
      modal: true,
      detail: unsaved.map((document) => vscode.workspace.asRelativePath(document.uri)).join('\n'),
    },
    yes,
  );
  if (chosen !== yes) return false;
  for (const document of unsaved)
    if (!(await document.save())) throw new UserError(failed(vscode.workspace.asRelativePath(document.uri)));
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

export interface GenerateWishes {
  /** The user has agreed that what somebody changed is written over. A backup is kept. */
  readonly overEdits?: boolean;
}

/** Asks whether what somebody changed may be written over; shows the difference instead when that is wanted. */
async function mayWriteOver(store: FleetStore, edits: readonly Finding[]): Promise<boolean> {
  const write = vscode.l10n.t('Write Over');
  const show = vscode.l10n.t('Show Difference');
  const lines = edits.slice(0, 10).map(({ file, args }) => {
    const keys = Array.isArray(args.keys) ? args.keys.filter((key) => key !== '') : [];
    return visibleShort(`${file}${keys.length === 0 ? '' : `: ${keys.join(', ')}`}`, 160);
  });
  const more =
    edits.length > lines.length ? [vscode.l10n.t('and {0} more', edits.length - lines.length)] : [];
  const chosen = await vscode.window.showWarningMessage(
    vscode.l10n.t(
      '{0} changed since they were generated, and would be written over.',
      count(edits.length, 'file'),
    ),
    {
      modal: true,
      detail: [...lines, ...more, '', vscode.l10n.t('What is replaced is kept as a backup.')].join('\n'),
    },
    write,
    show,
  );
  if (chosen === show) {
    const agent = edits.find((edit) => edit.agent !== undefined)?.agent;
    await vscode.commands.executeCommand(commandIds.reviewAgent, {
      folder: store.folder.uri.toString(),
      agent,
    });
  }
  return chosen === write;
}

/**
 * Generates some agents, or all when `ids` is undefined, and refreshes the store. Where it would write over what somebody
 * changed it asks first, unless `overEdits` says that the user has already agreed.
 * Undefined when the user cancelled; otherwise what was written.
 * @throws UserError when it refuses, or when the workspace is not trusted.
 */
export async function generateAgents(
  store: FleetStore,
  hooks: HookSources,
  ids: readonly string[] | undefined,
  { overEdits = false }: GenerateWishes = {},
): Promise<GenerateResult | undefined> {
  requireTrust();
  const saving = {
    question: vscode.l10n.t('There are unsaved changes in what would be read or written.'),
    yes: vscode.l10n.t('Save and Generate'),
    failed: (file: string) => vscode.l10n.t('{0} could not be saved, so nothing was generated.', file),
  };
  if (!(await saveFirst(store, ids, saving))) return undefined;
  const root = store.folder.uri.fsPath;
  const stop = new AbortController();
  const many = (ids?.length ?? Number.POSITIVE_INFINITY) > 3;
  const what = {
    ...{ store, action: 'generate', details: { overEdits } },
    ...(ids === undefined ? {} : { agents: ids }),
  };
  const work = vscode.window.withProgress(
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
        today: new Date().toISOString().slice(0, 10),
        now: () => new Date().toISOString(),
        overEdits,
        signal: stop.signal,
        onProgress: (done, total) => {
          const percent = total === 0 ? 100 : (done / total) * 100;
          progress.report({ increment: percent - shown, message: `${done}/${total}` });
          shown = percent;
        },
      });
    },
  );
  const result = await audited(
    what,
    () => Promise.resolve(work),
    ({ done }) => (done ? 'done' : 'refused'),
  );
  store.inspectNow();
  if (!result.done) {
    if (stop.signal.aborted && !hasErrors(result.findings)) return undefined;
    const errors = result.findings.filter((finding) => finding.severity === 'error');
    if (!errors.every(({ code }) => code === 'outputs/would-overwrite')) throw refusal(result);
    if (await mayWriteOver(store, errors)) return generateAgents(store, hooks, ids, { overEdits: true });
    return undefined;
  }
  const words =
    result.written.length === 0
      ? vscode.l10n.t('Agents: everything was as the registry says')
      : vscode.l10n.t('Agents: {0} written', count(result.written.length, 'file'));
  vscode.window.setStatusBarMessage(`$(check) ${words}`, successMs);
  return result;
}
