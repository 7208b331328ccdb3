// Writes a first registry: small, commented, and never over anything that is there.
import * as vscode from 'vscode';
import { nodeFiles } from '../../files/nodeFiles.ts';
import { UserError } from '../../findings/userError.ts';
import { registryPath } from '../../registry/model.ts';
import { audited } from '../audited.ts';
import type { Fleets } from '../fleets.ts';
import { requireTrust } from '../trust.ts';

/** Two agents that show what the file is for: each may do its part, and not the other's. */
export const firstRegistry = `# Who the agents are, and what each may do. Everything else is generated from this file.
# After an edit, run "Agents: Generate All".
agents:
  builder:
    name: builder
    display_name: Builder
    description: Writes the code and leaves the tests alone.
    model: sonnet
    tools: [Read, Glob, Grep, Edit, Write, Bash]
    # May not create, change or delete these. Any depth, as in .gitignore; a leading / anchors at the workspace.
    cannot_access:
      - tests/**
  tester:
    name: tester
    display_name: Tester
    description: Owns the tests and changes nothing else.
    model: sonnet
    tools: [Read, Glob, Grep, Edit, Write, Bash]
    # Nobody else may change these.
    exclusive_access:
      - tests/**
    cannot_access:
      - src/**
    # The only agents it may start as sub-agents.
    delegates_to: []
`;

/** Creates the registry in the first folder that has none, and opens it. @throws UserError */
export async function createRegistry(fleets: Fleets): Promise<void> {
  requireTrust();
  const free = fleets.stores.filter((store) => nodeFiles.kind(store.registryUri.fsPath) === undefined);
  const store =
    free.length > 1
      ? (
          await vscode.window.showQuickPick(
            free.map((each) => ({ label: each.folder.name.replaceAll('$(', '\\$('), store: each })),
            { placeHolder: vscode.l10n.t('Create the registry in which folder?') },
          )
        )?.store
      : free[0];
  if (!store) {
    if (free.length > 1) return;
    const [existing] = fleets.stores;
    if (!existing) throw new UserError(vscode.l10n.t('Open a folder first: the registry is a file in it.'));
    await vscode.window.showTextDocument(existing.registryUri);
    return;
  }
  const edit = new vscode.WorkspaceEdit();
  edit.createFile(store.registryUri, {
    overwrite: false,
    ignoreIfExists: false,
    contents: new TextEncoder().encode(firstRegistry),
  });
  await audited({ store, action: 'create', details: { file: registryPath } }, async () => {
    if (!(await vscode.workspace.applyEdit(edit)))
      throw new UserError(vscode.l10n.t('{0} could not be created.', registryPath));
  });
  await vscode.window.showTextDocument(store.registryUri);
  store.requestRefresh();
}
