// Types a prompt into the session of an agent, where nothing waits for another answer.
import * as vscode from 'vscode';
import { UserError } from '../../findings/userError.ts';
import { liveRecords } from '../../sessions/liveRecords.ts';
import { promptProblem } from '../../sessions/sendPrompt.ts';
import type { SessionHost } from '../../sessions/sessionHost.ts';
import type { SessionRecord } from '../../sessions/sessionRecord.ts';
import { paneOf, pasteInto } from '../../sessions/tmux.ts';
import { typingRefusal } from '../../sessions/typePrompt.ts';
import { tmuxOfRecord } from '../../sessions/workspaceTmux.ts';
import { adoptTabs } from '../adoptTabs.ts';
import { audited } from '../audited.ts';
import type { FoundAgent } from '../fleets.ts';
import { sessionHostOf } from '../sessionHost.ts';
import { requireTrust } from '../trust.ts';
import type { SessionContext } from './beginSession.ts';
import { argumentFor } from './pickAgent.ts';
import { requirePrograms } from './requirePrograms.ts';

/** Types a text into a session; false when it is gone. */
type Typist = (text: string) => Promise<boolean>;

/** How a text gets to a launch. @throws UserError when nothing can be typed into it from here. */
export async function typistOf(
  context: SessionContext,
  host: SessionHost,
  found: FoundAgent,
  record: SessionRecord,
): Promise<Typist> {
  const { agent, launch } = record;
  const tmux = tmuxOfRecord(host, found.store.folder.uri.fsPath, record);
  const pane = tmux && (await paneOf(tmux, launch));
  if (tmux !== undefined && pane !== undefined)
    return (text) => pasteInto(tmux, { agent, launch, pane: record.pane ?? pane.pane }, text);
  const argument = argumentFor(found);
  const own = () => {
    const tab = context.terminals.tabOf(argument);
    return tab?.launch === launch && tab.pid === record.pid ? tab.terminal : undefined;
  };
  if (own() === undefined) await adoptTabs(context);
  if (own() === undefined)
    throw new UserError(
      vscode.l10n.t(
        '{0} runs in a terminal outside of this window (pid {1}), so nothing can be typed into it from here. Type it there.',
        agent,
        String(record.pid),
      ),
    );
  return async (text) => {
    const terminal = own();
    if (terminal === undefined || terminal.exitStatus !== undefined) return false;
    // As a terminal pastes: what is between is text to the session, whatever it is. promptProblem lets no escape through.
    terminal.sendText(`\u001b[200~${text.replaceAll('\r\n', '\n')}\u001b[201~`, false);
    terminal.sendText('\r', false);
    return true;
  };
}

/** Asks for a prompt and types it into the session of an agent. @throws UserError that says why it is not typed. */
export async function sendPrompt(context: SessionContext, found: FoundAgent): Promise<void> {
  requireTrust();
  const { agent } = argumentFor(found);
  const host = sessionHostOf(found.store);
  const [live] = await liveRecords(host, agent);
  if (live === undefined) throw new UserError(vscode.l10n.t('{0} does not run. Start it first.', agent));
  const { record } = live;
  const type = await typistOf(context, host, found, record);
  const programs = await requirePrograms();
  if (!programs) return;
  // Before it is written: nobody writes a prompt to be told then that a question is open.
  await requireTypable(context, host, found, record, programs.claudePath);
  const text = await vscode.window.showInputBox({
    prompt: vscode.l10n.t('What {0} is to do. It is typed into its session, and Enter is pressed.', agent),
    placeHolder: vscode.l10n.t('Prompt for {0}', agent),
    ignoreFocusOut: true,
    validateInput: (value) => (value === '' ? undefined : promptProblem(value)),
  });
  if (text === undefined || text === '') return;
  const problem = promptProblem(text);
  if (problem !== undefined) throw new UserError(problem);
  await requireTypable(context, host, found, record, programs.claudePath);
  const what = { store: found.store, action: 'send', agents: [agent] };
  if (
    !(await audited(
      what,
      () => type(text),
      (isTyped) => (isTyped ? 'done' : 'refused'),
    ))
  )
    throw new UserError(
      vscode.l10n.t(
        'Nothing was typed into {0}: its session is gone. Look at it: "Agents: Open Terminal".',
        agent,
      ),
    );
  vscode.window.setStatusBarMessage(`$(check) ${vscode.l10n.t('typed into {0}', agent)}`, 3000);
}

/** @throws UserError while a question is open in the session, or nobody can tell. */
export async function requireTypable(
  context: SessionContext,
  host: SessionHost,
  found: FoundAgent,
  record: SessionRecord,
  claudePath: string,
): Promise<void> {
  await context.sessions.look(found.store);
  const shown = context.sessions.of(argumentFor(found));
  const session = shown?.record.launch === record.launch ? shown : undefined;
  const refusal = await typingRefusal(host, claudePath, record, session);
  if (refusal !== undefined)
    throw new UserError(
      vscode.l10n.t(
        'Nothing is typed into {0}: {1}. Look at it: "Agents: Open Terminal".',
        record.agent,
        refusal,
      ),
    );
}
