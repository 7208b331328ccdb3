// The report of the doctor as Markdown: the machine's programs and the fleets. Everything from data in it is escaped.
import { examine } from '../sessions/doctor.ts';
import type { DoctorLine } from '../sessions/doctorLine.ts';
import type { FleetStore } from './fleetStore.ts';
import type { Fleets } from './fleets.ts';
import { settingKeys } from './ids.ts';
import { programSetting, thisMachine } from './machine.ts';
import { plain } from './markdown.ts';
import { isTrusted } from './trust.ts';

const marks = { ok: '✓', note: '–', warning: '!', error: '✗' } as const;
/** Findings on the page; Problems has the rest. */
const mostFindings = 20;

/** The lines of one folder. Starts programs, to ask for their version, in a trusted workspace only. */
async function linesOf(store: FleetStore): Promise<readonly DoctorLine[]> {
  if (!isTrusted())
    return [
      {
        name: 'programs',
        state: 'warning',
        found: 'not looked for',
        advice: 'This workspace is not trusted, so no program is started.',
      },
    ];
  if (!store.fleet) return [];
  return examine({
    machine: thisMachine(),
    fleet: store.fleet,
    claudeSetting: programSetting(settingKeys.claudePath),
    nodeSetting: programSetting(settingKeys.nodePath),
  });
}

function tableOf(lines: readonly DoctorLine[]): string {
  const rows = lines.map(
    ({ name, state, found, advice }) =>
      `| ${marks[state]} | ${plain(name)} | ${plain(found, 600)}${advice ? `<br>${plain(advice)}` : ''} |`,
  );
  return ['| | | |', '|---|---|---|', ...rows].join('\n');
}

function findingsOf(store: FleetStore): string {
  const found = (store.fleet?.findings ?? []).filter((finding) => finding.severity !== 'information');
  const lines = found
    .slice(0, mostFindings)
    .map((finding) => `- ${plain(`${finding.file}:${finding.line}`)} ${plain(finding.message)}`);
  if (found.length > mostFindings) lines.push(`- and ${found.length - mostFindings} more in Problems`);
  return lines.join('\n');
}

/** The report on all folders. */
export async function doctorReport(fleets: Fleets): Promise<string> {
  const parts = ['# Agents: how this machine stands'];
  for (const store of fleets.stores) {
    if (fleets.stores.length > 1) parts.push(`## ${plain(store.folder.name)}`);
    parts.push(tableOf(await linesOf(store)), findingsOf(store));
  }
  if (fleets.stores.length === 0) parts.push('No folder is open.');
  if (process.env.ANTHROPIC_API_KEY)
    parts.push(
      'ANTHROPIC\\_API\\_KEY is set in the environment of the editor: what agents do would be billed to that key.',
    );
  return `${parts.filter(Boolean).join('\n\n')}\n`;
}
