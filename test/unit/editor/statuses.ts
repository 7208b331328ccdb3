// Agents and fleets for the tests of this room, with everything in order unless a test says otherwise.
import type { AgentStatus, Fleet } from '../../../src/outputs/fleet.ts';
import type { OutputState } from '../../../src/outputs/output.ts';
import { agentNamed } from '../registry/agentNamed.ts';

export function settingsOf(id: string, changed: Partial<OutputState> = {}): OutputState {
  return {
    path: `agents/${id}/.claude/settings.json`,
    agent: id,
    kind: 'settings',
    drift: 'inSync',
    keys: [],
    wanted: '{}\n',
    ...changed,
  };
}

export function statusOf(id: string, changed: Partial<AgentStatus> = {}): AgentStatus {
  return {
    agent: agentNamed(id),
    sync: 'inSync',
    health: 'healthy',
    disarmed: [],
    summary: '',
    outputs: [settingsOf(id)],
    hooks: [],
    findings: [],
    asPlanned: true,
    ...changed,
  };
}

export function fleetOf(agents: readonly AgentStatus[], changed: Partial<Fleet> = {}): Fleet {
  return {
    root: '/w',
    registryFile: { text: '' },
    parsed: undefined,
    registry: { pilot: [], agents: new Map(agents.map((each) => [each.agent.id, each.agent])) },
    isLastGood: false,
    agents,
    liveHooks: [],
    otherHooks: [],
    shared: [],
    unregistered: [],
    findings: [],
    ...changed,
  };
}
