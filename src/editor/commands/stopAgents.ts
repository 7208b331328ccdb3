// Ends sessions: gently, by the recorded process, and after a question where work could be lost.
import * as vscode from 'vscode';
import { visibleShort } from '../../findings/visible.ts';
import { atWork, lossWords } from '../../sessions/atWork.ts';
import { type AgentResult, eachAgent } from '../../sessions/eachAgent.ts';
import { liveRecords } from '../../sessions/liveRecords.ts';
import type { SessionHost } from '../../sessions/sessionHost.ts';
import { mostAtOnce } from '../../sessions/startEach.ts';
import { stopAgent } from '../../sessions/stopAgent.ts';
import { audited } from '../audited.ts';
import { notice } from '../errors.ts';
import type { FleetStore } from '../fleetStore.ts';
import { viewIds } from '../ids.ts';
import { sessionHostOf } from '../sessionHost.ts';
import { requireTrust } from '../trust.ts';
import { count } from '../words.ts';
import type { SessionContext } from './beginSession.ts';
import { outcomeOf } from './outcomeOf.ts';

const successMs = 3000;

/** Asks before work may be lost; true when it may. `running`: agents that run. `yes`: what the button says. */
export async function confirmEnd(
  { sessions }: SessionContext,
  store: FleetStore,
  running: readonly string[],
  yes: string,
): Promise<boolean> {
  if (running.length === 0) return true;
  await sessions.look(store);
  const shown = sessions.ofStore(store);
  const busy = atWork(shown, running);
  const [first] = busy;
  if (first === undefined) return true;
  const question =
    busy.length === 1
      ? vscode.l10n.t('{0} may be at work.', first)
      : vscode.l10n.t('{0} agents may be at work.', busy.length);
  const options = { modal: true, detail: visibleShort(lossWords(shown, busy), 800) };
  return (await vscode.window.showWarningMessage(question, options, yes)) === yes;
}

/**
 * The host with which a session is ended: one in a terminal of this window by closing that, which asks claude to end as
 * well as a signal does, and about which the editor raises no alarm.
 */
function gentleHost(
  context: SessionContext,
  store: FleetStore,
  host: SessionHost,
  agent: string,
): SessionHost {
  const tab = context.terminals.tabOf({ folder: store.folder.uri.toString(), agent });
  if (tab === undefined) return host;
  return {
    ...host,
    kill: (pid, signal) => {
      const isOwn = tab.pid === pid && tab.terminal.exitStatus === undefined;
      if (signal === 'SIGTERM' && isOwn) tab.terminal.dispose();
      else host.kill(pid, signal);
    },
  };
}

/** Ends what runs of an agent. @throws UserError while it is being started. */
export async function endAgent(
  context: SessionContext,
  store: FleetStore,
  agent: string,
): Promise<AgentResult> {
  const host = sessionHostOf(store);
  const gentle = gentleHost(context, store, host, agent);
  return stopAgent(gentle, store.folder.uri.fsPath, agent);
}

/** Ends the sessions of agents, or of all that run. @throws UserError when the workspace is not trusted. */
export async function stopAgents(
  context: SessionContext,
  store: FleetStore,
  ids: readonly string[] | undefined,
): Promise<void> {
  requireTrust();
  const host = sessionHostOf(store);
  // An agent that left the registry may still run.
  const running = [...new Set((await liveRecords(host)).map(({ record }) => record.agent))];
  const wanted = ids ?? running;
  const going = wanted.filter((id) => running.includes(id));
  if (!(await confirmEnd(context, store, going, vscode.l10n.t('Stop')))) return;
  const results = await vscode.window.withProgress({ location: { viewId: viewIds.agents } }, () =>
    audited(
      { store, action: 'stop', agents: wanted },
      () => eachAgent(wanted, mostAtOnce, (id) => endAgent(context, store, id)),
      outcomeOf,
    ),
  );
  const failed = results.filter(({ isFailure }) => isFailure);
  for (const { message } of results) context.log.info(message);
  if (failed.length > 0) {
    void vscode.window.showErrorMessage(notice(failed.map(({ message }) => message).join(' ')));
    return;
  }
  const [only] = results;
  const words =
    results.length === 1 && only
      ? only.message.replace(/\.$/, '')
      : going.length === 0
        ? vscode.l10n.t('no agent runs')
        : vscode.l10n.t('{0} stopped', count(going.length, 'agent'));
  vscode.window.setStatusBarMessage(`$(check) ${words}`, successMs);
}
