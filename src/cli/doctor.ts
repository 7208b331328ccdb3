// `doctor`: what this machine has and lacks, and how far every hook gets on it.

import { type Finding, startOfFile } from '../findings/finding.ts';
import { visible } from '../findings/visible.ts';
import { inspectFleet } from '../outputs/inspector.ts';
import { withEvidence } from '../outputs/withEvidence.ts';
import { examine } from '../sessions/doctor.ts';
import type { DoctorLine } from '../sessions/doctorLine.ts';
import { hooksLine, reportedHooks } from '../sessions/hookReport.ts';
import { findOnPath } from '../sessions/programs.ts';
import { requireAgents } from './agents.ts';
import type { CliCode } from './codes.ts';
import { claudeSetting, gatherEvidence } from './doctorEvidence.ts';
import { hookJson, printHooks } from './doctorHooks.ts';
import { printFormat } from './printFormat.ts';
import { coloured, plural, printJson } from './render.ts';
import { UsageError } from './usageError.ts';
import type { Verb } from './verb.ts';

const isAmiss = ({ state }: DoctorLine): boolean => state === 'warning' || state === 'error';

/** A line of the machine that is amiss, as a finding without a place; none where all is well. */
function machineFinding(line: DoctorLine): readonly Finding[] {
  const { name, state, found, advice } = line;
  if (state !== 'warning' && state !== 'error') return [];
  const message = `${name}: ${found}.${advice === undefined ? '' : ` ${advice}`}`;
  return [
    {
      code: 'cli/machine' satisfies CliCode,
      severity: state,
      file: '.',
      ...startOfFile,
      args: { name },
      message,
    },
  ];
}

export const doctor: Verb = {
  name: 'doctor',
  summary: 'say what this machine has and lacks, and how far each hook gets',
  usage: '[--hooks [ids…]]',
  help: 'Looks for claude, node, git, tmux and what a sandbox needs, at the registry and its outputs, and at every hook: declared, well-formed,\nits script there, in the workspace, able to run, as generated, proven, seen to fire. Changes nothing and runs no\nhook. Exits 1 when something is amiss.',
  options: {
    hooks: { type: 'boolean', help: 'list all hooks, with every rung for the agents that are named' },
  },
  async run(context) {
    const { io, root, format, flag, positionals } = context;
    if (positionals.length > 0 && !flag('hooks'))
      throw new UsageError('Agents are named for their hooks: native-orchestrator doctor --hooks <ids…>');
    const now = Date.now();
    const inspected = inspectFleet({
      files: io.files,
      root,
      hooks: io.hooks(),
      settingsFiles: 'search',
      version: io.version,
      today: io.today,
      findProgram: (name) => findOnPath(io.machine, name),
      home: io.machine.home,
    });
    if (inspected.registry !== undefined) requireAgents([...inspected.registry.agents.keys()], positionals);
    const ids = inspected.agents.map(({ agent }) => agent.id);
    const evidence = await gatherEvidence(io, root, ids, now);
    const fleet = withEvidence(inspected, evidence, undefined);
    const machineLines = await examine({
      machine: io.machine,
      fleet,
      claudeSetting: claudeSetting(io),
      nodeSetting: '',
    });
    const all = reportedHooks(fleet, evidence, now);
    const sum = hooksLine(all);
    const lines = sum === undefined ? machineLines : [...machineLines, sum];
    const chosen = new Set(positionals);
    const hooks = all.filter((hook) =>
      flag('hooks') ? chosen.size === 0 || chosen.has(hook.agent ?? '') : hook.isBroken,
    );
    const isBad = lines.some(isAmiss);
    const said = [...fleet.findings, ...lines.flatMap(machineFinding)];
    const amiss = lines.filter(isAmiss).length;
    if (printFormat(context, said, amiss === 0 ? 'All is well.' : `${plural(amiss, 'thing')} amiss.`))
      return isBad ? 1 : 0;
    if (format === 'json') {
      printJson(io, {
        findings: fleet.findings,
        checks: lines,
        hooks: hooks.map(hookJson),
        summary: { ok: !isBad },
      });
      return isBad ? 1 : 0;
    }
    for (const { name, state, found, advice } of lines) {
      const isBadLine = state === 'warning' || state === 'error';
      const mark = isBadLine ? coloured(io, state, state.padEnd(7)) : state.padEnd(7);
      io.out(`${mark}  ${name.padEnd(9)} ${visible(found)}\n`);
      if (advice !== undefined) io.out(`${' '.repeat(19)}${visible(advice)}\n`);
    }
    printHooks(io, hooks, now, chosen.size > 0);
    return isBad ? 1 : 0;
  },
};
