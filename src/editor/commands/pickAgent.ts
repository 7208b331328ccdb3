// Which agents a command is about: its argument, checked again, or what the user picks.
import * as vscode from 'vscode';
import { UserError } from '../../findings/userError.ts';
import type { Fleets, FoundAgent } from '../fleets.ts';
import type { AgentArgument } from '../ids.ts';
import { still } from '../markdown.ts';
import { agentOfPlanned } from '../plannedDocuments.ts';
import { markOf } from '../tree/marks.ts';

interface AgentItem extends vscode.QuickPickItem {
  readonly found: FoundAgent;
}

/** Rows of the tree carry the argument, diffs have it in their URI; code lens and fixes pass it as it is. */
export function argumentOf(given: unknown): unknown {
  if (given instanceof vscode.Uri) return agentOfPlanned(given) ?? given;
  return typeof given === 'object' && given !== null && 'argument' in given ? given.argument : given;
}

/** An agent of a folder, in its registry or not: one that left it may still run. */
export interface NamedAgent extends Pick<FoundAgent, 'store'> {
  readonly status: { readonly agent: { readonly id: string } };
}

export function argumentFor(found: NamedAgent): AgentArgument {
  return { folder: found.store.folder.uri.toString(), agent: found.status.agent.id };
}

function items(fleets: Fleets): AgentItem[] {
  const stores = fleets.stores.filter((store) => (store.fleet?.agents.length ?? 0) > 0);
  return stores.flatMap((store) =>
    (store.fleet?.agents ?? []).map((status) => ({
      label: still(status.agent.id, 64),
      description: still(markOf(status).words, 80),
      detail: still(
        stores.length > 1 ? `${store.folder.name}: ${status.agent.description}` : status.agent.description,
        160,
      ),
      // biome-ignore lint/style/noNonNullAssertion: the store is in the list because it has a fleet
      found: { store, fleet: store.fleet!, status },
    })),
  );
}

/** The agent whose block the cursor is in, when the registry is being edited. */
function atCursor(fleets: Fleets): string | undefined {
  const editor = vscode.window.activeTextEditor;
  const store = editor && fleets.storeOf(editor.document.uri);
  if (!editor || !store || editor.document.uri.toString() !== store.registryUri.toString()) return undefined;
  return store.fleet?.parsed?.positions.agentAt(editor.selection.active.line + 1);
}

function requireAgents(list: readonly AgentItem[]): void {
  if (list.length === 0)
    throw new UserError(
      vscode.l10n.t(
        'There are no agents to choose from. Run "Agents: Create a Registry", or mend agents/registry.yaml.',
      ),
    );
}

/**
 * The agent that a command's argument names, or the one that the user picks when there is no argument.
 * Undefined when the user changed their mind. @throws UserError when the argument names no agent.
 */
export async function pickAgent(
  fleets: Fleets,
  given: unknown,
  placeHolder: string,
): Promise<FoundAgent | undefined> {
  const argument = argumentOf(given);
  if (argument !== undefined) {
    const found = fleets.find(argument);
    if (!found) throw new UserError(vscode.l10n.t('That agent is not in the registry any more.'));
    return found;
  }
  const list = items(fleets);
  requireAgents(list);
  const here = atCursor(fleets);
  // What the cursor is in comes first, and is what Enter takes.
  list.sort((a, b) => Number(b.label === here) - Number(a.label === here));
  const chosen = await vscode.window.showQuickPick(list, {
    placeHolder,
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return chosen?.found;
}

/** Several agents that the user picks; undefined when they changed their mind. @throws UserError when there are none. */
export async function pickAgents(
  fleets: Fleets,
  placeHolder: string,
): Promise<readonly FoundAgent[] | undefined> {
  const list = items(fleets);
  requireAgents(list);
  const chosen = await vscode.window.showQuickPick(list, {
    placeHolder,
    canPickMany: true,
    matchOnDescription: true,
  });
  return chosen?.map((item) => item.found);
}
