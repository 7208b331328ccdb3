// The commands about sessions, as rows and the palette call them: which agents are meant, and then what is done with them.
import * as vscode from 'vscode';
import { UserError } from '../../findings/userError.ts';
import { liveRecords } from '../../sessions/liveRecords.ts';
import { placeWords } from '../../sessions/sessionWords.ts';
import type { FleetStore } from '../fleetStore.ts';
import type { FoundAgent } from '../fleets.ts';
import { still } from '../markdown.ts';
import { sessionHostOf } from '../sessionHost.ts';
import { requireTrust } from '../trust.ts';
import { count } from '../words.ts';
import type { SessionContext } from './beginSession.ts';
import { handOff as hand } from './handOff.ts';
import { argumentOf, pickAgent } from './pickAgent.ts';
import { restartAgent as restart } from './restartAgent.ts';
import { sendPrompt as send } from './sendPrompt.ts';
import { attachAgent as attach, detachAgent as detach } from './showSession.ts';
import type { StartContext } from './startAgent.ts';
import { meantAgents, startMany } from './startMany.ts';
import { stopAgents } from './stopAgents.ts';

/** An agent that runs. One that left the registry may, too. */
interface Running extends vscode.QuickPickItem {
  readonly store: FleetStore;
  readonly agent: string;
  readonly found: FoundAgent | undefined;
}

async function running({ fleets }: SessionContext): Promise<readonly Running[]> {
  const found: Running[] = [];
  for (const store of fleets.withRegistry) {
    const folder = store.folder.uri.toString();
    for (const { record } of await liveRecords(sessionHostOf(store))) {
      const { agent } = record;
      const description = placeWords(record);
      found.push({
        label: still(agent, 64),
        description,
        store,
        agent,
        found: fleets.find({ folder, agent }),
      });
    }
  }
  return found;
}

/** What the user picks of those that run; undefined when they changed their mind. @throws UserError when there is nothing to pick. */
async function pick<T extends Running>(items: readonly T[], placeHolder: string): Promise<T | undefined> {
  if (items.length === 0) throw new UserError(vscode.l10n.t('No agent runs. Start one first.'));
  return vscode.window.showQuickPick(items, { placeHolder });
}

/** One that runs, in the registry or not: as the argument says, or picked; undefined when they changed their mind. @throws UserError */
async function runningMeant(
  context: SessionContext,
  argument: unknown,
  placeHolder: string,
): Promise<Running | undefined> {
  const items = await running(context);
  if (argument === undefined) return pick(items, placeHolder);
  const { folder, agent } = Object(argument) as Record<string, unknown>;
  const meant = items.find((each) => each.agent === agent && each.store.folder.uri.toString() === folder);
  if (meant) return meant;
  throw new UserError(vscode.l10n.t('That agent is not in the registry any more, and does not run.'));
}

/** The agent that an argument names, or one that runs and that the user picks; undefined when they changed their mind. @throws UserError */
async function pickRunning(
  context: SessionContext,
  argument: unknown,
  placeHolder: string,
): Promise<FoundAgent | undefined> {
  requireTrust();
  if (argumentOf(argument) !== undefined) return pickAgent(context.fleets, argument, placeHolder);
  const items = (await running(context)).filter(({ found }) => found !== undefined);
  return (await pick(items, placeHolder))?.found;
}

/** The folders with a registry. @throws UserError when there is none, or the workspace is not trusted. */
function requireStores({ fleets }: SessionContext): readonly FleetStore[] {
  requireTrust();
  if (fleets.withRegistry.length > 0) return fleets.withRegistry;
  throw new UserError(vscode.l10n.t('There is no agents/registry.yaml in this workspace.'));
}

interface GroupItem extends vscode.QuickPickItem {
  readonly store: FleetStore;
  readonly group: string;
}

function groupItems(stores: readonly FleetStore[]): readonly GroupItem[] {
  return stores.flatMap((store) => {
    const sizes = new Map<string, number>();
    for (const { agent } of store.fleet?.agents ?? [])
      if (agent.group !== undefined) sizes.set(agent.group, (sizes.get(agent.group) ?? 0) + 1);
    return [...sizes].map(([group, size]) => ({
      ...{ store, group },
      label: still(group, 64),
      description:
        stores.length > 1 ? `${store.folder.name} · ${count(size, 'agent')}` : count(size, 'agent'),
    }));
  });
}

/** Starts the agents of the group that an argument names, or that is picked. @throws UserError */
export async function startGroup(context: StartContext, given: unknown): Promise<void> {
  const stores = requireStores(context);
  const items = groupItems(stores);
  const argument = argumentOf(given);
  if (argument === undefined) {
    if (items.length === 0)
      throw new UserError(vscode.l10n.t('The registry has no groups. Give agents a "group:", or start all.'));
    const chosen = await vscode.window.showQuickPick(items, {
      placeHolder: vscode.l10n.t('Start which group?'),
    });
    if (chosen) await startMany(context, chosen.store, meantAgents(chosen.store, chosen.group));
    return;
  }
  const { folder, group } = Object(argument) as Record<string, unknown>;
  const item = items.find((each) => each.store.folder.uri.toString() === folder && each.group === group);
  if (!item) throw new UserError(vscode.l10n.t('That group is not in the registry any more.'));
  await startMany(context, item.store, meantAgents(item.store, item.group));
}

/** Starts the agents that have `autostart`, or all where none has. @throws UserError */
export async function startAll(context: StartContext): Promise<void> {
  for (const store of requireStores(context)) await startMany(context, store, meantAgents(store, undefined));
}

/** Ends the session of the agent that an argument names, in the registry or not, or of one that is picked. @throws UserError */
export async function stopAgent(context: SessionContext, given: unknown): Promise<void> {
  requireTrust();
  const argument = argumentOf(given);
  const found = context.fleets.find(argument);
  if (found) return stopAgents(context, found.store, [found.status.agent.id]);
  const chosen = await runningMeant(context, argument, vscode.l10n.t('Stop which agent?'));
  if (chosen) await stopAgents(context, chosen.store, [chosen.agent]);
}

export async function stopAll(context: SessionContext): Promise<void> {
  for (const store of requireStores(context)) await stopAgents(context, store, undefined);
}

export async function restartAgent(context: StartContext, argument: unknown): Promise<void> {
  const found = await pickRunning(context, argument, vscode.l10n.t('Restart which agent?'));
  if (found) await restart(context, found);
}

export async function attachAgent(context: SessionContext, given: unknown): Promise<void> {
  requireTrust();
  const argument = argumentOf(given);
  const found = context.fleets.find(argument);
  if (found) return attach(context, found);
  // One that left the registry still runs, and may need somebody.
  const chosen = await runningMeant(context, argument, vscode.l10n.t('Open the terminal of which agent?'));
  if (chosen) await attach(context, { store: chosen.store, status: { agent: { id: chosen.agent } } });
}

/** Hands work of the agent that an argument names, or that is picked, to another. @throws UserError */
export async function handOff(context: SessionContext, argument: unknown): Promise<void> {
  requireTrust();
  const found = await pickAgent(context.fleets, argument, vscode.l10n.t('Hand off work of which agent?'));
  if (found) await hand(context, found);
}

export async function detachAgent(context: SessionContext, argument: unknown): Promise<void> {
  const found = await pickRunning(context, argument, vscode.l10n.t('Close the terminal of which agent?'));
  if (found) await detach(context, found);
}

export async function sendPrompt(context: SessionContext, argument: unknown): Promise<void> {
  const found = await pickRunning(context, argument, vscode.l10n.t('Send a prompt to which agent?'));
  if (found) await send(context, found);
}
