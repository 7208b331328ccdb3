// Brings the session of an agent into view, or leaves it running out of view.
import * as vscode from 'vscode';
import { UserError } from '../../findings/userError.ts';
import { type LiveRecord, liveRecords } from '../../sessions/liveRecords.ts';
import type { SessionHost } from '../../sessions/sessionHost.ts';
import { readRecords, type SessionRecord } from '../../sessions/sessionRecord.ts';
import { paneOf, type Tmux } from '../../sessions/tmux.ts';
import { tmuxOfRecord } from '../../sessions/workspaceTmux.ts';
import { adoptTabs } from '../adoptTabs.ts';
import { notice } from '../errors.ts';
import { commandIds } from '../ids.ts';
import { sessionHostOf } from '../sessionHost.ts';
import { openTmuxTab } from '../sessionTabs.ts';
import { requireTrust } from '../trust.ts';
import type { SessionContext } from './beginSession.ts';
import { argumentFor, type NamedAgent } from './pickAgent.ts';

/** The server that shows a launch; undefined when it runs in none, or none of it is left there. */
async function serverWith(
  host: SessionHost,
  found: NamedAgent,
  record: SessionRecord,
): Promise<Tmux | undefined> {
  const tmux = tmuxOfRecord(host, found.store.folder.uri.fsPath, record);
  return tmux && (await paneOf(tmux, record.launch)) ? tmux : undefined;
}

/** Says something with one way out, and takes it. Waits for nobody. */
function say(found: NamedAgent, words: string, action: string, command: string): void {
  void vscode.window.showInformationMessage(notice(words), action).then((chosen) => {
    if (chosen === action) void vscode.commands.executeCommand(command, argumentFor(found));
  });
}

/** Shows an agent that runs: its tab, a new one for what runs in tmux, or where it is in words. */
export async function showLive(
  context: SessionContext,
  host: SessionHost,
  found: NamedAgent,
  { record, state }: LiveRecord,
): Promise<void> {
  const argument = argumentFor(found);
  const { agent } = argument;
  const stop = vscode.l10n.t('Stop');
  const isShown = (): boolean => context.terminals.tabOf(argument)?.launch === record.launch;
  if (!isShown()) await adoptTabs(context);
  if (isShown()) {
    context.terminals.focus(argument);
    return;
  }
  if (state === 'starting') {
    vscode.window.setStatusBarMessage(vscode.l10n.t('{0} is being started already', agent), 3000);
    return;
  }
  if (state === 'unknown') {
    const words = vscode.l10n.t(
      '{0} was started as pid {1}, and the system does not say whether that is still it.',
      agent,
      String(record.pid),
    );
    say(found, words, stop, commandIds.stopAgent);
    return;
  }
  const tmux = await serverWith(host, found, record);
  if (tmux !== undefined) {
    openTmuxTab(context, tmux, argument, record);
    return;
  }
  const words =
    record.runner === 'tmux'
      ? vscode.l10n.t(
          '{0} runs as pid {1}, but its tmux session cannot be reached from here.',
          agent,
          String(record.pid),
        )
      : vscode.l10n.t(
          '{0} runs in a terminal outside of this window (pid {1}), and can be shown only there.',
          agent,
          String(record.pid),
        );
  say(found, words, stop, commandIds.stopAgent);
}

/** Shows the session of an agent that runs, or what one that ended in tmux left on its screen. @throws UserError */
export async function attachAgent(context: SessionContext, found: NamedAgent): Promise<void> {
  requireTrust();
  const host = sessionHostOf(found.store);
  const argument = argumentFor(found);
  const [live] = await liveRecords(host, argument.agent);
  if (live !== undefined) return showLive(context, host, found, live);
  const last = readRecords(host).records.find(({ agent }) => agent === argument.agent);
  const tmux = last && (await serverWith(host, found, last));
  if (last === undefined || tmux === undefined) {
    const words = vscode.l10n.t('{0} does not run.', argument.agent);
    say(found, words, vscode.l10n.t('Start'), commandIds.startAgent);
    return;
  }
  if (!context.terminals.focus(argument)) openTmuxTab(context, tmux, argument, last);
}

/** Closes the tab of an agent that goes on in tmux. @throws UserError when there is none, or closing it would end the session. */
export async function detachAgent(context: SessionContext, found: NamedAgent): Promise<void> {
  requireTrust();
  const argument = argumentFor(found);
  const { agent } = argument;
  const host = sessionHostOf(found.store);
  if (!context.terminals.has(argument)) await adoptTabs(context);
  const tab = context.terminals.tabOf(argument);
  if (tab === undefined) throw new UserError(vscode.l10n.t('{0} has no terminal in this window.', agent));
  const record = readRecords(host).records.find(({ launch }) => launch === tab.launch);
  if (record?.runner !== 'tmux')
    throw new UserError(
      vscode.l10n.t(
        '{0} runs in this very terminal and would end with it. In tmux it could go on without one: set nativeOrchestrator.runner to "tmux" and restart it.',
        agent,
      ),
    );
  tab.terminal.dispose();
}
