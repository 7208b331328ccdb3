// Fleets as rows: folders, groups, agents with their files and hooks, and what lies beside the registry. Decides nothing itself.

import type { HookEvidence } from '../../claude/hookEvidence.ts';
import { visible, visibleShort } from '../../findings/visible.ts';
import type { AgentStatus, Fleet } from '../../outputs/fleet.ts';
import type { KeyDrift, OutputKind, OutputState } from '../../outputs/output.ts';
import { isOutOfSync } from '../../outputs/output.ts';
import { isOver } from '../../sessions/liveStates.ts';
import { statusCard } from '../agentCard.ts';
import type { Disarmed } from '../alarmLedger.ts';
import type { AgentArgument, DirectoryArgument, GroupArgument, OutputArgument } from '../ids.ts';
import { commandIds, rowKinds } from '../ids.ts';
import { code, plain } from '../markdown.ts';
import { neverProven, type ProofState } from '../proofWords.ts';
import type { ShownSession } from '../sessions.ts';
import { count, driftWords, outputNames } from '../words.ts';
import { hookRows, liveHookRows } from './hookRows.ts';
import { isProofFailure, markOf, urgencies, urgencyOf } from './marks.ts';
import { proofRow } from './proofRow.ts';
import type { Row } from './row.ts';
import { sessionRow } from './sessionRow.ts';

/** A workspace folder with its fleet. */
export interface PlacedFleet {
  /** The folder's URI. */
  readonly folder: string;
  readonly name: string;
  readonly fleet: Fleet;
}

export interface RowOptions {
  /** The session of an agent; absent or undefined: no launch of it is recorded. */
  readonly sessionOf?: (argument: AgentArgument) => ShownSession | undefined;
  /** All sessions of a folder, by agent. */
  readonly sessionsIn?: (folder: string) => ReadonlyMap<string, ShownSession>;
  /** What this machine knows of an agent's hooks. */
  readonly evidenceOf: (argument: AgentArgument) => HookEvidence | undefined;
  /** What the proof of an agent is worth; absent: nothing is known of proofs. */
  readonly proofOf?: (argument: AgentArgument) => ProofState;
  /** Since when an agent is disarmed; absent: nobody kept the books. */
  readonly disarmedOf?: (argument: AgentArgument) => Disarmed | undefined;
  /** Milliseconds since 1970, for ages. */
  readonly now: number;
  /** The agents in one list, the most urgent first, instead of groups in the order of the registry. */
  readonly isByUrgency?: boolean;
}

/** The rows at the top. Folder rows only when more than one folder has a fleet. */
export function fleetRows(fleets: readonly PlacedFleet[], options: RowOptions): readonly Row[] {
  if (fleets.length === 1 && fleets[0]) return rowsOfFleet(fleets[0], options);
  return fleets.map((placed) => ({
    id: placed.folder,
    label: visible(placed.name),
    description: count(placed.fleet.agents.length, 'agent'),
    icon: { id: 'root-folder' },
    tooltip: plain(placed.name),
    spoken: `Folder ${visible(placed.name)}, ${count(placed.fleet.agents.length, 'agent')}`,
    kind: rowKinds.other,
    children: rowsOfFleet(placed, options),
    isOpen: true,
  }));
}

/** Most urgent first; among equals the order of the registry. */
function byUrgency(placed: PlacedFleet, options: RowOptions): readonly AgentStatus[] {
  const rank = (status: AgentStatus): number =>
    urgencies.indexOf(
      urgencyOf(status, options.sessionOf?.({ folder: placed.folder, agent: status.agent.id })),
    );
  return placed.fleet.agents
    .map((status) => ({ status, rank: rank(status) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ status }) => status);
}

function rowsOfFleet(placed: PlacedFleet, options: RowOptions): readonly Row[] {
  const strangers = unregisteredRow(placed);
  const live = liveHookRows(placed.folder, placed.fleet, options.now);
  return [
    ...agentRows(placed, options),
    ...strayRows(placed, options),
    ...live,
    ...(strangers ? [strangers] : []),
  ];
}

/** Sessions that go on although their agents left the registry, or it cannot be read. */
function strayRows({ folder, fleet }: PlacedFleet, { sessionsIn, now }: RowOptions): readonly Row[] {
  const isListed = (id: string): boolean => fleet.agents.some(({ agent }) => agent.id === id);
  return [...(sessionsIn?.(folder) ?? [])]
    .filter(([agent, { state }]) => !isListed(agent) && !isOver(state))
    .map(([agent, session]) => sessionRow(`${folder}#left:${agent}`, { folder, agent }, session, now, agent));
}

function agentRows(placed: PlacedFleet, options: RowOptions): readonly Row[] {
  if (options.isByUrgency)
    return byUrgency(placed, options).map((status) => agentRow(placed, status, options));
  const groups = new Map<string, Row[]>();
  let isGrouped = false;
  for (const status of placed.fleet.agents) {
    const group = status.agent.group ?? '';
    if (group !== '') isGrouped = true;
    const rows = groups.get(group) ?? [];
    rows.push(agentRow(placed, status, options));
    groups.set(group, rows);
  }
  return isGrouped
    ? [...groups].map(([group, children]) => groupRow(placed, group, children))
    : [...(groups.get('') ?? [])];
}

