// Reports on proofs as read-only pages: one agent's, or all with a matrix on top. They follow the proofs.
import * as vscode from 'vscode';
import type { Fleets, FoundAgent } from '../fleets.ts';
import { type AgentArgument, schemes } from '../ids.ts';
import type { Proofs } from '../proofs.ts';
import { neverProven, type ToldProof } from '../proofWords.ts';
import { argumentFor } from './pickAgent.ts';

/** The page on all agents. */
const allUri = vscode.Uri.from({ scheme: schemes.report, path: '/Proofs.md' });

/** The page on one agent. The name is what its tab says. */
function uriOf(argument: AgentArgument): vscode.Uri {
  const query = JSON.stringify(argument);
  return vscode.Uri.from({ scheme: schemes.report, path: `/Proof of ${argument.agent}.md`, query });
}

/** What a page is about; undefined when it is no page of this provider. */
function askedOf({ path, query }: vscode.Uri): AgentArgument | 'all' | undefined {
  if (path === allUri.path) return 'all';
  if (!path.startsWith('/Proof of ')) return undefined;
  try {
    const { folder, agent }: Partial<Record<string, unknown>> = JSON.parse(query) ?? {};
    return typeof folder === 'string' && typeof agent === 'string' ? { folder, agent } : undefined;
  } catch {
    return undefined; // somebody else's URI with our scheme
  }
}

export class ProofReports implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #fleets: Fleets;
  readonly #proofs: Proofs;
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;
  readonly #disposables: vscode.Disposable[];

  constructor(fleets: Fleets, proofs: Proofs) {
    this.#fleets = fleets;
    this.#proofs = proofs;
    const refresh = () => {
      for (const { uri } of vscode.workspace.textDocuments)
        if (uri.scheme === schemes.report && askedOf(uri)) this.#changed.fire(uri);
    };
    this.#disposables = [
      this.#changed,
      vscode.workspace.registerTextDocumentContentProvider(schemes.report, this),
      proofs.onDidChange(refresh),
      fleets.onDidChange(refresh),
    ];
  }

  /** Undefined for what another provider of this scheme serves. */
  async provideTextDocumentContent(uri: vscode.Uri): Promise<string | undefined> {
    const asked = askedOf(uri);
    if (!asked) return undefined;
    this.#proofs.look();
    const { proofReport } = await import('../later.ts');
    return proofReport({ proofs: this.#told(asked), now: Date.now() });
  }

  /** Opens the preview of an agent's report. */
  async showOne(found: FoundAgent): Promise<void> {
    await vscode.commands.executeCommand('markdown.showPreview', uriOf(argumentFor(found)));
  }

  /** Opens the preview of the report on all agents. */
  async showAll(): Promise<void> {
    await vscode.commands.executeCommand('markdown.showPreview', allUri);
  }

  dispose(): void {
    for (const each of this.#disposables) each.dispose();
  }

  #told(asked: AgentArgument | 'all'): readonly ToldProof[] {
    // An agent that the registry no longer has is told of as what it is: gone, with nothing proven.
    if (asked !== 'all') {
      const proof = this.#fleets.find(asked) ? this.#proofs.of(asked) : neverProven;
      return [{ agent: asked.agent, proof }];
    }
    const stores = this.#fleets.withRegistry;
    return stores.flatMap((store) => {
      const folder = store.folder.uri.toString();
      return (store.fleet?.agents ?? []).map(({ agent: { id } }) => ({
        agent: stores.length > 1 ? `${store.folder.name}: ${id}` : id,
        proof: this.#proofs.of({ folder, agent: id }),
      }));
    });
  }
}
