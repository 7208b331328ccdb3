// Commands about who waits: the next agent that needs a person, quiet mode, a restart that waits for its time.
import * as vscode from 'vscode';
import { attention } from '../../sessions/attention.ts';
import { isAtWork } from '../../sessions/atWork.ts';
import { isOver } from '../../sessions/liveStates.ts';
import type { Fleets, FoundAgent } from '../fleets.ts';
import { type AgentArgument, commandIds, settingKeys, settingsSection } from '../ids.ts';
import type { Sessions, ShownSession } from '../sessions.ts';

interface Waiting extends AgentArgument {
  readonly state: ShownSession['state'];
}

/** All who wait for a person, the most urgent first. */
function waitingIn(fleets: Fleets, sessions: Sessions): readonly Waiting[] {
  return attention(
    fleets.stores.flatMap((store) => {
      const folder = store.folder.uri.toString();
      return [...sessions.ofStore(store)].map(([agent, { state }]) => ({ folder, agent, state }));
    }),
  );
}

/** Shows the agent that needs a person most; asked again, the one after it. */
export class NextAgent {
  #last: AgentArgument | undefined;

  async show(fleets: Fleets, sessions: Sessions): Promise<void> {
    const waiting = waitingIn(fleets, sessions);
    const at = waiting.findIndex(
      ({ folder, agent }) => folder === this.#last?.folder && agent === this.#last.agent,
    );
    const next = waiting[at + 1] ?? waiting[0];
    if (next === undefined) {
      this.#last = undefined;
      vscode.window.setStatusBarMessage(`$(check) ${vscode.l10n.t('No agent needs you')}`, 3000);
      return;
    }
    const { folder, agent } = next;
    this.#last = { folder, agent };
    const store = fleets.stores.find((each) => each.folder.uri.toString() === folder);
    const session = sessions.of({ folder, agent });
    if (session !== undefined && isOver(session.state)) await showEnded({ folder, agent }, session);
    else await vscode.commands.executeCommand(commandIds.attachAgent, { folder, agent });
    if (store !== undefined) await (await sessions.live())?.seen(store, agent);
  }
}

/** A session that is gone has no terminal to be shown: its row has what is known of it. */
async function showEnded(argument: AgentArgument, { state }: ShownSession): Promise<void> {
  const start = vscode.l10n.t('Start');
  const open = vscode.l10n.t('Open Terminal');
  const chosen = await vscode.window.showWarningMessage(
    vscode.l10n.t('{0} crashed: {1}.', argument.agent, state.evidence),
    start,
    open,
  );
  if (chosen === start) await vscode.commands.executeCommand(commandIds.startAgent, argument);
  if (chosen === open) await vscode.commands.executeCommand(commandIds.attachAgent, argument);
}

/** Switches the messages about agents that need a person off and on; badge, rows and status item stay. */
export async function toggleQuiet(): Promise<void> {
  const configuration = vscode.workspace.getConfiguration(settingsSection);
  const isQuiet = configuration.get(settingKeys.quiet) !== true;
  // Where the workspace says it, that is what holds.
  const isWorkspaces = configuration.inspect(settingKeys.quiet)?.workspaceValue !== undefined;
  const { Global, Workspace } = vscode.ConfigurationTarget;
  await configuration.update(settingKeys.quiet, isQuiet, isWorkspaces ? Workspace : Global);
  const words = isQuiet
    ? vscode.l10n.t('Quiet: agents that need you are shown, and no message tells of them')
    : vscode.l10n.t('A message tells when an agent needs you');
  vscode.window.setStatusBarMessage(`$(${isQuiet ? 'bell-slash' : 'bell'}) ${words}`, 4000);
}

/** Restarts a session with what the disk says now: at once when it is at rest, else as soon as it is. */
export async function restartAtRest(sessions: Sessions, { store, status }: FoundAgent): Promise<void> {
  const argument: AgentArgument = { folder: store.folder.uri.toString(), agent: status.agent.id };
  await sessions.look(store);
  const session = sessions.of(argument);
  if (session === undefined || !isAtWork(session)) {
    await vscode.commands.executeCommand(commandIds.restartAgent, argument);
    return;
  }
  (await sessions.live())?.restartAtRest(store, argument.agent, true);
  const words = vscode.l10n.t('{0} restarts when it is at rest', argument.agent);
  vscode.window.setStatusBarMessage(`$(history) ${words}`, 3000);
}

/** It is not restarted after all. */
export async function keepRunning(sessions: Sessions, { store, status }: FoundAgent): Promise<void> {
  (await sessions.live())?.restartAtRest(store, status.agent.id, false);
}
