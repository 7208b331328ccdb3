// Code lenses above each agent of the registry: start it, and what is out of step. At most four.
import * as vscode from 'vscode';
import { type AgentStatus, needsRestore } from '../../outputs/fleet.ts';
import { isOutOfSync } from '../../outputs/output.ts';
import type { Fleets } from '../fleets.ts';
import type { AgentArgument } from '../ids.ts';
import { commandIds } from '../ids.ts';
import { toEditorRange } from '../ranges.ts';
import { registrySelector, storeOfRegistry } from '../registryDocument.ts';
import type { Terminals } from '../terminals.ts';
import { urgencyOf } from '../tree/marks.ts';
import { isTrusted } from '../trust.ts';
import { count } from '../words.ts';

/** A lens without its place. Titles hold nothing but our words and numbers: lenses render `$(name)`. */
interface Lens {
  readonly title: string;
  readonly command: string;
}

/** The lenses of an agent, in order. */
export function lensesOf(status: AgentStatus, isRunning: boolean, mayWrite: boolean): readonly Lens[] {
  const lenses: Lens[] = [];
  if (mayWrite)
    lenses.push({
      title: isRunning ? '$(terminal) Show Terminal' : '$(play) Start',
      command: commandIds.startAgent,
    });
  const drifted = status.outputs.filter((output) => isOutOfSync(output.drift));
  const urgency = urgencyOf(status);
  if (urgency === 'disarmed') lenses.push({ title: '$(error) Disarmed', command: commandIds.showDiff });
  if (drifted.length > 0) {
    const keys = drifted.reduce(
      (sum, output) => sum + output.keys.filter((key) => isOutOfSync(key.drift)).length,
      0,
    );
    const isAllMissing = drifted.every((output) => output.drift === 'missing');
    const differ = (number: number, noun: string) =>
      `${count(number, noun)} ${number === 1 ? 'differs' : 'differ'}`;
    lenses.push({
      title: `$(diff) ${isAllMissing ? 'Not generated yet' : keys > 0 ? differ(keys, 'key') : differ(drifted.length, 'file')}`,
      command: commandIds.showDiff,
    });
    if (mayWrite)
      lenses.push(
        needsRestore(status)
          ? { title: '$(discard) Restore', command: commandIds.restoreAgent }
          : { title: '$(sync) Regenerate', command: commandIds.regenerateAgent },
      );
  }
  return lenses;
}

export function registerAgentLenses(fleets: Fleets, terminals: Terminals): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  const provider: vscode.CodeLensProvider = {
    onDidChangeCodeLenses: changed.event,
    provideCodeLenses(document) {
      const store = storeOfRegistry(fleets, document);
      const fleet = store?.fleet;
      if (!store || !fleet?.parsed) return [];
      const { positions } = fleet.parsed;
      return fleet.agents.flatMap((status) => {
        const argument: AgentArgument = { folder: store.folder.uri.toString(), agent: status.agent.id };
        const place = positions.at(['agents', status.agent.id]);
        // While the text is broken the last good agents may have no block in it.
        if (positions.agentAt(place.line) !== status.agent.id) return [];
        return lensesOf(status, terminals.has(argument), isTrusted()).map(
          (lens) => new vscode.CodeLens(toEditorRange(place), { ...lens, arguments: [argument] }),
        );
      });
    },
  };
  const disposables = [
    changed,
    fleets.onDidChange(() => changed.fire()),
    terminals.onDidChange(() => changed.fire()),
    vscode.workspace.onDidGrantWorkspaceTrust(() => changed.fire()),
    vscode.languages.registerCodeLensProvider(registrySelector, provider),
  ];
  return vscode.Disposable.from(...disposables);
}
