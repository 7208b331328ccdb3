// Findings as squiggles: each at its own place, and at the other end where it concerns two.
import * as vscode from 'vscode';
import { nodeFiles } from '../files/nodeFiles.ts';
import type { Finding, Range } from '../findings/finding.ts';
import { registryPath } from '../registry/model.ts';
import type { FleetStore } from './fleetStore.ts';
import type { Fleets } from './fleets.ts';
import { commandIds } from './ids.ts';
import type { Proofs } from './proofs.ts';
import { toEditorRange } from './ranges.ts';

/** What diagnostics say they come from. */
export const diagnosticSource = 'agents';
const severities = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  information: vscode.DiagnosticSeverity.Information,
} as const;

/** The finding that a diagnostic shows; fixes find it by the diagnostic itself. */
export interface FindingDiagnostic extends vscode.Diagnostic {
  readonly finding: Finding;
}

export function isFindingDiagnostic(diagnostic: vscode.Diagnostic): diagnostic is FindingDiagnostic {
  return 'finding' in diagnostic;
}

/** The link from a code to its help: a command of ours that shows a page and does nothing else. */
export function helpUri(code: string): vscode.Uri {
  return vscode.Uri.from({
    scheme: 'command',
    path: commandIds.explainFinding,
    query: JSON.stringify([code]),
  });
}

function diagnosticOf(
  finding: Finding,
  range: Range,
  message: string,
  related: readonly vscode.DiagnosticRelatedInformation[],
): FindingDiagnostic {
  const diagnostic = new vscode.Diagnostic(toEditorRange(range), message, severities[finding.severity]);
  diagnostic.source = diagnosticSource;
  diagnostic.code = { value: finding.code, target: helpUri(finding.code) };
  diagnostic.relatedInformation = [...related];
  return Object.assign(diagnostic, { finding });
}

/** The diagnostics of a fleet, and of what its proofs saw, by the path of their file. */
export function diagnosticsOf(
  store: FleetStore,
  proofs: Proofs,
): ReadonlyMap<string, readonly FindingDiagnostic[]> {
  const byFile = new Map<string, FindingDiagnostic[]>();
  const fleet = store.fleet;
  if (!fleet) return byFile;
  const known = new Map<string, boolean>();
  const isThere = (file: string): boolean => {
    let answer = known.get(file);
    if (answer === undefined) {
      answer = nodeFiles.kind(store.uriOf(file).fsPath) !== undefined;
      known.set(file, answer);
    }
    return answer;
  };
  const add = (file: string, diagnostic: FindingDiagnostic) => {
    const list = byFile.get(file) ?? [];
    list.push(diagnostic);
    byFile.set(file, list);
  };
  const information = (file: string, range: Range, message: string) =>
    new vscode.DiagnosticRelatedInformation(
      new vscode.Location(store.uriOf(file), toEditorRange(range)),
      message,
    );
  for (const finding of [...fleet.findings, ...proofs.findingsOf(store)]) {
    const related = (finding.related ?? []).filter((each) => isThere(each.file));
    if (isThere(finding.file)) {
      add(
        finding.file,
        diagnosticOf(
          finding,
          finding,
          finding.message,
          related.map((each) => information(each.file, each, each.message)),
        ),
      );
      for (const each of related)
        add(
          each.file,
          diagnosticOf(finding, each, finding.message, [
            information(finding.file, finding, vscode.l10n.t('found here')),
          ]),
        );
      continue;
    }
    // A file that is not there has no line to mark: the registry's line that asks for it has.
    if (!fleet.registryFile) continue;
    const [first] = related.filter((each) => each.file === registryPath);
    const place =
      first ??
      (finding.agent && fleet.parsed
        ? fleet.parsed.positions.at(['agents', finding.agent])
        : { line: 1, column: 1, endLine: 1, endColumn: 1 });
    add(registryPath, diagnosticOf(finding, place, finding.message, []));
  }
  return byFile;
}

export function registerDiagnostics(fleets: Fleets, proofs: Proofs): vscode.Disposable {
  const collection = vscode.languages.createDiagnosticCollection(diagnosticSource);
  /** What is shown, by store and file: only files whose diagnostics changed are set again. */
  const shown = new Map<FleetStore, Map<string, string>>();
  const clear = (store: FleetStore, file: string) => collection.delete(store.uriOf(file));
  const update = (store: FleetStore) => {
    const before = shown.get(store) ?? new Map<string, string>();
    const now = new Map<string, string>();
    for (const [file, diagnostics] of diagnosticsOf(store, proofs)) {
      const signature = JSON.stringify(
        diagnostics.map((each) => [each.range, each.message, each.severity, each.finding]),
      );
      now.set(file, signature);
      if (before.get(file) !== signature) collection.set(store.uriOf(file), diagnostics);
    }
    for (const file of before.keys()) if (!now.has(file)) clear(store, file);
    shown.set(store, now);
  };
  const listening = fleets.onDidChange((changed) => {
    if (changed) {
      update(changed);
      return;
    }
    const present = new Set(fleets.stores);
    for (const [store, files] of shown) {
      if (present.has(store)) continue;
      for (const file of files.keys()) clear(store, file);
      shown.delete(store);
    }
  });
  return {
    dispose: () => {
      listening.dispose();
      collection.dispose();
    },
  };
}
