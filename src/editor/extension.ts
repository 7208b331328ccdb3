// The extension's entry: constructs, registers, and is done.
import * as vscode from 'vscode';

export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('Agents', { log: true });
  context.subscriptions.push(log);
  log.info('activated');
}
