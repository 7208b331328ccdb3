// "Migrate this file": for what is of the form of earlier tooling, a settings file or the settings template. Loaded on first use.
import * as vscode from 'vscode';
import type { MigrateArgument } from '../commands/migrateSettings.ts';
import { commandIds } from '../ids.ts';
import { isTrusted } from '../trust.ts';
import type { FixRequest } from './fix.ts';

const ofFiles = /^(claude\/legacy-(hook|hook-skipped|key)|outputs\/legacy-(disagrees|missing-file))$/;
const ofTemplates = /^outputs\/template-(dropped|unguarded)$/;

/** The way over to the real form; none for other findings, or for files of no agent. */
export function migrateFile({ store, finding, diagnostic }: FixRequest): readonly vscode.CodeAction[] {
  if (!isTrusted()) return [];
  const folder = store.folder.uri.toString();
  const isTemplate = ofTemplates.test(finding.code);
  const { agent } = finding;
  if (!isTemplate && (agent === undefined || !ofFiles.test(finding.code))) return [];
  const action = new vscode.CodeAction(
    isTemplate ? vscode.l10n.t('Use the built-in settings…') : vscode.l10n.t('Migrate this file…'),
    vscode.CodeActionKind.QuickFix,
  );
  const argument: MigrateArgument = { folder, ...(isTemplate || agent === undefined ? {} : { agent }) };
  action.command = { command: commandIds.migrate, title: action.title, arguments: [argument] };
  action.diagnostics = [diagnostic];
  action.isPreferred = true;
  return [action];
}
