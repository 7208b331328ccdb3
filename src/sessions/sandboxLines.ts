// What this machine has and lacks for the agents that run in the sandbox.
import type { Fleet } from '../outputs/fleet.ts';
import type { DoctorLine } from './doctorLine.ts';
import { findOnPath, type Machine } from './programs.ts';

/** Everything read only, in namespaces of its own: what every sandbox of the CLI on Linux begins with. */
const trial = ['--ro-bind', '/', '/', '--proc', '/proc', '--dev', '/dev', '--unshare-all', 'echo', 'inside'];

const installed: Readonly<Record<'bwrap' | 'socat', string>> = {
  bwrap: 'Install bubblewrap: apt install bubblewrap, dnf install bubblewrap or pacman -S bubblewrap.',
  socat: 'Install socat: apt install socat, dnf install socat or pacman -S socat.',
};

function programLine(machine: Machine, name: 'bwrap' | 'socat', agents: string): DoctorLine {
  const path = findOnPath(machine, name);
  if (path !== undefined) return { name, state: 'ok', found: path };
  return { name, state: 'error', found: `not found, and ${agents}`, advice: installed[name] };
}

async function bwrapLine(machine: Machine, agents: string): Promise<DoctorLine> {
  const line = programLine(machine, 'bwrap', agents);
  if (line.state !== 'ok' || (await machine.run(line.found, trial))?.trim() === 'inside') return line;
  return {
    name: line.name,
    state: 'error',
    found: `${line.found} cannot make a sandbox here, and ${agents}`,
    advice:
      'Allow user namespaces: on Ubuntu 24.04 and later an AppArmor profile for bwrap does it; a container has to be started with them. See: bwrap --ro-bind / / --unshare-all true',
  };
}

/**
 * One line for each program that the CLI's sandbox needs on this platform (seen with 2.1.329: bubblewrap and socat on
 * Linux, nothing beside the system on macOS). None when no agent has `sandbox: true`.
 */
export async function sandboxLines(machine: Machine, fleet: Fleet): Promise<readonly DoctorLine[]> {
  const ids = (fleet.registry?.agents ? [...fleet.registry.agents.values()] : [])
    .filter(({ sandbox }) => sandbox)
    .map(({ id }) => id);
  const [first] = ids;
  if (first === undefined) return [];
  const who = ids.length === 1 ? first : `${first} and ${ids.length - 1} more`;
  const agents = `${who} may run no command without the sandbox`;
  if (machine.platform === 'linux')
    return Promise.all([bwrapLine(machine, agents), programLine(machine, 'socat', agents)]);
  if (machine.platform === 'darwin') return [{ name: 'sandbox', state: 'ok', found: 'part of macOS' }];
  return [
    {
      name: 'sandbox',
      state: 'error',
      found: `not to be had on this system, and ${agents}`,
      advice: 'Run the fleet in WSL 2, or take sandbox out of these agents in agents/registry.yaml.',
    },
  ];
}
