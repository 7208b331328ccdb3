// "Make the hook executable": for a script of a hook that lacks the permission to run.
import path from 'node:path';
import * as vscode from 'vscode';
import { visibleShort } from '../../findings/visible.ts';
import type { ScriptArgument } from '../commands/makeHookExecutable.ts';
import { commandIds } from '../ids.ts';
import { isTrusted } from '../trust.ts';
import type { Fix } from './fix.ts';

export const makeExecutable: Fix = ({ store, finding, diagnostic }) => {
  const script = finding.args.script;
  if (finding.code !== 'claude/not-executable' || typeof script !== 'string' || !isTrusted()) return [];
  const root = store.folder.uri.fsPath;
  const argument: ScriptArgument = {
    folder: store.folder.uri.toString(),
    path: path.isAbsolute(script) ? path.relative(root, script) : script,
  };
  const action = new vscode.CodeAction(
    vscode.l10n.t('Make {0} executable', visibleShort(argument.path, 60)),
    vscode.CodeActionKind.QuickFix,
  );
  action.command = { command: commandIds.makeHookExecutable, title: action.title, arguments: [argument] };
  action.diagnostics = [diagnostic];
  action.isPreferred = true;
  return [action];
};
