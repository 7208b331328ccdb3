// The page of the doctor: a report on this machine and its fleets, made anew each time it is asked for.
import * as vscode from 'vscode';
import type { Fleets } from '../fleets.ts';
import { schemes } from '../ids.ts';

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

  provideTextDocumentContent({ path }: vscode.Uri): string | undefined {
    return path === DoctorReports.uri.path ? this.#text : undefined;
  }

  /** Makes a new report and opens its preview. */
  async show(): Promise<void> {
    this.#text = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Agents: looking at this machine') },
      async () => (await import('../later.ts')).doctorReport(this.#fleets),
    );
    this.#changed.fire(DoctorReports.uri);
    await vscode.commands.executeCommand('markdown.showPreview', DoctorReports.uri);
  }

  dispose(): void {
    this.#registration.dispose();
    this.#changed.dispose();
  }
}
