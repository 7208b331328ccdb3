// Starts an agent in a terminal, or focuses the one it has. Refusals name what would mend them.
import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { nodeFiles } from '../../files/nodeFiles.ts';
import { UserError } from '../../findings/userError.ts';
import { visibleShort } from '../../findings/visible.ts';
import type { HookSources } from '../../outputs/output.ts';
import { type Launch, preflight, prepareLaunch } from '../../sessions/start.ts';
import { notice } from '../errors.ts';
import type { Fleets, FoundAgent } from '../fleets.ts';
import { stateDirectoryOf, userState } from '../folderState.ts';
import { commandIds } from '../ids.ts';
import { thisMachine } from '../machine.ts';
import type { Terminals } from '../terminals.ts';
import { requireTrust } from '../trust.ts';
import { generateAgents } from './generateAgents.ts';
import { argumentFor } from './pickAgent.ts';
import { requirePrograms } from './requirePrograms.ts';

export interface StartContext {
  readonly fleets: Fleets;
  readonly terminals: Terminals;
  readonly hooks: () => HookSources;
  readonly launchHooks: () => HookSources;
  /** Remembers which wide permission modes the user has agreed to. */
  readonly memory: vscode.Memento;
}

/** Asks once before an agent starts in a mode that no longer asks; true when it may. */
async function confirmMode(context: StartContext, found: FoundAgent): Promise<boolean> {
  const { agent } = found.status;
  if (agent.permissionMode !== 'bypassPermissions' && agent.permissionMode !== 'auto') return true;
  const key = `agreedMode:${found.store.folder.uri.toString()}#${agent.id}`;
  if (context.memory.get(key) === agent.permissionMode) return true;
  const start = vscode.l10n.t('Start');
  const chosen = await vscode.window.showWarningMessage(
    vscode.l10n.t('{0} would run in the mode {1}.', agent.id, agent.permissionMode),
    {
      modal: true,
      detail: vscode.l10n.t(
        'In this mode it acts without asking you. What the registry forbids stays forbidden. You are asked once, and again when the mode changes.',
      ),
    },
    start,
  );
  if (chosen !== start) return false;
  await context.memory.update(key, agent.permissionMode);
  return true;
}

/** Tells the user why the agent cannot start; true when "Regenerate and Start" was chosen. */
async function offerToMend(found: FoundAgent, message: string, regenerateMends: boolean): Promise<boolean> {
  const mend = vscode.l10n.t('Regenerate and Start');
  const show = vscode.l10n.t('Show Difference');
  const open = vscode.l10n.t('Open Registry');
  const chosen = regenerateMends
    ? await vscode.window.showWarningMessage(notice(message), mend, show)
    : await vscode.window.showErrorMessage(notice(message), open);
  if (chosen === show) await vscode.commands.executeCommand(commandIds.reviewAgent, argumentFor(found));
  if (chosen === open) await vscode.commands.executeCommand(commandIds.openRegistry, argumentFor(found));
  return chosen === mend;
}

/** Starts the agent, or focuses its terminal. `mend` regenerates first where that is all it takes. @throws UserError */
export async function startAgent(context: StartContext, given: FoundAgent, mend: boolean): Promise<void> {
  requireTrust();
  const argument = argumentFor(given);
  if (context.terminals.focus(argument)) return;
  // Looked at anew: what is shown may be a moment old, and a start is not the place to be wrong.
  given.store.inspectNow();
  let found = context.fleets.find(argument);
  if (!found) throw new UserError(vscode.l10n.t('{0} is not in the registry any more.', argument.agent));
  let refused = preflight(found.fleet, found.status);
  const startsAnyway = vscode.l10n.t('Start Unguarded');
  const isUnguarded = (): boolean => refused?.kind === 'unguarded';
  if (refused && !isUnguarded()) {
    const isAgreed =
      refused.regenerateMends && mend
        ? true
        : await offerToMend(found, refused.message, refused.regenerateMends);
    if (!isAgreed) return;
    // The user was told what is out of step and chose to mend it.
    if (!(await generateAgents(found.store, context.hooks(), [argument.agent], { overEdits: true }))) return;
    found = context.fleets.find(argument);
    refused = found && preflight(found.fleet, found.status);
    if (!found || (refused && !isUnguarded()))
      throw new UserError(
        refused?.message ?? vscode.l10n.t('{0} is not in the registry any more.', argument.agent),
      );
  }
  if (refused && isUnguarded()) {
    const chosen = await vscode.window.showWarningMessage(
      vscode.l10n.t('{0} would run unguarded.', argument.agent),
      { modal: true, detail: refused.message },
      startsAnyway,
    );
    if (chosen !== startsAnyway) return;
  }
  if (!(await confirmMode(context, found))) return;
  const programs = await requirePrograms();
  if (!programs) return;
  const launch = await prepareLaunch({
    files: nodeFiles,
    machine: thisMachine(),
    fleet: found.fleet,
    id: argument.agent,
    isUnguardedAgreed: isUnguarded(),
    hooks: context.launchHooks(),
    stateRoot: userState(),
    stateDirectory: stateDirectoryOf(found.store.folder.uri.fsPath),
    ...programs,
    env: process.env,
    launchId: randomUUID(),
    sessionId: randomUUID(),
  });
  // Somebody may have started it while we were asking.
  if (context.terminals.focus(argument)) return;
  context.terminals.start(argument, launch);
  sayWhatIsSpecial(context, argument.agent, launch);
}

/** Where it is remembered that the person knows about the key. */
const knowsKey = 'nativeOrchestrator.knowsAboutApiKey';

/** At most one message about a session that is not quite what a person may take it for. Waits for nobody. */
function sayWhatIsSpecial({ memory }: StartContext, id: string, { leftOut }: Launch): void {
  if (leftOut.length > 0) {
    void vscode.window.showWarningMessage(
      vscode.l10n.t(
        'Left out of this session, since it is more than the registry gives {0}: {1} in its settings.',
        id,
        visibleShort(leftOut.join(', '), 200),
      ),
    );
    return;
  }
  if (!process.env.ANTHROPIC_API_KEY || memory.get(knowsKey) === true) return;
  const never = vscode.l10n.t("Don't Show Again");
  void vscode.window
    .showInformationMessage(
      vscode.l10n.t(
        'ANTHROPIC_API_KEY is set: the session of {0} is billed to that key, not to a subscription.',
        id,
      ),
      never,
    )
    .then((answer) => (answer === never ? memory.update(knowsKey, true) : undefined));
}
