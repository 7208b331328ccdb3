// Code lenses above each agent of the registry: start it, what is out of step, what its proof is worth. At most four.
import * as vscode from 'vscode';
import { type AgentStatus, needsRestore } from '../../outputs/fleet.ts';
import { isOutOfSync } from '../../outputs/output.ts';
import { urgencyOf as neededFor, stateWords } from '../../sessions/attention.ts';
import { isOver } from '../../sessions/liveStates.ts';
import type { Fleets } from '../fleets.ts';
import type { AgentArgument } from '../ids.ts';
import { commandIds } from '../ids.ts';
import { still } from '../markdown.ts';
import type { Proofs } from '../proofs.ts';
import { neverProven, type ProofState, proofLine } from '../proofWords.ts';
import { toEditorRange } from '../ranges.ts';
import { registrySelector, storeOfRegistry } from '../registryDocument.ts';
import type { Sessions, ShownSession } from '../sessions.ts';
import { urgencyOf } from '../tree/marks.ts';
import { isTrusted } from '../trust.ts';
import { count } from '../words.ts';

/** A lens without its place. Lenses render `$(name)`: text that is not ours goes through `still`. */
interface Lens {
  readonly title: string;
  readonly command: string;
}

/** More would push the agent itself out of sight. */
const mostLenses = 4;

/** What the proof of an agent is worth, and a click to the report; or a click to prove it. `now`: milliseconds since 1970. */
function proofLens(proof: ProofState, mayWrite: boolean, now: number): Lens | undefined {
  const words = still(proofLine(proof, now), 160);
  const show = (icon: string): Lens => ({ title: `$(${icon}) ${words}`, command: commandIds.showProof });
  switch (proof.state) {
    case 'proven':
      return show('check');
    case 'notEnforceable':
      return show('info');
    case 'failed':
      return show('warning');
    case 'unproven':
    case 'unknown':
      return mayWrite
        ? { title: `$(verified) Prove (${words})`, command: commandIds.proveAgent }
        : show('question');
    case 'never':
      return mayWrite ? { title: '$(verified) Prove', command: commandIds.proveAgent } : undefined;
  }
}

/** The lenses of an agent, in order. `now`: milliseconds since 1970. */
export function lensesOf(
  status: AgentStatus,
  session: Pick<ShownSession, 'state'> | undefined,
  mayWrite: boolean,
  proof: ProofState = neverProven,
  now = 0,
): readonly Lens[] {
  const lenses: Lens[] = [];
  const isRunning = session !== undefined && !isOver(session.state);
  const waits = isRunning && neededFor(session.state) !== undefined;
  if (waits)
    lenses.push({
      title: `$(bell-dot) ${still(stateWords(session.state, now), 80)}`,
      command: commandIds.attachAgent,
    });
  else if (mayWrite)
    lenses.push({
      title: isRunning ? '$(terminal) Open Terminal' : '$(play) Start',
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
  // What differs is to be settled first: proving it as it is would be in the way.
  const lens = drifted.length > 0 && proof.state === 'never' ? undefined : proofLens(proof, mayWrite, now);
  if (lens) lenses.push(lens);
  return lenses.slice(0, mostLenses);
}

export function registerAgentLenses(fleets: Fleets, sessions: Sessions, proofs: Proofs): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  const provider: vscode.CodeLensProvider = {
    onDidChangeCodeLenses: changed.event,
    provideCodeLenses(document) {
      const store = storeOfRegistry(fleets, document);
      const fleet = store?.fleet;
      if (!store || !fleet?.parsed) return [];
      const { positions } = fleet.parsed;
      const now = Date.now();
      proofs.look();
      return fleet.agents.flatMap((status) => {
        const argument: AgentArgument = { folder: store.folder.uri.toString(), agent: status.agent.id };
        const place = positions.at(['agents', status.agent.id]);
        // While the text is broken the last good agents may have no block in it.
        if (positions.agentAt(place.line) !== status.agent.id) return [];
        const proof = proofs.of(argument);
        return lensesOf(status, sessions.of(argument), isTrusted(), proof, now).map(
          (lens) => new vscode.CodeLens(toEditorRange(place), { ...lens, arguments: [argument] }),
        );
      });
    },
  };
  const disposables = [
    changed,
    fleets.onDidChange(() => changed.fire()),
    sessions.onDidChange(() => changed.fire()),
    proofs.onDidChange(() => changed.fire()),
    vscode.workspace.onDidGrantWorkspaceTrust(() => changed.fire()),
    vscode.languages.registerCodeLensProvider(registrySelector, provider),
  ];
  return vscode.Disposable.from(...disposables);
}
