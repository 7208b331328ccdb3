// The programs that a session runs with, looked up as the settings say; where one is missing the user is told the way out.
import * as vscode from 'vscode';
import { UserError } from '../../findings/userError.ts';
import type { FoundProgram } from '../../sessions/programs.ts';
import { findClaude, findNode } from '../../sessions/programs.ts';
import { notice } from '../errors.ts';
import { settingKeys, settingsSection } from '../ids.ts';
import { ownNode, programSetting, thisMachine } from '../machine.ts';

/** Where people read how to get the CLI. */
const installPage = 'https://code.claude.com/docs/en/setup';

/** Absolute paths. */
export interface Programs {
  readonly claudePath: string;
  readonly nodePath: string;
}

const lookedForClaude = ({ lookedAt }: FoundProgram): string =>
  vscode.l10n.t('claude was not found. Looked at: {0}.', lookedAt.join(', '));

/** Says where claude was looked for, and offers the two ways out. */
async function sayClaudeIsMissing(found: FoundProgram): Promise<void> {
  const install = vscode.l10n.t('Install…');
  const setPath = vscode.l10n.t('Set Path…');
  const chosen = await vscode.window.showErrorMessage(notice(lookedForClaude(found)), install, setPath);
  if (chosen === install) await vscode.env.openExternal(vscode.Uri.parse(installPage));
  if (chosen === setPath)
    await vscode.commands.executeCommand(
      'workbench.action.openSettings',
      `${settingsSection}.${settingKeys.claudePath}`,
    );
}

/** Claude and node; undefined when claude is nowhere, which was said then. @throws UserError when node is nowhere. */
export async function requirePrograms(): Promise<Programs | undefined> {
  const claude = await findClaude(thisMachine(), programSetting(settingKeys.claudePath));
  if (claude.path !== undefined) return withNode(claude.path);
  await sayClaudeIsMissing(claude);
  return undefined;
}

/** The same where nobody is there to be told. @throws UserError when either is nowhere. */
export async function findPrograms(): Promise<Programs> {
  const claude = await findClaude(thisMachine(), programSetting(settingKeys.claudePath));
  if (claude.path === undefined) throw new UserError(lookedForClaude(claude));
  return withNode(claude.path);
}

async function withNode(claudePath: string): Promise<Programs> {
  const node = await findNode(thisMachine(), programSetting(settingKeys.nodePath), ownNode());
  if (node.path === undefined)
    throw new UserError(
      vscode.l10n.t(
        'node was not found, and the guard runs with it. Looked at: {0}. Install Node 20 or later, or set nativeOrchestrator.nodePath.',
        node.lookedAt.join(', '),
      ),
    );
  return { claudePath, nodePath: node.path };
}
