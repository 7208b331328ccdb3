// The one boundary that catches what commands throw: a UserError is shown as it is, anything else is a bug and is logged.
import * as vscode from 'vscode';
import { isUserError } from '../findings/userError.ts';
import { visibleShort } from '../findings/visible.ts';

/** Text for a notification. Those render `[words](link)`; text from a user's file must not become a link. */
export function notice(text: string): string {
  return visibleShort(text, 600).replaceAll('](', '] (');
}

/** Shows an error to the user: its message when they can mend it, a way to the log when it is ours. */
export async function showError(log: vscode.LogOutputChannel, doing: string, error: unknown): Promise<void> {
  if (isUserError(error)) {
    log.warn(`${doing}: ${error.message}`);
    await vscode.window.showErrorMessage(notice(error.message));
    return;
  }
  log.error(`${doing}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  const showLog = vscode.l10n.t('Show Log');
  const chosen = await vscode.window.showErrorMessage(
    vscode.l10n.t('Something went wrong in the extension itself ({0}). Nothing more was done.', doing),
    showLog,
  );
  if (chosen === showLog) log.show();
}

/** Registers a command whose failures reach the user once. The caller disposes. */
export function registerCommand(
  log: vscode.LogOutputChannel,
  id: string,
  run: (...args: readonly unknown[]) => unknown,
): vscode.Disposable {
  return vscode.commands.registerCommand(id, async (...args: readonly unknown[]) => {
    try {
      return await run(...args);
    } catch (error) {
      // Not awaited: the command is over, whether or not the user answers.
      void showError(log, id, error);
      return undefined;
    }
  });
}
