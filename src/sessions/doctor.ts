// What this machine has and lacks for running the fleet. Shared by the command line and the editor.
import { atLeast } from '../claude/cliVersion.ts';
import { onFailureSince } from '../claude/hookHandlers.ts';
import type { Fleet } from '../outputs/fleet.ts';
import type { DoctorLine } from './doctorLine.ts';
import { type FoundProgram, findClaude, findNode, findOnPath, type Machine } from './programs.ts';
import { sandboxLines } from './sandboxLines.ts';

export interface DoctorOptions {
  readonly machine: Machine;
  readonly fleet: Fleet;
  /** What the user set, or `''`. */
  readonly claudeSetting: string;
  readonly nodeSetting: string;
}

async function versionOf(machine: Machine, program: string, flag = '--version'): Promise<string | undefined> {
  return /\d+(\.\d+)+[a-z]?/.exec((await machine.run(program, [flag])) ?? '')?.[0];
}

function absent(name: string, found: FoundProgram, advice: string): DoctorLine {
  return { name, state: 'error', found: `not found (looked at ${found.lookedAt.join(', ')})`, advice };
}

async function claudeLine({ machine, claudeSetting }: DoctorOptions): Promise<DoctorLine> {
  const name = 'claude';
  const claude = await findClaude(machine, claudeSetting);
  if (claude.path === undefined)
    return absent(name, claude, 'Install it from https://claude.com/claude-code, or set its path.');
  const version = await versionOf(machine, claude.path);
  if (version === undefined)
    return {
      name,
      state: 'error',
      found: `${claude.path} does not say its version`,
      advice: 'Check that it runs in a terminal.',
    };
  const found = `${version} at ${claude.path}`;
  if (atLeast(version, onFailureSince)) return { name, state: 'ok', found };
  return {
    name,
    state: 'warning',
    found,
    advice: `Update it: before ${onFailureSince} a hook that fails lets the call through.`,
  };
}

async function nodeLine({ machine, nodeSetting }: DoctorOptions): Promise<DoctorLine> {
  const name = 'node';
  const node = await findNode(machine, nodeSetting, undefined);
  if (node.path === undefined)
    return absent(name, node, 'The guard runs with it. Install Node.js 20 or newer, or set its path.');
  const version = await versionOf(machine, node.path);
  const found = `${version ?? 'unknown version'} at ${node.path}`;
  if (version !== undefined && atLeast(version, '20')) return { name, state: 'ok', found };
  return { name, state: 'warning', found, advice: 'The guard wants Node.js 20 or newer.' };
}

async function optionalLine(
  machine: Machine,
  name: string,
  flag: string,
  advice: string,
): Promise<DoctorLine> {
  const path = findOnPath(machine, name);
  if (path === undefined) return { name, state: 'note', found: 'not found', advice };
  return {
    name,
    state: 'ok',
    found: `${(await versionOf(machine, path, flag)) ?? 'unknown version'} at ${path}`,
  };
}

function fleetLines(fleet: Fleet): readonly DoctorLine[] {
  const errors = fleet.parsed?.findings.filter(({ severity }) => severity === 'error').length ?? 0;
  if (fleet.registryFile === undefined)
    return [{ name: 'registry', state: 'error', found: 'none', advice: 'Create agents/registry.yaml.' }];
  if (fleet.parsed?.registry === undefined)
    return [
      {
        name: 'registry',
        state: 'error',
        found: `cannot be used (${errors} errors)`,
        advice: 'See: native-orchestrator check',
      },
    ];
  const bad = fleet.agents.filter(({ sync, health }) => sync !== 'inSync' || health !== 'healthy');
  const registry: DoctorLine = { name: 'registry', state: 'ok', found: `${fleet.agents.length} agents` };
  const inOrder = fleet.agents.length - bad.length;
  if (bad.length === 0)
    return [registry, { name: 'outputs', state: 'ok', found: `${inOrder} agents in order` }];
  const worst = bad.some(({ health }) => health === 'disarmed') ? 'error' : 'warning';
  return [
    registry,
    {
      name: 'outputs',
      state: worst,
      found: `${inOrder} of ${fleet.agents.length} agents in order; ${bad
        .slice(0, 3)
        .map(({ agent, summary }) => `${agent.id}: ${summary}`)
        .join('; ')}${bad.length > 3 ? '; …' : ''}`,
      advice: 'See: native-orchestrator check',
    },
  ];
}

/** Looks at everything that starting an agent needs, each line with a way out where something is amiss. */
export async function examine(options: DoctorOptions): Promise<readonly DoctorLine[]> {
  const { machine, fleet } = options;
  const machineLines = await Promise.all([
    claudeLine(options),
    nodeLine(options),
    optionalLine(machine, 'git', '--version', 'Install git to see what changed and when.'),
    machine.platform === 'win32'
      ? { name: 'tmux', state: 'ok' as const, found: 'not used on Windows' }
      : optionalLine(machine, 'tmux', '-V', 'Without tmux, sessions end with their terminal.'),
  ]);
  return [...machineLines, ...(await sandboxLines(machine, fleet)), ...fleetLines(fleet)];
}
