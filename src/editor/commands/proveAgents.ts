// Runs `prove` for the user: the real claude against a scripted model, with progress that can be cancelled, and one message when it fails.
import os from 'node:os';
import * as vscode from 'vscode';
import { nodeFiles } from '../../files/nodeFiles.ts';
import { UserError } from '../../findings/userError.ts';
import type { HookSources } from '../../outputs/output.ts';
import { type ProveResult, prove } from '../../proof/prove.ts';
import { notice } from '../errors.ts';
import type { FleetStore } from '../fleetStore.ts';
import { stateDirectoryOf, userState } from '../folderState.ts';
import { commandIds } from '../ids.ts';
import type { Proofs } from '../proofs.ts';
import { outcomeOf } from '../proveOutcome.ts';
import { requireTrust } from '../trust.ts';
import { saveFirst } from './generateAgents.ts';
import { requirePrograms } from './requirePrograms.ts';

export interface ProveContext {
  readonly launchHooks: () => HookSources;
  readonly proofs: Proofs;
  /** The agents that this window is proving, by folder and id. */
  readonly proving: Set<string>;
}

/** How long a word of success stays in the status bar. Milliseconds. */
const successMs = 3000;

/**
 * Proves some agents, or all when `ids` is undefined. Cancelling ends every process and keeps no proof of what was not done.
 * @throws UserError when it cannot begin, or when the workspace is not trusted.
 */
export async function proveAgents(
  context: ProveContext,
  store: FleetStore,
  ids: readonly string[] | undefined,
): Promise<void> {
  requireTrust();
  const saving = {
    question: vscode.l10n.t('There are unsaved changes in what would be proven.'),
    yes: vscode.l10n.t('Save and Prove'),
    failed: (file: string) => vscode.l10n.t('{0} could not be saved, so nothing was proven.', file),
  };
  if (!(await saveFirst(store, ids, saving))) return;
  const fleet = store.inspectNow();
  if (!fleet?.parsed?.registry)
    throw new UserError(
      vscode.l10n.t(
        'agents/registry.yaml has errors, so it is unknown what the agents may do. Mend them first.',
      ),
    );
  const keyOf = (id: string): string => `${store.folder.uri.toString()}#${id}`;
  const asked = ids ?? fleet.agents.map((status) => status.agent.id);
  const agents = asked.filter((id) => !context.proving.has(keyOf(id)));
  if (agents.length === 0)
    throw new UserError(
      asked.length === 0
        ? vscode.l10n.t('The registry has no agents that could be proven.')
        : vscode.l10n.t('{0} is being proven already; its progress is in the corner.', asked[0] ?? ''),
    );
  const programs = await requirePrograms();
  if (!programs) return;
  const stop = new AbortController();
  for (const id of agents) context.proving.add(keyOf(id));
  const release = (): void => {
    for (const id of agents) context.proving.delete(keyOf(id));
  };
  const result = await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title:
        agents.length === 1
          ? vscode.l10n.t('Proving {0}', agents[0] ?? '')
          : vscode.l10n.t('Proving {0} agents', agents.length),
      cancellable: true,
    },
    async (progress, token) => {
      token.onCancellationRequested(() => {
        stop.abort();
        // The progress is gone by now, while the last process ends: the next run has folders of its own.
        release();
      });
      let shown = 0;
      try {
        return await prove({
          files: nodeFiles,
          fleet,
          agents,
          ...programs,
          launchHooks: context.launchHooks(),
          state: { root: userState(), workspace: stateDirectoryOf(store.folder.uri.fsPath) },
          searchPath: process.env.PATH ?? '',
          jobs: os.availableParallelism() + 1,
          signal: stop.signal,
          onProgress: (done, total, agent) => {
            const percent = total === 0 ? 100 : (done / total) * 100;
            const message = agent === undefined ? `0/${total}` : `${done}/${total} · ${agent}`;
            progress.report({ increment: percent - shown, message });
            shown = percent;
          },
        });
      } catch (error) {
        if (stop.signal.aborted) return undefined;
        throw error;
      } finally {
        if (!stop.signal.aborted) release();
      }
    },
  );
  // Not left to the watcher: what is said now and what is shown are to be the same.
  context.proofs.reread();
  if (result) say(context, store, result);
}

/** One message when something failed, which waits for nobody; else a word in the status bar. */
function say({ proofs }: ProveContext, store: FleetStore, result: ProveResult): void {
  const folder = store.folder.uri.toString();
  const proven = result.records.map(({ agent }) => ({ agent, proof: proofs.of({ folder, agent }) }));
  const { words, failed } = outcomeOf(proven, result.notProven, result.cli);
  if (failed === undefined) {
    vscode.window.setStatusBarMessage(`$(check) ${words}`, successMs);
    return;
  }
  const show = vscode.l10n.t('Show Report');
  void vscode.window.showErrorMessage(notice(words), ...(failed.hasReport ? [show] : [])).then((chosen) => {
    if (chosen !== show) return;
    const command = failed.only === undefined ? commandIds.showProofs : commandIds.showProof;
    void vscode.commands.executeCommand(command, failed.only && { folder, agent: failed.only });
  });
}
