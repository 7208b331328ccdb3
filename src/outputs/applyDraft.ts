// Carries out what was worked out: alone, with a backup of what would be lost, all or nothing, and again when another
// generator got in the way.
import type { Files, WritableFiles } from '../files/files.ts';
import { inWorkspace } from '../files/nodeFiles.ts';
import { answersHold, recordedFiles } from '../files/recordedFiles.ts';
import { type Finding, hasErrors } from '../findings/finding.ts';
import { isUserError, UserError } from '../findings/userError.ts';
import { backUp, keptPath } from './backUp.ts';
import { generatorLockPath, withGeneratorLock } from './generatorLock.ts';
import type { OutputState } from './output.ts';
import { attempt, type FileChange, writeAll } from './write.ts';

/** One file to be written, and whether what it holds now would be lost otherwise. */
export interface DraftChange extends FileChange {
  /** Relative to the workspace, with `/`. */
  readonly relative: string;
  readonly needsBackup: boolean;
  /** How the output compares with the file; absent for what is no output, such as the lock. */
  readonly state?: OutputState;
}

/** What is to be done, worked out without touching anything. */
export interface Draft {
  /** With an error among them nothing is done. */
  readonly findings: readonly Finding[];
  readonly changes: readonly DraftChange[];
  /** How many files are already as they should be. */
  readonly unchanged: number;
  /** What else is to be said; an error among these is no reason to refuse. */
  readonly notes?: readonly Finding[];
  /** What a killed generator left: files it had begun. Absolute paths. */
  readonly leftovers: readonly string[];
  /** Files of agents that are no longer in the registry, which stay. Relative to the workspace. */
  readonly orphans?: readonly string[];
}

export interface ApplyOptions {
  readonly files: WritableFiles;
  /** Absolute path of the workspace. */
  readonly root: string;
  /** This workspace's folder in the state directory: backups of what is overwritten go there. Asked for only when needed. */
  readonly stateDirectory: () => string;
  /** Render and compare, write nothing. */
  readonly dryRun?: boolean;
  /** The time, for the list of backups: ISO 8601. Absent: a backup has none. */
  readonly now?: () => string;
  readonly signal?: AbortSignal;
  /** Called once when another generator is at work and is waited for. */
  readonly onWaiting?: () => void;
  /** Called as files reach the disk. */
  readonly onProgress?: (done: number, total: number) => void;
}

export interface ApplyResult {
  /** False when it refused or was cancelled: then nothing was written. */
  readonly done: boolean;
  /** Paths written (or, in a dry run, that would be), relative to the workspace. */
  readonly written: readonly string[];
  /** The same with their texts; empty when it refused. `before` is undefined where there was no text. */
  readonly changes: readonly Pick<DraftChange, 'relative' | 'text' | 'before' | 'isRemoval'>[];
  /** How many files were already as they should be. */
  readonly unchanged: number;
  /** Where the overwritten contents of edited files were kept; absent when nothing needed it. */
  readonly backup?: string;
  /** Why it refused (errors), and what else is worth knowing. */
  readonly findings: readonly Finding[];
}

const refused = (findings: readonly Finding[]): ApplyResult => ({
  done: false,
  written: [],
  changes: [],
  unchanged: 0,
  findings,
});

/** A draft that does nothing but say why. */
export const onlySays = (findings: readonly Finding[]): Draft => ({
  findings,
  changes: [],
  unchanged: 0,
  leftovers: [],
});

/**
 * Does what `draft` says, which is asked again when the disk has changed meanwhile. `what` names the work in the list of
 * backups, such as "generate --force".
 * @throws UserError when the disk refuses (read-only, full): the message says which file and what to do; nothing is half-written.
 */
export async function applyDraft(
  options: ApplyOptions,
  what: string,
  draft: (files: Files) => Draft,
): Promise<ApplyResult> {
  for (let tries = 1; ; tries++) {
    try {
      return await applyOnce(options, what, draft);
    } catch (error) {
      if (tries === mostTries || !wasOvertaken(error)) throw error;
    }
  }
}

/** How often a generator that another one got in the way of begins again. */
const mostTries = 3;

const overtaken = 'Another generate took over in this workspace. Run it again. Nothing was changed.';

/**
 * Whether two generators held the lock at once, which happens when several find the same stale one in the same
 * instant: the lock was lost, or the other one swept away what this one had begun. Nothing was changed then.
 */
function wasOvertaken(error: unknown): boolean {
  if (!isUserError(error)) return false;
  const { cause } = error;
  const isSwept = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
  return isSwept || error.message === overtaken;
}

async function applyOnce(
  options: ApplyOptions,
  what: string,
  draft: (files: Files) => Draft,
): Promise<ApplyResult> {
  const { files, root } = options;
  const seen = recordedFiles(files);
  const first = draft(seen);
  if (hasErrors(first.findings)) return refused(first.findings);
  if (options.dryRun === true) return resultOf(first, undefined);
  if (first.changes.length === 0) {
    const isTidy =
      first.leftovers.length === 0 && files.kind(inWorkspace(root, generatorLockPath)) === undefined;
    // Where nothing is to be written, a disk that refuses to be tidied is no reason to fail.
    if (!isTidy)
      await withGeneratorLock(files, root, () => removeAll(files, draft(files).leftovers)).catch(
        (error: unknown) => {
          if (!isUserError(error)) throw error;
        },
      );
    return resultOf(first, undefined);
  }
  const work = async (isLost: AbortSignal): Promise<ApplyResult> => {
    // Another generator may have written since: what counts is what is there now that we are alone.
    // The listings do not count: our own lock is in them.
    const isSame = answersHold(files, { ...seen.answers, list: {} });
    const now = isSame ? first : draft(files);
    if (hasErrors(now.findings)) return refused(now.findings);
    await removeAll(files, now.leftovers);
    const kept = now.changes.filter((change) => change.needsBackup);
    const backup =
      kept.length === 0
        ? undefined
        : await backUp(
            files,
            options.stateDirectory(),
            kept.map(({ relative, path, before, text, copyOf }) => ({
              relative,
              path,
              text: before,
              ...(copyOf === undefined || text !== '' ? { after: text } : {}),
            })),
            { what, ...(options.now === undefined ? {} : { at: options.now() }) },
          );
    const changes = now.changes.map((change) =>
      change.needsBackup && change.before === undefined && backup !== undefined
        ? { ...change, keptAs: keptPath(backup, change.relative) }
        : change,
    );
    const { signal, onProgress } = options;
    const isDone = await writeAll(files, changes, {
      root,
      signal: signal === undefined ? isLost : AbortSignal.any([signal, isLost]),
      ...(onProgress === undefined ? {} : { onProgress }),
    });
    if (isLost.aborted && !isDone) throw new UserError(overtaken);
    return isDone ? resultOf(now, backup) : refused(now.findings);
  };
  return (await withGeneratorLock(files, root, work, options)) ?? refused(first.findings);
}

async function removeAll(files: WritableFiles, paths: readonly string[]): Promise<void> {
  for (const file of paths) await attempt('remove', file, () => files.remove(file));
}

function resultOf(of: Draft, backup: string | undefined): ApplyResult {
  return {
    done: true,
    written: of.changes.map((change) => change.relative),
    changes: of.changes.map(({ relative, text, before, isRemoval }) => ({
      relative,
      text,
      before,
      ...(isRemoval === true ? { isRemoval } : {}),
    })),
    unchanged: of.unchanged,
    findings: [...of.findings, ...(of.notes ?? [])],
    ...(backup === undefined ? {} : { backup }),
  };
}
