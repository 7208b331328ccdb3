// Hovers in the registry: what a glob matches now, what a tool does and who has it, and the card of an agent. Part of
// dist/later.cjs.
import * as vscode from 'vscode';
import { toolInfo } from '../../claude/tools.ts';
import type { Agent } from '../../registry/model.ts';
import { agentCard } from '../agentCard.ts';
import type { FleetStore } from '../fleetStore.ts';
import type { Fleets } from '../fleets.ts';
import { code, codeList, plain } from '../markdown.ts';
import { toEditorRange } from '../ranges.ts';
import { storeOfRegistry } from '../registryDocument.ts';
import { count } from '../words.ts';
import { findGlobs } from './findGlob.ts';
import { registryPlace } from './registryPlace.ts';

/** Files that a search stops at; more are told as "or more". */
const mostFiles = 1000;
const shownFiles = 5;

async function globHover(
  store: FleetStore,
  agents: readonly Agent[],
  agent: Agent,
  glob: string,
  token: vscode.CancellationToken,
): Promise<string | undefined> {
  const parts: string[] = [code(glob)];
  const pattern = findGlobs(glob);
  if (pattern === undefined) parts.push('How many files it matches cannot be searched for.');
  else {
    const found = await vscode.workspace.findFiles(
      new vscode.RelativePattern(store.folder, pattern),
      undefined,
      mostFiles,
      token,
    );
    if (token.isCancellationRequested) return undefined;
    const names = found.map((uri) => vscode.workspace.asRelativePath(uri, false)).sort();
    const number = names.length >= mostFiles ? `${mostFiles} files or more` : count(names.length, 'file');
    parts.push(
      names.length === 0
        ? 'Matches no file now.'
        : `Matches ${number} now:\n\n${names
            .slice(0, shownFiles)
            .map((name) => `- ${code(name)}`)
            .join('\n')}${names.length > shownFiles ? '\n- …' : ''}`,
    );
  }
  const owners = agents.filter((each) => each.exclusiveAccess.includes(glob)).map((each) => each.id);
  const barred = agents.filter((each) => each.cannotAccess.includes(glob)).map((each) => each.id);
  const free = agents.map((each) => each.id).filter((id) => id !== agent.id && !barred.includes(id));
  parts.push(
    owners.length > 0
      ? `Owned by ${codeList(owners)}: nobody else may change what it matches.`
      : free.length === 0
        ? 'No other agent may change what this very glob names.'
        : `${count(free.length, 'other agent')} may: ${codeList(free)} (unless another glob forbids it).`,
  );
  return parts.join('\n\n');
}

function toolHover(agents: readonly Agent[], tool: string): string {
  const holders = agents.filter((each) => each.tools.includes(tool)).map((each) => each.id);
  const info = toolInfo(tool);
  return [
    `**${plain(tool)}**`,
    info ? plain(info.description) : 'Not a tool that this version knows.',
    `${count(holders.length, 'agent')} ${holders.length === 1 ? 'has' : 'have'} it: ${codeList(holders)}.`,
  ].join('\n\n');
}

/** The hover at a place of the registry; undefined where there is nothing to say. */
export async function registryHover(
  fleets: Fleets,
  document: vscode.TextDocument,
  position: vscode.Position,
  token: vscode.CancellationToken,
): Promise<vscode.Hover | undefined> {
  const store = storeOfRegistry(fleets, document);
  const fleet = store?.fleet;
  if (!store || !fleet?.parsed || !fleet.registry) return undefined;
  const place = registryPlace(
    fleet.registry.agents,
    fleet.parsed.positions,
    position.line + 1,
    position.character + 1,
  );
  if (!place) return undefined;
  const all = [...fleet.registry.agents.values()];
  const card = (agent: Agent | undefined) => agent && agentCard(agent, all);
  const words =
    place.kind === 'agent'
      ? card(place.agent)
      : place.list === 'tools'
        ? toolHover(all, place.value)
        : place.list === 'delegates_to'
          ? card(fleet.registry.agents.get(place.value))
          : await globHover(store, all, place.agent, place.value, token);
  return words === undefined
    ? undefined
    : new vscode.Hover(new vscode.MarkdownString(words), toEditorRange(place.range));
}
