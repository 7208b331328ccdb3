// Back to what the registry says: one key, one file, some agents or all; and back to what was there before that.
import type { Files } from '../files/files.ts';
import { inWorkspace } from '../files/nodeFiles.ts';
import { type Finding, startOfFile } from '../findings/finding.ts';
import { visible } from '../findings/visible.ts';
import {
  type ApplyOptions,
  type ApplyResult,
  applyDraft,
  type Draft,
  type DraftChange,
} from './applyDraft.ts';
import { type Backup, keptPath } from './backUp.ts';
import { type OutputCode, outputCodes } from './codes.ts';
import { type DraftOptions, generateDraft } from './generateDraft.ts';
import { inTheWay } from './inTheWay.ts';
import { sha256 } from './lock.ts';

export type RestoreOptions = ApplyOptions & Omit<DraftOptions, 'force' | 'overEdits' | 'upgrade'>;

/**
 * Writes what the registry says over whatever is there, with a backup: the agents of `ids` (absent: all), one output
 * (`only.path`), or what differs in it at or below some pointers (`only.keys`), every other byte of the file kept.
 * Refuses as generate does, but for edits and files that cannot be read. @throws UserError as generate does.
 */
export function restore(options: RestoreOptions): Promise<ApplyResult> {
  const of = options.only?.path ?? options.ids?.join(' ') ?? '--all';
  const keys = options.only?.keys === undefined ? '' : ` ${options.only.keys.join(' ')}`;
  return applyDraft(options, `restore ${of}${keys}`, (files) =>
    generateDraft({ ...options, overEdits: true, force: true }, files),
  );
}

export interface UndoOptions extends ApplyOptions {
  readonly backup: Backup;
  /** Write over files that have changed since the backup was made, too; they are kept in turn. */
  readonly force?: boolean;
}

/**
 * Puts the files of a backup back, byte for byte. Refuses where a file is no longer what took its place then. What is
 * overwritten is kept in turn, so that undoing can be undone. @throws UserError as generate does.
 */
export function restoreBackup(options: UndoOptions): Promise<ApplyResult> {
  return applyDraft(options, `restore --backup ${options.backup.id}`, (files) => undoDraft(options, files));
}

const finding = (code: OutputCode, file: string, message: string): Finding => ({
  code,
  severity: outputCodes[code].severity,
  file,
  ...startOfFile,
  args: {},
  message,
});

function undoDraft({ root, backup, force }: UndoOptions, files: Files): Draft {
  const findings: Finding[] = [];
  const changes: DraftChange[] = [];
  let unchanged = 0;
  for (const { relative, after } of backup.files) {
    const blocked = inTheWay(relative, files, root);
    if (blocked !== undefined) {
      findings.push(finding(blocked.code, blocked.file, blocked.message));
      continue;
    }
    const target = inWorkspace(root, relative);
    const kept = keptPath(backup.folder, relative);
    const text = files.read(kept)?.text;
    const disk = files.read(target);
    if (text !== undefined && disk?.text === text) {
      unchanged++;
      continue;
    }
    const hasMovedOn = after === undefined || disk?.text === undefined || sha256(disk.text) !== after;
    if (hasMovedOn && disk !== undefined && force !== true) {
      findings.push(
        finding(
          'outputs/moved-on',
          relative,
          `${visible(relative)} has changed since the backup ${backup.id} was made, so it was not put back. To do it all the same, with what is there now kept: native-orchestrator restore --backup ${backup.id} --force`,
        ),
      );
      continue;
    }
    changes.push({
      path: files.realPath(target) ?? target,
      relative,
      text: text ?? '',
      copyOf: kept,
      before: disk?.text,
      needsBackup: disk !== undefined,
    });
  }
  return { findings, changes, unchanged, leftovers: [] };
}
