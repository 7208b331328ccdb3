// The files of an agent beside what generate would write: one diff editor, or one with all of them.
import * as vscode from 'vscode';
import { nodeFiles } from '../../files/nodeFiles.ts';
import type { OutputState } from '../../outputs/output.ts';
import { isOutOfSync } from '../../outputs/output.ts';
import type { FoundAgent } from '../fleets.ts';
import { absentUri, plannedUri } from '../plannedDocuments.ts';

/** The outputs that generate would change. */
export function changedOutputs(found: FoundAgent): readonly OutputState[] {
  return found.status.outputs.filter((output) => isOutOfSync(output.drift) && output.wanted !== undefined);
}

/** Opens the diff. `only` names one output by its path. False when nothing differs. */
export async function showDiff(found: FoundAgent, only?: string): Promise<boolean> {
  const { store, status } = found;
  const folder = store.folder.uri.toString();
  const outputs = changedOutputs(found).filter((output) => only === undefined || output.path === only);
  const sides = outputs.map((output) => {
    const disk = store.uriOf(output.path);
    const left = nodeFiles.kind(disk.fsPath) === undefined ? absentUri(folder, output.path) : disk;
    return { disk, left, right: plannedUri(folder, output.path), output };
  });
  const [first] = sides;
  if (!first) return false;
  if (sides.length === 1) {
    const name = first.output.path.split('/').at(-1) ?? '';
    const title = vscode.l10n.t('{0}: {1} (on disk ↔ registry)', status.agent.id, name);
    await vscode.commands.executeCommand('vscode.diff', first.left, first.right, title, { preview: true });
    return true;
  }
  await vscode.commands.executeCommand(
    'vscode.changes',
    vscode.l10n.t('{0}: on disk ↔ registry', status.agent.id),
    sides.map(({ disk, left, right }) => [disk, left, right]),
  );
  return true;
}
