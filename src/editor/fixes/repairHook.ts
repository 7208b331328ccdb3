// The quick fixes of a hook that does not get to run: each as an edit that can be previewed and undone. Loaded on first use.
import * as vscode from 'vscode';
import { type HookRepair, hookRepairs } from '../../claude/hookRepairs.ts';
import type { HookStatus } from '../../claude/hookStatus.ts';
import { nodeFiles } from '../../files/nodeFiles.ts';
import { visibleShort } from '../../findings/visible.ts';
import { findOnPath } from '../../sessions/programs.ts';
import type { ScriptArgument } from '../commands/makeHookExecutable.ts';
import { commandIds } from '../ids.ts';
import { isTrusted } from '../trust.ts';
import type { FixRequest } from './fix.ts';
import { replaceChanged } from './replaceChanged.ts';

/** Files of the script's name that are looked at; each costs a line in the list of fixes. */
const mostSameName = 20;

/** The mends of a finding of a hook; none for other findings, and none that write in an untrusted workspace. */
export async function repairHook(
  request: FixRequest,
  token: vscode.CancellationToken,
): Promise<readonly vscode.CodeAction[]> {
  const { store, document, finding } = request;
  const status = statusOf(request);
  if (status === undefined || !isTrusted()) return [];
  const repairs = hookRepairs({
    text: document.getText(),
    status,
    finding,
    files: nodeFiles,
    workspaceRoot: store.folder.uri.fsPath,
    findProgram: (name) =>
      findOnPath({ files: nodeFiles, platform: process.platform, env: process.env }, name),
    sameName: finding.code === 'claude/script-missing' ? await filesNamed(request, status, token) : [],
  });
  const actions: vscode.CodeAction[] = [];
  for (const repair of repairs) actions.push(await actionOf(repair, request));
  return token.isCancellationRequested ? [] : actions;
}

/** The hook that a finding is about, as it was last inspected. */
function statusOf({ store, finding }: FixRequest): HookStatus | undefined {
  const fleet = store.fleet;
  const hooks = [
    ...(fleet?.agents.find(({ agent }) => agent.id === finding.agent)?.hooks ?? []),
    ...[...(fleet?.liveHooks ?? []), ...(fleet?.otherHooks ?? [])].flatMap((each) => each.hooks),
  ];
  return hooks.find(({ file, hook }) => file === finding.file && hook.pointer === finding.key);
}

async function filesNamed(
  { store }: FixRequest,
  { script }: HookStatus,
  token: vscode.CancellationToken,
): Promise<readonly string[]> {
  const name = script?.split(/[\\/]/).at(-1) ?? '';
  if (name === '' || /[*?{}[\]\\]/.test(name)) return [];
  const found = await vscode.workspace.findFiles(
    new vscode.RelativePattern(store.folder, `**/${name}`),
    '**/{node_modules,.git,worktrees}/**',
    mostSameName,
    token,
  );
  return found
    .map((uri) => vscode.workspace.asRelativePath(uri, false))
    .sort((a, b) => a.split('/').length - b.split('/').length || (a < b ? -1 : 1));
}

function titleOf({ kind, name, other }: HookRepair): string {
  const shown = visibleShort(name, 60);
  const beside = visibleShort(other ?? '', 60);
  const titles: Readonly<Record<HookRepair['kind'], string>> = {
    path: vscode.l10n.t('Correct the path to {0}', shown),
    quotes: vscode.l10n.t('Put the path in double quotes'),
    projectFolder: vscode.l10n.t('Begin the path with $CLAUDE_PROJECT_DIR'),
    execForm: vscode.l10n.t('Run it without a shell (command and args)'),
    nameInterpreter: vscode.l10n.t('Run it with {0}', shown),
    interpreter: vscode.l10n.t('Use {0} instead of {1}', shown, beside),
    shebang: vscode.l10n.t('Add a #! line for {0} to {1}', shown, beside),
    lineEnds: vscode.l10n.t('Save {0} with LF line ends', shown),
    create: vscode.l10n.t('Create {0}, a script that does nothing yet', shown),
  };
  return titles[kind];
}

async function actionOf(
  repair: HookRepair,
  { store, document, diagnostic }: FixRequest,
): Promise<vscode.CodeAction> {
  const action = new vscode.CodeAction(titleOf(repair), vscode.CodeActionKind.QuickFix);
  const edit = new vscode.WorkspaceEdit();
  if (repair.settings !== undefined) replaceChanged(edit, document, repair.settings);
  const { script } = repair;
  if (script !== undefined) {
    const uri = store.uriOf(script.path);
    if (script.isNew) {
      edit.createFile(uri, { overwrite: false });
      edit.insert(uri, new vscode.Position(0, 0), script.text);
    } else if (repair.kind !== 'lineEnds') {
      replaceChanged(edit, await vscode.workspace.openTextDocument(uri), script.text);
    }
    // What runs is the file on the disk: it is saved at once, and a new one may be executed.
    const argument: ScriptArgument = {
      folder: store.folder.uri.toString(),
      path: script.path,
      keepsMode: !script.isNew,
      // An edit of texts keeps a document's line ends; the command changes them.
      ...(repair.kind === 'lineEnds' ? { takesLf: true } : {}),
    };
    action.command = { command: commandIds.makeHookExecutable, title: action.title, arguments: [argument] };
  }
  if (edit.size > 0) action.edit = edit;
  action.diagnostics = [diagnostic];
  action.isPreferred = repair.isPreferred;
  return action;
}
