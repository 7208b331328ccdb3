// `check`: does everything on disk match the registry? Depends on the workspace alone.
import { hasErrors } from '../findings/finding.ts';
import type { Fleet } from '../outputs/fleet.ts';
import { inspectFleet } from '../outputs/inspector.ts';
import { requireAgents } from './agents.ts';
import { type CheckReport, checkReport } from './checkReport.ts';
import { coloured, countLine, fleetCounts, plural, printFindings, printJson } from './render.ts';
import type { Io, Verb } from './verb.ts';

/** The fleet as a verb sees it: nothing that depends on the machine but the date. */
export function inspect(io: Io, root: string): Fleet {
  return inspectFleet({ files: io.files, root, hooks: io.hooks(), version: io.version, today: io.today });
}

/** The command that mends what is wrong, or undefined. */
function wayOut(report: CheckReport): string | undefined {
  if (!report.isUsable) return undefined;
  const wrong = report.agents.filter(({ sync, health }) => sync === 'outOfSync' || health === 'disarmed');
  if (wrong.length === 0) return undefined;
  if (wrong.every(({ isUnguarded, isDrifted }) => isUnguarded && !isDrifted))
    return 'native-orchestrator migrate';
  const verb = wrong.some(({ needsRestore }) => needsRestore) ? 'restore' : 'generate';
  return `native-orchestrator ${verb} ${wrong.length > 3 ? '--all' : wrong.map(({ id }) => id).join(' ')}`;
}

export const check: Verb = {
  name: 'check',
  summary: 'say whether every file matches the registry',
  usage: '[ids…] [--notes] [--no-cache]',
  help: 'Compares the registry, the lock and the files on disk, and judges every settings file and hook.\nWrites nothing in the workspace. Exits 1 when there is an error, a warning or drift.',
  options: {
    notes: { type: 'boolean', help: 'show what is only worth knowing, too' },
    'no-cache': { type: 'boolean', help: 'look at everything, whatever the last check saw' },
  },
  async run({ io, root, positionals, flag, format }) {
    const whole = await checkReport(io, root, !flag('no-cache'));
    if (whole.isUsable)
      requireAgents(
        whole.agents.map(({ id }) => id),
        positionals,
      );
    const chosen = new Set(positionals);
    const report: CheckReport = {
      isUsable: whole.isUsable,
      findings: whole.findings.filter(
        ({ agent }) => chosen.size === 0 || agent === undefined || chosen.has(agent),
      ),
      agents: whole.agents.filter(({ id }) => chosen.size === 0 || chosen.has(id)),
    };
    const { findings, agents } = report;
    const isBad =
      agents.some(({ health, isDrifted }) => isDrifted || health === 'disarmed') ||
      findings.some(({ severity }) => severity !== 'information');
    if (format === 'json') {
      printJson(io, { findings, summary: { ...fleetCounts(agents), ok: !isBad } });
      return isBad ? 1 : 0;
    }
    printFindings(io, findings, flag('notes'));
    if (!report.isUsable) {
      const errors = findings.filter(({ severity }) => severity === 'error').length;
      io.err(`${coloured(io, 'error', `The registry cannot be used: ${plural(errors, 'error')}.`)}\n`);
      return 1;
    }
    const notes = findings.filter(({ severity }) => severity === 'information').length;
    const hidden = notes > 0 && !flag('notes') ? ` · ${plural(notes, 'note')} (--notes shows them)` : '';
    const way = wayOut(report);
    const sum = countLine(agents);
    io.out(
      `${isBad ? coloured(io, hasErrors(findings) ? 'error' : 'warning', sum) : sum}${way === undefined ? '' : ` — run: ${way}`}${hidden}\n`,
    );
    return isBad ? 1 : 0;
  },
};
