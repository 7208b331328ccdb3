// The quick fixes of one difference from the registry, in both directions. Loaded on first use.
import type * as vscode from 'vscode';
import { isOutOfSync } from '../../outputs/output.ts';
import type { DifferenceArgument } from '../ids.ts';
import { isTrusted } from '../trust.ts';
import { adoptChange } from './adoptChange.ts';
import type { FixRequest } from './fix.ts';
import { ignoreDifference } from './ignoreDifference.ts';
import { migrateFile } from './migrateFile.ts';
import { restoreKey } from './restoreKey.ts';

/** A way to mend a difference; undefined when it is none for this one. */
export type DifferenceFix = (
  argument: DifferenceArgument,
  request: FixRequest,
) => vscode.CodeAction | undefined;

const fixes: readonly DifferenceFix[] = [restoreKey, adoptChange, ignoreDifference];

/** The difference that a finding tells of; undefined when it tells of none. */
function differenceOf({ store, finding }: FixRequest): DifferenceArgument | undefined {
  const { agent, file, key } = finding;
  const status = store.fleet?.agents.find((each) => each.agent.id === agent);
  const output = status?.outputs.find(({ path }) => path === file);
  if (status === undefined || output === undefined) return undefined;
  const drift = key === undefined ? output.drift : output.keys.find(({ pointer }) => pointer === key)?.drift;
  if (drift === undefined || !isOutOfSync(drift) || drift === 'missing') return undefined;
  const argument = { folder: store.folder.uri.toString(), agent: status.agent.id, path: file };
  return key === undefined ? argument : { ...argument, key };
}

/** What may be done about the difference that a finding tells of; nothing in a workspace that is not trusted. */
export function mendDifference(request: FixRequest): readonly vscode.CodeAction[] {
  const argument = isTrusted() ? differenceOf(request) : undefined;
  if (argument === undefined) return migrateFile(request);
  const actions = fixes.flatMap((fix) => fix(argument, request) ?? []);
  for (const action of actions) action.diagnostics = [request.diagnostic];
  return actions;
}
