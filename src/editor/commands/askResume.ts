// Whether an agent goes on with the conversation that its last session was cut off in: one question, and only where it can.
import * as vscode from 'vscode';
import { ageWords } from '../../findings/age.ts';
import { launchPlace } from '../../sessions/launchPlace.ts';
import { resumable, unfinished } from '../../sessions/resumable.ts';
import type { SessionHost } from '../../sessions/sessionHost.ts';
import { readRecords, type SessionRecord } from '../../sessions/sessionRecord.ts';
import type { FoundAgent } from '../fleets.ts';
import { still } from '../markdown.ts';
import type { SessionContext } from './beginSession.ts';
import { argumentFor } from './pickAgent.ts';

/** A conversation that was cut off, and that claude still has where the agent would run now. */
export interface CutOff {
  readonly record: SessionRecord;
  readonly sessionId: string;
}

/**
 * The session id to go on with from a launch of an agent; undefined when claude has none of its conversations in the folder
 * in which it would run now. @throws UserError when it can run in none.
 */
export async function conversationOf(
  { sessions }: SessionContext,
  host: SessionHost,
  found: FoundAgent,
  record: SessionRecord,
): Promise<string | undefined> {
  const { store, fleet, status } = found;
  const registry = fleet.parsed?.registry;
  if (registry === undefined) return undefined;
  const { cwd } = await launchPlace(host.machine, store.folder.uri.fsPath, registry, status.agent);
  const shown = sessions.of(argumentFor(found));
  const heard = shown?.record.launch === record.launch ? shown.sessionIds : [];
  return resumable(host, { ...record, cwd }, heard);
}

/** What of these agents was cut off, by id. */
export async function cutOff(
  context: SessionContext,
  host: SessionHost,
  agents: readonly FoundAgent[],
): Promise<ReadonlyMap<string, CutOff>> {
  const { records } = readRecords(host);
  const found = new Map<string, CutOff>();
  for (const each of agents) {
    const { id } = each.status.agent;
    const shown = context.sessions.of(argumentFor(each));
    const record = unfinished(
      records,
      id,
      ({ launch }) => shown?.record.launch === launch && shown.state.state === 'stopped',
    );
    const sessionId = record && (await conversationOf(context, host, each, record));
    if (record !== undefined && sessionId !== undefined) found.set(id, { record, sessionId });
  }
  return found;
}

/** Asks whether they go on where they were; undefined when the person changed their mind. Asks nothing about nobody. */
export async function askResume(
  agents: ReadonlyMap<string, CutOff>,
): Promise<'resume' | 'fresh' | undefined> {
  const [only] = agents.values();
  if (only === undefined) return 'fresh';
  const { agent, endReason, endedAt, startedAt } = only.record;
  const ago = ageWords(endedAt ?? startedAt, Date.now());
  const how = endReason === undefined || endReason === 'gone' ? ago : `${endReason}, ${ago}`;
  const placeHolder =
    agents.size === 1
      ? vscode.l10n.t(
          'The last session of {0} ended without being stopped ({1}). Go on with it?',
          still(agent, 64),
          still(how, 60),
        )
      : vscode.l10n.t(
          'The last sessions of {0} agents ended without being stopped. Go on with them?',
          agents.size,
        );
  const resume = {
    label: vscode.l10n.t('Resume'),
    detail: vscode.l10n.t('Goes on with the last conversation, which claude still has.'),
    answer: 'resume' as const,
  };
  const fresh = {
    label: vscode.l10n.t('Start Fresh'),
    detail: vscode.l10n.t('Begins a new conversation. The last one stays where it is.'),
    answer: 'fresh' as const,
  };
  return (await vscode.window.showQuickPick([resume, fresh], { placeHolder }))?.answer;
}
