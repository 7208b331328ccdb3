// `check`: does everything on disk match the registry? Depends on the workspace alone.
import { type Finding, hasErrors } from '../findings/finding.ts';
import type { Fleet } from '../outputs/fleet.ts';
import { inspectFleet } from '../outputs/inspector.ts';
import { isOutOfSync } from '../outputs/output.ts';
import { requireAgents } from './agents.ts';
import { coloured, countLine, fleetCounts, plural, printFindings, printJson } from './render.ts';
import type { Io, Verb } from './verb.ts';

/** The fleet as a verb sees it: nothing that depends on the machine but the date. */
export function inspect(io: Io, root: string): Fleet {
  return inspectFleet({ files: io.files, root, hooks: io.hooks(), version: io.version, today: io.today });
}

/** The command that mends what is wrong, or undefined. */
function wayOut(fleet: Fleet): string | undefined {
  if (fleet.parsed?.registry === undefined) return undefined;
  const ids = fleet.agents
    .filter((status) => status.sync === 'outOfSync' || status.health === 'disarmed')
    .map((status) => status.agent.id);
  if (ids.length === 0) return undefined;
  return `native-orchestrator generate ${ids.length > 3 ? '--all' : ids.join(' ')}`;
}

export const check: Verb = {
  name: 'check',
  summary: 'say whether every file matches the registry',
  usage: '[ids…] [--notes]',
  help: 'Compares the registry, the lock and the files on disk, and judges every settings file and hook.\nWrites nothing. Exits 1 when there is an error, a warning or drift.',
  options: { notes: { type: 'boolean', help: 'show what is only worth knowing, too' } },
  run({ io, root, positionals, flag, format }) {
    const fleet = inspect(io, root);
    const ids = requireAgents(fleet, positionals);
    const chosen = new Set(ids);
    const isChosen = (finding: Finding): boolean =>
      chosen.size === 0 || finding.agent === undefined || chosen.has(finding.agent);
    const findings = fleet.findings.filter(isChosen);
    const agents = fleet.agents.filter(({ agent }) => chosen.size === 0 || chosen.has(agent.id));
    const isDrifted = agents.some(({ outputs }) => outputs.some(({ drift }) => isOutOfSync(drift)));
    const isBad =
      isDrifted ||
      agents.some(({ health }) => health === 'disarmed') ||
      findings.some(({ severity }) => severity !== 'information');
    if (format === 'json') {
      printJson(io, { findings, summary: { ...fleetCounts({ ...fleet, agents }), ok: !isBad } });
      return isBad ? 1 : 0;
    }
    printFindings(io, findings, flag('notes'));
    if (fleet.parsed?.registry === undefined) {
      const errors = findings.filter(({ severity }) => severity === 'error').length;
      io.err(`${coloured(io, 'error', `The registry cannot be used: ${plural(errors, 'error')}.`)}\n`);
      return 1;
    }
    const notes = findings.filter(({ severity }) => severity === 'information').length;
    const hidden = notes > 0 && !flag('notes') ? ` · ${plural(notes, 'note')} (--notes shows them)` : '';
    const way = wayOut({ ...fleet, agents });
    const sum = countLine({ ...fleet, agents });
    io.out(
      `${isBad ? coloured(io, hasErrors(findings) ? 'error' : 'warning', sum) : sum}${way === undefined ? '' : ` — run: ${way}`}${hidden}\n`,
    );
    return isBad ? 1 : 0;
  },
};
