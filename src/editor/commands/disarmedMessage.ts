// The one message of the alarm: who lost what, with the way back. It is said once for a loss, and waits for its answer.
import * as vscode from 'vscode';
import type { CauseKind } from '../../outputs/causes.ts';
import type { Alarm, Lost } from '../alarm.ts';
import { notice } from '../errors.ts';
import type { Fleets } from '../fleets.ts';
import { commandIds, memoryKeys } from '../ids.ts';
import { isTrusted } from '../trust.ts';
import { clock } from '../words.ts';

/** What a message says. `lost` is not empty. */
function wordsOf(lost: readonly Lost[], alarm: Alarm): string {
  const [first] = lost;
  if (first === undefined) return '';
  const { store, agent } = first;
  const status = store.fleet?.agents.find((each) => each.agent.id === agent);
  const gone = status?.disarmed.join(', ') ?? '';
  const at = alarm.of({ folder: store.folder.uri.toString(), agent })?.since;
  const others = lost.length - 1;
  const more =
    others === 0
      ? ''
      : others === 1
        ? ` ${vscode.l10n.t('So is one more agent.')}`
        : ` ${vscode.l10n.t('So are {0} more agents.', others)}`;
  const told = at
    ? vscode.l10n.t('{0} is disarmed since {1}: {2}.', agent, clock(at), gone)
    : vscode.l10n.t('{0} is disarmed: {1}.', agent, gone);
  return `${told}${more}`;
}

/** Shows the message and does what is chosen. Resolves when it is answered or closed; that may be never. */
export async function tellDisarmed(
  alarm: Alarm,
  fleets: Fleets,
  memory: vscode.Memento,
  lost: readonly Lost[],
): Promise<void> {
  const [first] = lost;
  if (first === undefined) return;
  const restore = lost.length === 1 ? vscode.l10n.t('Restore') : vscode.l10n.t('Restore All');
  const show = vscode.l10n.t('Show Difference');
  const quiet = vscode.l10n.t("Don't Show Again");
  const actions = [...(isTrusted() ? [restore] : []), show, quiet];
  const chosen = await vscode.window.showErrorMessage(notice(wordsOf(lost, alarm)), ...actions);
  if (chosen === quiet) {
    const kinds = new Set(memory.get<readonly CauseKind[]>(memoryKeys.quietAlarms));
    for (const { causes } of lost) for (const { kind } of causes) kinds.add(kind);
    await memory.update(memoryKeys.quietAlarms, [...kinds]);
    return;
  }
  // The message may have been there for long.
  const still = lost.filter((each) => alarm.stillLost(each).length > 0);
  if (chosen !== undefined && still[0] === undefined) {
    vscode.window.setStatusBarMessage(
      `$(check) ${vscode.l10n.t('{0} is armed again, there is nothing to restore', first.agent)}`,
      3000,
    );
    return;
  }
  if (chosen === restore)
    for (const store of new Set(still.map((each) => each.store)))
      await vscode.commands.executeCommand(commandIds.restoreDisarmed, {
        folder: store.folder.uri.toString(),
        agents: still.filter((each) => each.store === store).map(({ agent }) => agent),
      });
  if (chosen === show && still[0] !== undefined) await showLoss(fleets, still[0]);
}

/** Opens the settings beside what the registry says, or the live file that switches hooks off. */
async function showLoss(fleets: Fleets, { store, agent, causes }: Lost): Promise<void> {
  const folder = store.folder.uri.toString();
  const found = fleets.find({ folder, agent });
  const off = store.fleet?.findings.find(
    ({ code, file }) => code === 'claude/hooks-disabled' && file.startsWith('.claude/'),
  );
  if (off !== undefined && causes.every(({ kind }) => kind === 'hooks')) {
    const at = new vscode.Position(off.line - 1, off.column - 1);
    await vscode.window.showTextDocument(store.uriOf(off.file), { selection: new vscode.Range(at, at) });
    return;
  }
  const path = found?.status.outputs.find(({ kind }) => kind === 'settings')?.path;
  await vscode.commands.executeCommand(commandIds.showDiff, { folder, agent, path });
}
