// The registry takes over what a file says, or says to live with it: shown first, then an edit that can be undone.
import * as vscode from 'vscode';
import { UserError } from '../../findings/userError.ts';
import { visibleShort } from '../../findings/visible.ts';
import { adoptKeys } from '../../outputs/adoptKeys.ts';
import { ignoreDifference as ignoreInRegistry, untilProblem } from '../../outputs/ignoreDifference.ts';
import { audited } from '../audited.ts';
import type { Fleets } from '../fleets.ts';
import { requireTrust } from '../trust.ts';
import { type Difference, findDifference } from './findDifference.ts';
import { type ReviewedEdit, reviewEdit } from './reviewEdit.ts';

export interface AdoptContext {
  readonly fleets: Fleets;
}

const nameOf = ({ output, key }: Difference): string => visibleShort(key?.pointer ?? output.path, 100);

/** The registry's document, as it was inspected, in a state to be edited. @throws UserError when it is not. */
async function registryDocument({ found }: Difference): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(found.store.registryUri);
  if (found.fleet.parsed?.registry === undefined)
    throw new UserError(vscode.l10n.t('agents/registry.yaml has errors, and those come first.'));
  if (!found.store.isCurrent(document))
    throw new UserError(vscode.l10n.t('agents/registry.yaml is just being changed. Try again.'));
  return document;
}

/** Shows the edit, makes it where that is agreed to, and then notes it. */
function reviewed(difference: Difference, action: 'adopt' | 'ignore', edit: ReviewedEdit): Promise<boolean> {
  const { store, status } = difference.found;
  const details = { difference: nameOf(difference) };
  return audited(
    { store, action, agents: [status.agent.id], details },
    () => reviewEdit(edit),
    (isDone) => (isDone ? 'done' : undefined),
  );
}

/** Asks whether a value that is written elsewhere may be written on the agent alone. */
async function mayWriteOnAgent(reason: string, id: string): Promise<boolean> {
  const write = vscode.l10n.t('Write It on {0}', id);
  const chosen = await vscode.window.showWarningMessage(
    vscode.l10n.t('{0}. The others keep what they have.', visibleShort(reason, 200)),
    { modal: true },
    write,
  );
  return chosen === write;
}

/** Writes what a key of the settings says into the registry. @throws UserError with the reason where that can't be. */
export async function adoptChange({ fleets }: AdoptContext, given: unknown): Promise<void> {
  requireTrust();
  const difference = await findDifference(fleets, given, vscode.l10n.t('Adopt what?'));
  if (!difference) return;
  const { id } = difference.found.status.agent;
  const document = await registryDocument(difference);
  const text = document.getText();
  let result = adoptKeys(text, id, [difference]);
  const [left] = result.left;
  if (left?.isElsewhere && (await mayWriteOnAgent(left.reason, id)))
    result = adoptKeys(text, id, [difference], { writeOnAgent: true });
  else if (left?.isElsewhere) return;
  const [refused] = result.left;
  if (refused)
    throw new UserError(vscode.l10n.t('{0} was not adopted, since {1}.', nameOf(difference), refused.reason));
  const givenUp = result.givesUp.map((each) => visibleShort(each, 160)).join('; ');
  const isDone = await reviewed(difference, 'adopt', {
    document,
    after: result.text,
    title: vscode.l10n.t('registry.yaml: adopt {0} of {1}', nameOf(difference), id),
    question:
      givenUp === ''
        ? vscode.l10n.t('Adopt {0} of {1} into the registry?', nameOf(difference), id)
        : vscode.l10n.t(
            'Adopt {0} into the registry? It gives up protection: {1}.',
            nameOf(difference),
            givenUp,
          ),
    accept: vscode.l10n.t('Adopt'),
    isGrave: givenUp !== '',
  });
  if (isDone) difference.found.store.requestRefresh();
}

interface Answers {
  readonly reason: string;
  readonly until?: string;
}

/** The reason and the last day, from the argument or from the user; undefined when they changed their mind. */
async function answersFor(given: unknown, what: string): Promise<Answers | undefined> {
  const part = (name: string): string | undefined => {
    const value: unknown = typeof given === 'object' && given !== null ? Reflect.get(given, name) : undefined;
    return typeof value === 'string' ? value : undefined;
  };
  const today = new Date().toISOString().slice(0, 10);
  const known = part('reason');
  const until = part('until');
  if (known !== undefined && (until === undefined || untilProblem(until, today) === undefined))
    return { reason: known, ...(until === undefined ? {} : { until }) };
  const reason = await vscode.window.showInputBox({
    title: vscode.l10n.t('Ignore {0} (1 of 2)', what),
    prompt: vscode.l10n.t('Why is this difference fine? The reason is kept in the registry.'),
    validateInput: (text) => (text.trim() === '' ? vscode.l10n.t('A reason is needed.') : undefined),
  });
  if (reason === undefined) return undefined;
  const day = await vscode.window.showInputBox({
    title: vscode.l10n.t('Ignore {0} (2 of 2)', what),
    prompt: vscode.l10n.t('Until which day? Leave it empty for no end.'),
    placeHolder: 'yyyy-mm-dd',
    validateInput: (text) => (text === '' ? undefined : untilProblem(text, today)),
  });
  if (day === undefined) return undefined;
  return { reason: reason.trim(), ...(day === '' ? {} : { until: day }) };
}

/** Writes into the registry that a difference is fine. @throws UserError with the reason where that is not allowed. */
export async function ignoreDifference({ fleets }: AdoptContext, given: unknown): Promise<void> {
  requireTrust();
  const difference = await findDifference(fleets, given, vscode.l10n.t('Ignore what?'));
  if (!difference) return;
  const { agent } = difference.found.status;
  const name = nameOf(difference);
  const file = difference.output.path;
  const key = difference.key?.pointer ?? '';
  const refuse = (reason: string): UserError =>
    new UserError(vscode.l10n.t('{0} is not ignored, since {1}.', name, reason));
  const document = await registryDocument(difference);
  const text = document.getText();
  const write = (answers: Answers, writeOnAgent: boolean) =>
    ignoreInRegistry(text, agent, difference.output, { file, key, ...answers }, { writeOnAgent });
  // Before anything is asked: what may not be ignored needs no reason.
  const tried = write({ reason: '-' }, false);
  if (tried.kind === 'refused') throw refuse(tried.reason);
  const answers = await answersFor(given, name);
  if (!answers) return;
  let edit = write(answers, false);
  if (edit.kind === 'elsewhere') {
    if (!(await mayWriteOnAgent(edit.reason, agent.id))) return;
    edit = write(answers, true);
  }
  if (edit.kind !== 'edited') throw refuse(edit.reason);
  const isDone = await reviewed(difference, 'ignore', {
    document,
    after: edit.text,
    title: vscode.l10n.t('registry.yaml: ignore {0} of {1}', name, agent.id),
    question: vscode.l10n.t('Ignore the difference at {0} of {1}?', name, agent.id),
    accept: vscode.l10n.t('Ignore'),
  });
  if (isDone) difference.found.store.requestRefresh();
}
