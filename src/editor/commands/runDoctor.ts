// A report on this machine: the programs that agents need, where they are and in which version, and how the registry stands.
import * as vscode from 'vscode';
import { visibleShort } from '../../findings/visible.ts';
import { registryPath } from '../../registry/model.ts';
import type { Machine } from '../../sessions/programs.ts';
import { findClaude, findNode, findOnPath } from '../../sessions/programs.ts';
import type { Fleets } from '../fleets.ts';
import { schemes, settingKeys } from '../ids.ts';
import { plain } from '../markdown.ts';
import { urgencies, urgencyOf } from '../tree/marks.ts';
import { isTrusted } from '../trust.ts';
import { count } from '../words.ts';
import { ownNode, programSetting, thisMachine } from './startAgent.ts';

interface Line {
  readonly mark: '✓' | '✗' | '–';
  readonly name: string;
  readonly words: string;
}

async function program(
  machine: Machine,
  name: string,
  found: { readonly path: string | undefined; readonly lookedAt: readonly string[] },
  versionArgument: string,
  isNeeded: boolean,
): Promise<Line> {
  if (found.path === undefined)
    return { mark: isNeeded ? '✗' : '–', name, words: `not found. Looked at: ${found.lookedAt.join(', ')}` };
  const version = (await machine.run(found.path, [versionArgument]))?.trim().split('\n')[0];
  return version === undefined
    ? { mark: '✗', name, words: `${found.path} does not tell its version` }
    : { mark: '✓', name, words: `${version} (${found.path})` };
}

function registries(fleets: Fleets): Line[] {
  const lines: Line[] = [];
  for (const { folder, fleet } of fleets.stores) {
    const name = fleets.stores.length > 1 ? `registry of ${folder.name}` : 'registry';
    if (!fleet?.registryFile) {
      lines.push({ mark: '–', name, words: `there is no ${registryPath}` });
      continue;
    }
    const errors = fleet.findings.filter((finding) => finding.severity === 'error').length;
    const warnings = fleet.findings.filter((finding) => finding.severity === 'warning').length;
    lines.push({
      mark: fleet.registry && !fleet.isLastGood ? '✓' : '✗',
      name,
      words: fleet.registry && !fleet.isLastGood ? count(fleet.agents.length, 'agent') : 'has errors',
    });
    const by = urgencies
      .map((urgency) => ({
        urgency,
        number: fleet.agents.filter((each) => urgencyOf(each) === urgency).length,
      }))
      .filter(({ number }) => number > 0);
    lines.push({
      mark: by.every(({ urgency }) => urgency === 'fine') ? '✓' : '✗',
      name: fleets.stores.length > 1 ? `outputs of ${folder.name}` : 'outputs',
      words:
        by
          .map(({ urgency, number }) => `${number} ${urgency === 'fine' ? 'in order' : urgency}`)
          .join(', ') || 'none',
    });
    lines.push({
      mark: errors + warnings === 0 ? '✓' : '✗',
      name: 'findings',
      words: `${count(errors, 'error')}, ${count(warnings, 'warning')}`,
    });
  }
  return lines;
}

/** The report, as Markdown. Starts programs only to ask for their version, and only in a trusted workspace. */
export async function doctorReport(fleets: Fleets): Promise<string> {
  const machine = thisMachine();
  const lines: Line[] = [];
  if (isTrusted()) {
    const onPath = (name: string) => ({ path: findOnPath(machine, name), lookedAt: ['PATH'] });
    lines.push(
      await program(
        machine,
        'claude',
        await findClaude(machine, programSetting(settingKeys.claudePath)),
        '--version',
        true,
      ),
      await program(
        machine,
        'node',
        await findNode(machine, programSetting(settingKeys.nodePath), ownNode()),
        '--version',
        true,
      ),
      await program(machine, 'git', onPath('git'), '--version', false),
      await program(machine, 'tmux', onPath('tmux'), '-V', false),
    );
    if (process.env.ANTHROPIC_API_KEY)
      lines.push({
        mark: '–',
        name: 'billing',
        words: 'ANTHROPIC_API_KEY is set in the environment of the editor: sessions would be billed to it',
      });
  } else lines.push({ mark: '–', name: 'programs', words: 'not looked for: this workspace is not trusted' });
  lines.push(...registries(fleets));
  return [
    '# Agents: how this machine stands',
    '',
    '| | | |',
    '|---|---|---|',
    ...lines.map(({ mark, name, words }) => `| ${mark} | ${plain(name)} | ${plain(words)} |`),
    '',
    ...fleets.stores
      .flatMap((store) => store.fleet?.findings ?? [])
      .filter((finding) => finding.severity !== 'information')
      .slice(0, 20)
      .map(
        (finding) =>
          `- ${plain(`${finding.file}:${finding.line}`)} ${plain(visibleShort(finding.message, 400))}`,
      ),
    '',
  ].join('\n');
}

/** Serves the last report as a read-only document. */
export class DoctorReports implements vscode.TextDocumentContentProvider, vscode.Disposable {
  static readonly uri = vscode.Uri.from({ scheme: schemes.report, path: '/Agents doctor.md' });
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;
  readonly #registration = vscode.workspace.registerTextDocumentContentProvider(schemes.report, this);
  readonly #fleets: Fleets;
  #text = '';

  constructor(fleets: Fleets) {
    this.#fleets = fleets;
  }

  provideTextDocumentContent(): string {
    return this.#text;
  }

  /** Makes a new report and opens its preview. */
  async show(): Promise<void> {
    this.#text = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Window, title: 'Agents doctor' },
      () => doctorReport(this.#fleets),
    );
    this.#changed.fire(DoctorReports.uri);
    await vscode.commands.executeCommand('markdown.showPreview', DoctorReports.uri);
  }

  dispose(): void {
    this.#registration.dispose();
    this.#changed.dispose();
  }
}
