// Ends the session of an agent and starts it as the registry has it now, with its conversation where claude still has it.
import * as vscode from 'vscode';
import { UserError } from '../../findings/userError.ts';
import { liveRecords } from '../../sessions/liveRecords.ts';
import type { SessionHost } from '../../sessions/sessionHost.ts';
import { type Runner, readRecords, type SessionRecord } from '../../sessions/sessionRecord.ts';
import type { Launch } from '../../sessions/start.ts';
import { requireNotable } from '../../sessions/stopSession.ts';
import { tmuxOf } from '../../sessions/workspaceTmux.ts';
import { audited } from '../audited.ts';
import type { FoundAgent } from '../fleets.ts';
import { viewIds } from '../ids.ts';
import { sessionHostOf, wantedRunner } from '../sessionHost.ts';
import type { Show } from '../sessionTabs.ts';
import { requireTrust } from '../trust.ts';
import { conversationOf } from './askResume.ts';
import { type Begin, type BeginContext, beginSession } from './beginSession.ts';
import { argumentFor } from './pickAgent.ts';
import { requirePrograms } from './requirePrograms.ts';
import { readyToStart, type StartContext, sayWhatIsSpecial } from './startAgent.ts';
import { confirmEnd, endAgent } from './stopAgents.ts';

/** As the agent's terminal was: a restart may come while a person types elsewhere. */
function shownBefore({ terminals }: StartContext, found: FoundAgent): Show {
  const terminal = terminals.tabOf(argumentFor(found))?.terminal;
  if (terminal === undefined) return 'none';
  return terminal === vscode.window.activeTerminal ? 'seen' : 'behind';
}

/** Where an agent ran before, and so runs again. */
export interface RestartPlace {
  readonly runner: Runner;
  /** Absent: it never ran. */
  readonly last: SessionRecord | undefined;
}

/** @throws UserError when it can't run there. */
export function placeOfRestart(host: SessionHost, { store, status }: FoundAgent): RestartPlace {
  const { id: agent } = status.agent;
  const last = readRecords(host).records.find((record) => record.agent === agent);
  const runner = last?.runner ?? wantedRunner(host);
  if (runner === 'tmux' && tmuxOf(host, store.folder.uri.fsPath) === undefined)
    throw new UserError(
      vscode.l10n.t('{0} ran in tmux, and tmux was not found (looked at PATH). Put it on PATH.', agent),
    );
  return { runner, last };
}

/** Ends an agent and begins it anew. `isAnew`: claude had no conversation to go on with. Asks nothing. @throws UserError */
export async function endAndBegin(
  context: BeginContext,
  host: SessionHost,
  found: FoundAgent,
  { runner, last }: RestartPlace,
  wishes: Omit<Begin, 'runner' | 'resume'>,
): Promise<{ readonly launch: Launch | undefined; readonly isAnew: boolean }> {
  const { agent } = argumentFor(found);
  const [live] = await liveRecords(host, agent);
  if (live !== undefined) await requireNotable(host, live.record);
  const ended = await endAgent(context, found.store, agent);
  if (ended.isFailure) throw new UserError(ended.message);
  const resume = last && (await conversationOf(context, host, found, last));
  const { result, launch } = await beginSession(context, host, found, { ...wishes, runner, resume });
  if (result.kind === 'alreadyRuns')
    throw new UserError(vscode.l10n.t('{0} was started by somebody else meanwhile.', agent));
  return { launch, isAnew: last !== undefined && resume === undefined };
}

/** Restarts an agent where it ran before: in tmux, or in a terminal of this window. @throws UserError */
export async function restartAgent(context: StartContext, given: FoundAgent): Promise<void> {
  requireTrust();
  const { store } = given;
  const { agent } = argumentFor(given);
  const host = sessionHostOf(store);
  // All that may refuse comes before anything is ended.
  const ready = await readyToStart(context, given, false);
  if (!ready) return;
  const { found, isUnguardedAgreed } = ready;
  const programs = await requirePrograms();
  if (!programs) return;
  const place = placeOfRestart(host, found);
  const live = await liveRecords(host, agent);
  const ids = live.length > 0 ? [agent] : [];
  if (!(await confirmEnd(context, store, ids, vscode.l10n.t('Restart')))) return;
  const show = live.length > 0 ? shownBefore(context, given) : 'focus';
  await vscode.window.withProgress({ location: { viewId: viewIds.agents } }, async () => {
    const { launch, isAnew } = await audited(
      { store, action: 'restart', agents: [agent], details: { runner: place.runner, isUnguardedAgreed } },
      () => endAndBegin(context, host, found, place, { programs, show, isUnguardedAgreed }),
    );
    if (launch) sayWhatIsSpecial(context, agent, launch.leftOut);
    if (isAnew)
      void vscode.window.showInformationMessage(
        vscode.l10n.t('claude has no conversation of {0} to go on with; it began anew.', agent),
      );
  });
}
