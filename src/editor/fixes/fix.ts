// What a quick fix is: one question to one finding. One file per fix; `fixesFor.ts` asks them all.
import type * as vscode from 'vscode';
import type { Finding } from '../../findings/finding.ts';
import type { FleetStore } from '../fleetStore.ts';

export interface FixRequest {
  readonly store: FleetStore;
  /** The document with the squiggle, of the version that was inspected. */
  readonly document: vscode.TextDocument;
  readonly finding: Finding;
  readonly diagnostic: vscode.Diagnostic;
}

/** The actions that mend a finding; none when it is not this fix's business. */
export type Fix = (request: FixRequest) => readonly vscode.CodeAction[];