function groupRow(placed: PlacedFleet, group: string, children: readonly Row[]): Row {
  const label = group === '' ? 'Agents' : visibleShort(group, 60);
  return {
    id: `${placed.folder}#group:${group}`,
    label,
    description: String(children.length),
    tooltip: plain(label),
    spoken: `Group ${label}, ${count(children.length, 'agent')}`,
    kind: rowKinds.group,
    argument: { folder: placed.folder, group } satisfies GroupArgument,
    children,
    isOpen: true,
  };
}

function agentRow(placed: PlacedFleet, status: AgentStatus, options: RowOptions): Row {
  const argument: AgentArgument = { folder: placed.folder, agent: status.agent.id };
  const session = options.sessionOf?.(argument);
  const proof = options.proofOf?.(argument) ?? neverProven;
  const mark = markOf(status, { session, proof, now: options.now });
  const id = `${placed.folder}#${status.agent.id}`;
  const isDrifted = status.sync === 'outOfSync';
  const words = visibleShort(mark.words, 100);
  return {
    id,
    label: visible(status.agent.id),
    description: words,
    icon: mark.icon,
    // Made when somebody points at the row: a thousand cards would cost more than the inspection.
    get tooltip() {
      return statusCard(status, placed.fleet, {
        ...{ proof, session, now: options.now },
        disarmed: options.disarmedOf?.(argument),
      });
    },
    spoken: `${visible(status.agent.id)}, ${words.replace('✓ ', '') || 'in order'}`,
    kind: isDrifted ? rowKinds.driftedAgent : rowKinds.agent,
    click: isProofFailure(status, proof)
      ? { command: commandIds.showProof, title: 'Show Proof', arguments: [argument] }
      : { command: commandIds.openRegistry, title: 'Open Registry at Agent', arguments: [argument] },
    get children() {
      const files = [...status.outputs].sort(byKind).map((output) => outputRow(id, argument, output));
      const evidence = options.evidenceOf(argument);
      return [
        ...files,
        ...hookRows(id, argument, status, evidence, options.now),
        proofRow(id, argument, proof, options.now),
        ...(session === undefined ? [] : [sessionRow(id, argument, session, options.now)]),
      ];
    },
    isOpen: false,
    argument,
  };
}

/** The order that the files of an agent are shown in. */
const kinds: readonly OutputKind[] = ['settings', 'memory', 'policy', 'guard', 'report'];
const byKind = (a: OutputState, b: OutputState): number => kinds.indexOf(a.kind) - kinds.indexOf(b.kind);

const isOurKey = (key: KeyDrift): boolean => key.drift !== 'foreign' && key.drift !== 'inSync';

function outputRow(parent: string, agent: AgentArgument, output: OutputState): Row {
  const keys = output.keys.filter(isOurKey);
  const argument: OutputArgument = { ...agent, path: output.path };
  const words =
    output.drift === 'unreadable'
      ? `cannot be read: ${visibleShort(output.reason ?? 'unknown', 80)}`
      : driftWords[output.drift] + (keys.length > 0 ? ` (${count(keys.length, 'key')})` : '');
  const isDrifted = isOutOfSync(output.drift) || output.drift === 'unreadable';
  const name = outputNames[output.kind];
  return {
    id: `${parent}#${output.path}`,
    label: name,
    description: words,
    icon: isDrifted
      ? {
          id: output.drift === 'missing' ? 'warning' : 'diff',
          color: 'gitDecoration.modifiedResourceForeground',
        }
      : {
          id: {
            settings: 'gear',
            memory: 'book',
            policy: 'law',
            guard: 'shield',
            bash: 'terminal-bash',
            report: 'pulse',
          }[output.kind],
        },
    tooltip: [
      code(output.path),
      words === '' ? 'As the registry says.' : plain(words),
      keys
        .map((key) => `- ${code(key.pointer)} ${driftWords[key.drift]}`)
        .slice(0, 8)
        .join('\n'),
    ]
      .filter(Boolean)
      .join('\n\n'),
    spoken: `${name} of ${agent.agent}, ${words || 'as the registry says'}`,
    kind: isDrifted ? rowKinds.driftedOutput : rowKinds.output,
    click: { command: commandIds.openOutput, title: 'Open File', arguments: [argument] },
    argument,
  };
}

function unregisteredRow(placed: PlacedFleet): Row | undefined {
  const strangers = placed.fleet.unregistered;
  if (strangers.length === 0) return undefined;
  const id = `${placed.folder}#unregistered`;
  return {
    id,
    label: 'Not in the registry',
    description: String(strangers.length),
    tooltip: 'Folders below `agents/` that no entry of the registry owns.',
    spoken: `Not in the registry, ${count(strangers.length, 'folder')}`,
    kind: rowKinds.strangers,
    argument: { folder: placed.folder },
    isOpen: true,
    children: strangers.map((stranger) => {
      const name = visibleShort(stranger.name, 80);
      const words = stranger.looksLike
        ? `looks like ${visible(stranger.looksLike)}`
        : stranger.isOrphan
          ? 'once generated, no longer registered'
          : '';
      return {
        id: `${id}:${stranger.name}`,
        label: `${name}/`,
        description: words,
        icon: { id: 'question' },
        tooltip: [code(`agents/${stranger.name}/`), plain(words)].filter(Boolean).join(' '),
        spoken: `${name}, not in the registry${words ? `, ${words}` : ''}`,
        kind: rowKinds.stranger,
        argument: { folder: placed.folder, directory: stranger.name } satisfies DirectoryArgument,
      };
    }),
  };
}
