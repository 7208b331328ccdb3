// Starts an agent, or shows it where it runs. Refusals name what would mend them.
import * as vscode from 'vscode';
import { UserError } from '../../findings/userError.ts';
import { visibleShort } from '../../findings/visible.ts';
import type { HookSources } from '../../outputs/output.ts';
import { liveRecords } from '../../sessions/liveRecords.ts';
import { preflight } from '../../sessions/start.ts';
import { audited } from '../audited.ts';
import { notice } from '../errors.ts';
import type { FoundAgent } from '../fleets.ts';
import { commandIds } from '../ids.ts';
import { sessionHostOf, wantedRunner } from '../sessionHost.ts';
import { requireTrust } from '../trust.ts';
import { askResume, cutOff } from './askResume.ts';
import { type BeginContext, beginSession } from './beginSession.ts';
import { generateAgents } from './generateAgents.ts';
import { argumentFor } from './pickAgent.ts';
import { requirePrograms } from './requirePrograms.ts';
import { showLive } from './showSession.ts';

export interface StartContext extends BeginContext {
  readonly hooks: () => HookSources;
  /** Remembers which wide permission modes the user has agreed to. */
  readonly memory: vscode.Memento;
}

const modeKey = ({ store, status }: FoundAgent): string =>
  `agreedMode:${store.folder.uri.toString()}#${status.agent.id}`;

/** Whether an agent asks before it acts, or the user has agreed that it does not. */
export function isModeAgreed({ memory }: Pick<StartContext, 'memory'>, found: FoundAgent): boolean {
  const { permissionMode } = found.status.agent;
  if (permissionMode !== 'bypassPermissions' && permissionMode !== 'auto') return true;
  return memory.get(modeKey(found)) === permissionMode;
}

/** Asks once before an agent starts in a mode that no longer asks; true when it may. */
async function confirmMode(context: StartContext, found: FoundAgent): Promise<boolean> {
  if (isModeAgreed(context, found)) return true;
  const { agent } = found.status;
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
  await context.memory.update(modeKey(found), agent.permissionMode);
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

/** An agent that may start, as the registry and the disk are now. */
export interface Ready {
  readonly found: FoundAgent;
  /** A person agreed that it runs with what a template without a guard says. */
  readonly isUnguardedAgreed: boolean;
}

/**
 * Looks whether an agent may start, offers what mends it where it may not, and asks what is to be agreed to; undefined when
 * the person changed their mind. `mend` regenerates without asking where that is all it takes. @throws UserError
 */
export async function readyToStart(
  context: StartContext,
  given: FoundAgent,
  mend: boolean,
): Promise<Ready | undefined> {
  const argument = argumentFor(given);
  const { agent } = argument;
  // Looked at anew: what is shown may be a moment old, and a start is not the place to be wrong.
  given.store.inspectNow();
  let found = context.fleets.find(argument);
  if (!found) throw new UserError(vscode.l10n.t('{0} is not in the registry any more.', agent));
  let refused = preflight(found.fleet, found.status);
  if (refused && refused.kind !== 'unguarded') {
    const isAgreed =
      refused.regenerateMends && mend
        ? true
        : await offerToMend(found, refused.message, refused.regenerateMends);
    if (!isAgreed) return undefined;
    // The user was told what is out of step and chose to mend it.
    if (!(await generateAgents(found.store, context.hooks(), [agent], { overEdits: true }))) return undefined;
    found = context.fleets.find(argument);
    refused = found && preflight(found.fleet, found.status);
    if (!found || (refused && refused.kind !== 'unguarded'))
      throw new UserError(refused?.message ?? vscode.l10n.t('{0} is not in the registry any more.', agent));
  }
  if (refused) {
    const startsAnyway = vscode.l10n.t('Start Unguarded');
    const chosen = await vscode.window.showWarningMessage(
      vscode.l10n.t('{0} would run unguarded.', agent),
      { modal: true, detail: refused.message },
      startsAnyway,
    );
    if (chosen !== startsAnyway) return undefined;
  }
  return (await confirmMode(context, found))
    ? { found, isUnguardedAgreed: refused !== undefined }
    : undefined;
}

/** Starts the agent, or shows it where it runs. `mend` regenerates first where that is all it takes. @throws UserError */
export async function startAgent(context: StartContext, given: FoundAgent, mend: boolean): Promise<void> {
  requireTrust();
  const argument = argumentFor(given);
  const { agent } = argument;
  const host = sessionHostOf(given.store);
  // Who closes a terminal and starts again does not mean the one that is about to end.
  await context.terminals.ended(argument);
  const [live] = await liveRecords(host, agent);
  if (live !== undefined) return showLive(context, host, given, live);
  const ready = await readyToStart(context, given, mend);
  const programs = ready && (await requirePrograms());
  if (!ready || !programs) return;
  const { found, isUnguardedAgreed } = ready;
  const runner = wantedRunner(host);
  const cut = await cutOff(context, host, [found]);
  const answer = await askResume(cut);
  if (answer === undefined) return;
  const resume = answer === 'resume' ? cut.get(agent)?.sessionId : undefined;
  const wishes = { programs, runner, show: 'focus', isUnguardedAgreed, resume } as const;
  const { result, launch } = await audited(
    { store: found.store, action: 'start', agents: [agent], details: { runner, isUnguardedAgreed } },
    () => beginSession(context, host, found, wishes),
    (begun) => (begun.result.kind === 'started' ? 'done' : begun.result.kind),
  );
  // Somebody may have started it while we were asking.
  if (result.kind === 'alreadyRuns') return showLive(context, host, found, result.live);
  if (launch) sayWhatIsSpecial(context, agent, launch.leftOut);
}

/** Where it is remembered that the person knows about the key. */
const knowsKey = 'nativeOrchestrator.knowsAboutApiKey';
/** When it was last told of, milliseconds since 1970, and how long that is enough. */
const toldOfKey = 'nativeOrchestrator.toldOfApiKey';
const toldForMs = 12 * 3600_000;

/**
 * At most one message about sessions that are not quite what a person may take them for. Waits for nobody. `who`: an agent, or
 * how many. `leftOut`: keys of settings that they do without.
 */
export function sayWhatIsSpecial(
  { memory }: Pick<StartContext, 'memory'>,
  who: string,
  leftOut: readonly string[],
): void {
  if (leftOut.length > 0) {
    void vscode.window.showWarningMessage(
      vscode.l10n.t(
        'Left out of this session, since it is more than the registry gives {0}: {1} in its settings.',
        who,
        visibleShort(leftOut.join(', '), 200),
      ),
    );
    return;
  }
  if (!process.env.ANTHROPIC_API_KEY || memory.get(knowsKey) === true) return;
  const told = Date.now() - memory.get(toldOfKey, 0);
  if (told >= 0 && told < toldForMs) return;
  void memory.update(toldOfKey, Date.now());
  const never = vscode.l10n.t("Don't Show Again");
  void vscode.window
    .showInformationMessage(
      vscode.l10n.t(
        'ANTHROPIC_API_KEY is set: the session of {0} is billed to that key, not to a subscription.',
        who,
      ),
      never,
    )
    .then((answer) => (answer === never ? memory.update(knowsKey, true) : undefined));
}
