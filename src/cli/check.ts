// `check`: does everything on disk match the registry? Depends on the workspace alone.
import type { Fleet } from '../outputs/fleet.ts';
import { inspectFleet } from '../outputs/inspector.ts';
import { requireAgents } from './agents.ts';
import { type CheckReport, checkReport } from './checkReport.ts';
import { printFormat } from './printFormat.ts';
import { agentMarks, coloured, countLine, fleetCounts, plural, printFindings, printJson } from './render.ts';
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
  if (wrong.some((agent) => agent.needsMigrate)) return 'native-orchestrator migrate';
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
  async run(context) {
    const { io, root, positionals, flag, format } = context;
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
      const marks = report.isUsable ? agentMarks(agents) : {};
      printJson(io, { findings, summary: { ...fleetCounts(agents), ...marks, ok: !isBad } });
      return isBad ? 1 : 0;
    }
    const errors = findings.filter(({ severity }) => severity === 'error').length;
    const notes = findings.filter(({ severity }) => severity === 'information').length;
    const hidden = notes > 0 && !flag('notes') ? ` · ${plural(notes, 'note')} (--notes shows them)` : '';
    const way = wayOut(report);
    const ending = `${way === undefined ? '' : ` — run: ${way}`}${hidden}`;
    const sum = report.isUsable
      ? countLine(agents)
      : `The registry cannot be used: ${plural(errors, 'error')}.`;
    if (printFormat(context, findings, `${sum}${report.isUsable ? ending : ''}`, flag('notes')))
      return isBad ? 1 : 0;
    printFindings(io, findings, flag('notes'));
    if (!report.isUsable) {
      io.err(`${coloured(io, 'error', sum)}\n`);
      return 1;
    }
    io.out(`${isBad ? coloured(io, errors > 0 ? 'error' : 'warning', sum) : sum}${ending}\n`);
    return isBad ? 1 : 0;
  },
};
