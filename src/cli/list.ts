// `list`: the agents, their state, what they are for.
import { visible, visibleShort } from '../findings/visible.ts';
import type { AgentStatus } from '../outputs/fleet.ts';
import type { ProofStatus } from '../proof/proofStatus.ts';
import { type StateName, stateNames } from '../sessions/crossCheck.ts';
import { inspect } from './check.ts';
import { listedProofs, listedWords } from './listedProofs.ts';
import { lookAtSessions } from './liveSessions.ts';
import { coloured, countLine, fleetCounts, printFindings, printJson } from './render.ts';
import { UsageError } from './usageError.ts';
import type { Io, Verb } from './verb.ts';

const states = ['in-sync', 'out-of-sync', 'disarmed', 'missing', 'degraded', 'unknown'] as const;
type State = (typeof states)[number];

/** The states of sessions, as `--state` takes them. `unknown` is both: outputs that cannot be read, and silent sessions. */
const sessionStates: ReadonlyMap<string, StateName> = new Map(
  stateNames.map((name) => [name === 'needsYou' ? 'needs-you' : name, name]),
);
const allStates: readonly string[] = [...new Set([...states, ...sessionStates.keys()])];

function stateOf({ health, sync }: AgentStatus): State {
  if (health === 'disarmed' || health === 'missing') return health;
  if (sync === 'outOfSync') return 'out-of-sync';
  if (sync === 'unknown' || health === 'unknown') return 'unknown';
  return health === 'degraded' ? 'degraded' : 'in-sync';
}

/** The state of an agent and what its proof is worth, in words. */
function stateWords(status: AgentStatus, proof: ProofStatus): string {
  const state = status.summary === '' ? stateOf(status) : status.summary;
  const words = listedWords(proof);
  return words === '' ? state : `${state}, ${words}`;
}

function row(
  io: Io,
  status: AgentStatus,
  proof: ProofStatus,
  widths: { readonly id: number; readonly words: number },
): string {
  const { agent } = status;
  const state = stateOf(status);
  const isFailed = state === 'disarmed' || proof.state === 'failed';
  const severity = isFailed ? 'error' : state === 'in-sync' ? undefined : 'warning';
  const words = stateWords(status, proof).padEnd(widths.words);
  const mark = severity === undefined ? words : coloured(io, severity, words);
  return `${agent.id.padEnd(widths.id)}  ${visibleShort(agent.model, 12).padEnd(8)}  ${mark}  ${visibleShort(agent.description, 60)}\n`;
}

/** What a proof is worth, without its attempts. */
function proofJson(proof: ProofStatus): object {
  if (proof.state === 'never') return { state: proof.state };
  const { state, record, counts } = proof;
  const { at, cli, platform } = record;
  return { state, at, cli, platform, counts, ...(state === 'unproven' ? { reasons: proof.reasons } : {}) };
}

export const list: Verb = {
  name: 'list',
  summary: 'show the agents and their state',
  usage: '[text] [--group g] [--state s]',
  help: `Lists the agents in the order of the registry. A text filters by id, name and description.\nStates of files: ${states.join(', ')}.\nStates of sessions: ${[...sessionStates.keys()].join(', ')}.`,
  formats: ['text', 'json'],
  options: {
    group: { type: 'string', value: 'g', help: 'only agents of this group' },
    state: { type: 'string', value: 's', help: 'only agents in this state', choices: allStates },
  },
  async run({ io, root, positionals, option, format }) {
    const fleet = inspect(io, root);
    const group = option('group');
    const state = option('state');
    if (state !== undefined && !allStates.includes(state))
      throw new UsageError(
        `There is no state ${visibleShort(JSON.stringify(state))}. Use one of: ${allStates.join(', ')}.`,
      );
    const sessionState = state === undefined ? undefined : sessionStates.get(state);
    const { sessions } =
      sessionState === undefined ? { sessions: undefined } : await lookAtSessions(io, root);
    const isInState = (status: AgentStatus): boolean =>
      state === undefined ||
      stateOf(status) === state ||
      (sessions !== undefined && sessions.get(status.agent.id)?.state.state === sessionState);
    const text = positionals.join(' ').toLowerCase();
    const agents = fleet.agents.filter(
      (status) =>
        (group === undefined || status.agent.group === group) &&
        isInState(status) &&
        [status.agent.id, status.agent.displayName, status.agent.description].some((field) =>
          field.toLowerCase().includes(text),
        ),
    );
    const isBroken = fleet.registry === undefined;
    const readProof = listedProofs(io, root);
    const proofs = new Map(agents.map(({ agent }) => [agent.id, readProof(agent.id)]));
    const proofOf = (id: string): ProofStatus => proofs.get(id) ?? { state: 'never' };
    if (format === 'json') {
      printJson(io, {
        findings: isBroken ? fleet.findings : [],
        agents: agents.map((status) => ({
          id: status.agent.id,
          displayName: status.agent.displayName,
          description: status.agent.description,
          model: status.agent.model,
          group: status.agent.group ?? null,
          state: stateOf(status),
          sync: status.sync,
          health: status.health,
          summary: status.summary,
          proof: proofJson(proofOf(status.agent.id)),
        })),
        unregistered: fleet.unregistered,
        summary: { ...fleetCounts(agents), ok: !isBroken },
      });
      return isBroken ? 1 : 0;
    }
    if (isBroken) {
      printFindings(io, fleet.findings, false);
      return 1;
    }
    const widths = {
      id: Math.max(0, ...agents.map(({ agent }) => agent.id.length)),
      // One very long summary is no reason to push all the others out of sight.
      words: Math.min(
        40,
        Math.max(12, ...agents.map((status) => stateWords(status, proofOf(status.agent.id)).length)),
      ),
    };
    for (const status of agents) io.out(row(io, status, proofOf(status.agent.id), widths));
    if (text === '' && group === undefined && state === undefined)
      for (const directory of fleet.unregistered)
        io.out(
          `${visible(directory.name)}/  not in the registry${directory.looksLike === undefined ? '' : `, looks like ${directory.looksLike}`}\n`,
        );
    io.out(`${countLine(agents)}\n`);
    return 0;
  },
};
