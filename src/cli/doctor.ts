// `doctor`: what this machine has and lacks.
import { visible } from '../findings/visible.ts';
import { examine } from '../sessions/doctor.ts';
import { inspect } from './check.ts';
import { coloured, printJson } from './render.ts';
import type { Verb } from './verb.ts';

export const doctor: Verb = {
  name: 'doctor',
  summary: 'say what this machine has and lacks',
  usage: '',
  help: 'Looks for claude, node, git and tmux, and at the registry and its outputs. Changes nothing.\nExits 1 when something is amiss.',
  options: {},
  async run({ io, root, format }) {
    const fleet = inspect(io, root);
    const lines = await examine({
      machine: io.machine,
      fleet,
      claudeSetting: io.env.NATIVE_ORCHESTRATOR_CLAUDE ?? '',
      nodeSetting: '',
    });
    const isBad = lines.some(({ state }) => state === 'warning' || state === 'error');
    if (format === 'json') {
      printJson(io, { findings: fleet.findings, checks: lines, summary: { ok: !isBad } });
      return isBad ? 1 : 0;
    }
    for (const { name, state, found, advice } of lines) {
      const isBadLine = state === 'warning' || state === 'error';
      const mark = isBadLine ? coloured(io, state, state.padEnd(7)) : state.padEnd(7);
      io.out(`${mark}  ${name.padEnd(9)} ${visible(found)}\n`);
      if (advice !== undefined) io.out(`${' '.repeat(19)}${visible(advice)}\n`);
    }
    return isBad ? 1 : 0;
  },
};
