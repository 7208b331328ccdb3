// Which difference a command is about: the one that its argument names, checked again, or one that the user picks.
import * as vscode from 'vscode';
import { UserError } from '../../findings/userError.ts';
import { visibleShort } from '../../findings/visible.ts';
import { isOutOfSync, type KeyDrift, type OutputState } from '../../outputs/output.ts';
import type { Fleets, FoundAgent } from '../fleets.ts';
import { driftWords, outputNames } from '../words.ts';
import { pickAgent } from './pickAgent.ts';

export interface Difference {
  readonly found: FoundAgent;
  readonly output: OutputState;
  /** Absent: the file as a whole. */
  readonly key?: KeyDrift;
}

function partOf(given: unknown, part: 'path' | 'key'): string | undefined {
  const value: unknown = typeof given === 'object' && given !== null ? Reflect.get(given, part) : undefined;
  return typeof value === 'string' ? value : undefined;
}

/** What differs in an agent: keys where a file has them, whole files otherwise. */
function differencesOf(found: FoundAgent): readonly Difference[] {
  return found.status.outputs.flatMap((output): Difference[] => {
    const keys = output.keys.filter(({ drift }) => isOutOfSync(drift));
    if (keys.length > 0) return keys.map((key) => ({ found, output, key }));
    return isOutOfSync(output.drift) ? [{ found, output }] : [];
  });
}

/**
 * The difference that an argument names, looked at anew, or the one that the user picks. Undefined when they changed
 * their mind. @throws UserError when there is none, or none any more.
 */
export async function findDifference(
  fleets: Fleets,
  given: unknown,
  placeHolder: string,
): Promise<Difference | undefined> {
  const chosen = await pickAgent(fleets, given, placeHolder);
  if (chosen === undefined) return undefined;
  chosen.store.inspectNow();
  const found = fleets.find({
    folder: chosen.store.folder.uri.toString(),
    agent: chosen.status.agent.id,
  });
  const all = found === undefined ? [] : differencesOf(found);
  const path = partOf(given, 'path');
  const key = partOf(given, 'key');
  const meant = all.filter(
    (each) =>
      (path === undefined || each.output.path === path) && (key === undefined || each.key?.pointer === key),
  );
  if (meant.length === 0)
    throw new UserError(
      path === undefined
        ? vscode.l10n.t('Nothing of {0} differs from the registry.', chosen.status.agent.id)
        : vscode.l10n.t('That difference is not there any more.'),
    );
  if (meant.length === 1) return meant[0];
  const items = meant.map((difference) => ({
    label: visibleShort(difference.key?.pointer ?? outputNames[difference.output.kind], 80).replaceAll(
      '$(',
      '\\$(',
    ),
    description: driftWords[difference.key?.drift ?? difference.output.drift],
    difference,
  }));
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.difference;
}
