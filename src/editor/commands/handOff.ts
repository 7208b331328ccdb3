// Hands work from one agent to another that its delegates_to allows, and shows what was handed over. Part of dist/later.cjs.
import * as vscode from 'vscode';
import { ageWords } from '../../findings/age.ts';
import { UserError } from '../../findings/userError.ts';
import { deliverHandoff } from '../../sessions/deliverHandoff.ts';
import { handoffBounds, handoffOf, handoffProblem, taskWords } from '../../sessions/handoff.ts';
import { readHandoffs } from '../../sessions/handoffRecord.ts';
import { audited } from '../audited.ts';
import { notice } from '../errors.ts';
import type { FoundAgent } from '../fleets.ts';
import { commandIds } from '../ids.ts';
import { still } from '../markdown.ts';
import { sessionHostOf } from '../sessionHost.ts';
import { requireTrust } from '../trust.ts';
import type { SessionContext } from './beginSession.ts';
import { requirePrograms } from './requirePrograms.ts';
import { typistOf } from './sendPrompt.ts';

/** Asks for one text of a handoff; undefined when the user changed their mind. Empty where that is allowed. */
function askFor(
  title: string,
  prompt: string,
  most: number,
  isOptional: boolean,
): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    title,
    prompt,
    ignoreFocusOut: true,
    validateInput: (value) => {
      if (value.trim() === '') return isOptional ? undefined : vscode.l10n.t('It may not be empty.');
      return value.length > most ? vscode.l10n.t('At most {0} characters.', most) : undefined;
    },
  });
}

/** Asks what is to be handed over to whom; undefined when the user changed their mind. @throws UserError when there is nobody. */
async function askMessage({ fleet, status }: FoundAgent) {
  const from = status.agent.id;
  const delegates = status.agent.delegatesTo.flatMap((id) => fleet.registry?.agents.get(id) ?? []);
  if (delegates.length === 0)
    throw new UserError(
      vscode.l10n.t('{0} may hand work to nobody: it has no delegates_to in agents/registry.yaml.', from),
    );
  const items = delegates.map(({ id, description }) => ({
    label: still(id, 64),
    detail: still(description, 160),
    id,
  }));
  const chosen = await vscode.window.showQuickPick(items, {
    placeHolder: vscode.l10n.t('Hand work of {0} to which agent?', from),
    matchOnDetail: true,
  });
  if (!chosen) return undefined;
  const title = vscode.l10n.t('From {0} to {1}', from, chosen.id);
  const task = await askFor(title, vscode.l10n.t('What is to be done?'), handoffBounds.task, false);
  if (task === undefined) return undefined;
  const context = await askFor(
    title,
    vscode.l10n.t('What must one know for it? (Enter for nothing)'),
    handoffBounds.context,
    true,
  );
  if (context === undefined) return undefined;
  const accept = await askFor(
    title,
    vscode.l10n.t('What must be so when it is done? Separate several with ";". (Enter for nothing)'),
    handoffBounds.acceptance * handoffBounds.items,
    true,
  );
  if (accept === undefined) return undefined;
  const message = handoffOf({
    from,
    to: chosen.id,
    task,
    ...(context.trim() === '' ? {} : { context }),
    acceptance: accept
      .split(';')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
  });
  const problem = handoffProblem(message);
  if (problem !== undefined) throw new UserError(problem);
  return message;
}

/** Asks for a handoff and delivers it. What is refused says why, and is recorded. @throws UserError */
export async function handOff(context: SessionContext, found: FoundAgent): Promise<void> {
  requireTrust();
  const { store, fleet } = found;
  const { registry, parsed } = fleet;
  if (registry === undefined || parsed === undefined || fleet.isLastGood)
    throw new UserError(
      vscode.l10n.t('The registry has errors, so it is unknown who may hand work to whom. Mend them first.'),
    );
  const message = await askMessage(found);
  const programs = message && (await requirePrograms());
  if (!message || !programs) return;
  const folder = store.folder.uri.toString();
  const target = context.fleets.find({ folder, agent: message.to });
  const host = sessionHostOf(store);
  const what = { store, action: 'handoff', agents: [message.from, message.to] };
  const { state, reason } = await audited(
    what,
    () =>
      deliverHandoff({
        ...{ host, registry, message, claudePath: programs.claudePath },
        root: store.folder.uri.fsPath,
        lineOf: (id) => parsed.positions.at(['agents', id, 'delegates_to']).line,
        sentBy: 'person',
        typist: async (record) => target && typistOf(context, host, target, record),
        look: async () => {
          await context.sessions.look(store);
          return context.sessions.of({ folder, agent: message.to });
        },
      }),
    (handoff) => (handoff.state === 'delivered' ? 'done' : handoff.state),
  );
  if (state === 'delivered') {
    vscode.window.setStatusBarMessage(`$(check) ${vscode.l10n.t('handed to {0}', message.to)}`, 3000);
    return;
  }
  const isAway = reason?.endsWith('does not run.') === true;
  const start = vscode.l10n.t('Start {0}', message.to);
  const open = vscode.l10n.t('Open Terminal');
  const chosen = await vscode.window.showWarningMessage(
    notice(vscode.l10n.t('{0} Nothing was handed over, and that is recorded.', reason ?? '')),
    isAway ? start : open,
  );
  const argument = { folder, agent: message.to };
  if (chosen === start) await vscode.commands.executeCommand(commandIds.startAgent, argument);
  if (chosen === open) await vscode.commands.executeCommand(commandIds.attachAgent, argument);
}

/** Lists what was handed over in the folders of the window, newest first; choosing one opens the target's terminal. */
export async function showHandoffs({ fleets }: SessionContext): Promise<void> {
  const now = Date.now();
  const items = fleets.withRegistry.flatMap((store) =>
    readHandoffs(sessionHostOf(store)).handoffs.map(({ from, to, task, state, at, reason }) => ({
      label: `$(${state === 'delivered' ? 'check' : state === 'refused' ? 'circle-slash' : 'question'}) ${still(`${from} → ${to}`, 140)}`,
      description: `${state} ${ageWords(at, now)}`,
      detail: still(reason === undefined ? taskWords(task, 160) : `${taskWords(task, 80)} (${reason})`, 240),
      argument: { folder: store.folder.uri.toString(), agent: to },
    })),
  );
  if (items.length === 0)
    throw new UserError(
      vscode.l10n.t('Nothing was handed over yet. Right-click an agent and choose "Hand Off Work…".'),
    );
  const chosen = await vscode.window.showQuickPick(items, {
    placeHolder: vscode.l10n.t('What was handed over, newest first'),
    matchOnDetail: true,
  });
  if (chosen) await vscode.commands.executeCommand(commandIds.attachAgent, chosen.argument);
}
