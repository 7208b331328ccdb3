// Nothing is written, run or served in a workspace that the user does not trust.
import * as vscode from 'vscode';
import { UserError } from '../findings/userError.ts';

export function isTrusted(): boolean {
  return vscode.workspace.isTrusted;
}

/** Every command that writes or starts calls this first: `enablement` hides it, this holds. @throws UserError */
export function requireTrust(): void {
  if (!isTrusted())
    throw new UserError(
      vscode.l10n.t(
        'This workspace is not trusted, so nothing is written or started in it. Run "Workspaces: Manage Workspace Trust" to change that.',
      ),
    );
}
