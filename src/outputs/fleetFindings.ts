// What concerns the workspace as a whole: registry file, lock, live settings files, shared hooks, orphans.
import type { SettingsReport } from '../claude/checkSettings.ts';
import { climb } from '../claude/hookLadder.ts';
import type { HookStatus, OurContent } from '../claude/hookStatus.ts';
import type { FileContent, Files } from '../files/files.ts';
import { inWorkspace } from '../files/nodeFiles.ts';
import { type Finding, startOfFile } from '../findings/finding.ts';
import { visible } from '../findings/visible.ts';
import { registryPath } from '../registry/model.ts';
import { type OutputCode, outputCodes } from './codes.ts';
import { compareOutput } from './compare.ts';
import type { AgentStatus, InspectOptions, UnregisteredDirectory } from './fleet.ts';
import { type LockEntry, type LockFile, lockPath, parseLock, plainText, sha256 } from './lock.ts';
import { hookFindings } from './ourHooks.ts';
import type { Output, OutputState } from './output.ts';
import { bashPath, guardPath } from './plan.ts';

const plain = (code: OutputCode, file: string, message: string, args: Finding['args'] = {}): Finding => ({
  code,
  severity: outputCodes[code].severity,
  file,
  ...startOfFile,
  args,
  message,
});

/** What to say when there is no text of a registry. */
export function registryFindings(content: FileContent | undefined): readonly Finding[] {
  if (content === undefined)
    return [
      plain(
        'outputs/registry-absent',
        registryPath,
        `There is no ${registryPath} in this workspace. Create it, or name the right folder with --workspace.`,
      ),
    ];
  return [
    plain(
      'outputs/registry-unreadable',
      registryPath,
      `${registryPath} ${content.unreadable ?? ''}. Mend that first.`,
    ),
  ];
}

/** Reads the lock of a workspace. */
export function readLock(files: Files, root: string): LockFile {
  const content = files.read(inWorkspace(root, lockPath));
  if (content === undefined) return { kind: 'absent' };
  if (content.text === undefined) return { kind: 'damaged', reason: `it ${content.unreadable}` };
  return parseLock(content.text);
}

export function lockFindings(lockFile: LockFile): readonly Finding[] {
  if (lockFile.kind === 'damaged')
    return [
      plain(
        'outputs/lock-damaged',
        lockPath,
        `The lock cannot be used: ${lockFile.reason}. Until it is written anew it is unknown who changed what, and any difference counts as an edit. Write it anew: native-orchestrator generate --all`,
      ),
    ];
  if (lockFile.kind === 'newer')
    return [
      plain(
        'outputs/lock-newer',
        lockPath,
        `The outputs were written by version ${visible(lockFile.generator)} in format ${lockFile.format}, which this version does not know. Update Native Orchestrator.`,
      ),
    ];
  return [];
}

/** What to say when there are outputs and no lock: the comparison is two-way. */
export function lockAbsent(lockFile: LockFile, agents: readonly AgentStatus[]): readonly Finding[] {
  const isThere = (state: OutputState): boolean => state.drift !== 'missing';
  if (lockFile.kind !== 'absent' || !agents.some(({ outputs }) => outputs.some(isThere))) return [];
  return [
    plain(
      'outputs/lock-absent',
      lockPath,
      `There is no ${lockPath}, so it is unknown who changed what, and any difference counts as an edit. Bring it back from version control, or write it anew: native-orchestrator generate --all`,
    ),
  ];
}

/** What to say of a live settings file that is there and cannot be read. */
export function liveUnreadable(file: string, reason: string): Finding {
  return plain(
    'outputs/live-unreadable',
    file,
    `${file} ${reason}, so it is unknown whether it switches the guards off. Mend that.`,
  );
}

/** The hooks of a settings file that is live for every agent of the workspace, climbed. */
export function liveHooks(
  file: string,
  report: SettingsReport,
  options: InspectOptions,
  ours: (relative: string) => OurContent | undefined,
): readonly HookStatus[] {
  const { files, root, findProgram, home } = options;
  const climbOptions = {
    files,
    workspaceRoot: root,
    file,
    ours,
    ...(findProgram === undefined ? {} : { findProgram }),
    ...(home === undefined ? {} : { home }),
  };
  return report.hooks.map((hook) => climb(hook, climbOptions));
}

/** The findings of a settings file that is live for every agent of the workspace, whoever wrote it. */
export function liveFindings(
  file: string,
  report: SettingsReport,
  hooks: readonly HookStatus[],
): readonly Finding[] {
  const off = report.disablesHooks
    ? [
        plain(
          'outputs/hooks-off',
          file,
          `${file} switches all hooks off. A guard runs only where settings above it, such as generated ones given with --settings, say otherwise. Remove disableAllHooks from it.`,
        ),
      ]
    : [];
  return [...report.findings, ...hookFindings(hooks), ...off];
}

/**
 * Compares a shared hook. Where another version of ours wrote it, it is held against the lock and not against our
 * bytes, so that two people on two versions do not undo each other (DESIGN.md section 4, "Versions"). The guard and
 * its part for shell commands go together: another version's guard takes no other part than its own, so both are kept
 * or neither is.
 */
export function compareShared(
  output: Output,
  files: Files,
  root: string,
  lockFile: LockFile,
  version: string,
): OutputState {
  const disk = files.read(inWorkspace(root, output.path));
  const lock = lockFile.kind === 'good' ? lockFile.lock : undefined;
  const locked = lock?.outputs.get(output.path);
  const isAsLocked = (file: string): boolean => {
    const text = files.read(inWorkspace(root, file))?.text;
    return text !== undefined && sha256(plainText(text)) === lock?.outputs.get(file)?.sha256;
  };
  const together = output.kind === 'report' ? [] : [guardPath, bashPath];
  // Versions before there was such a part have none in their lock.
  const parts = together.filter((file) => lock?.outputs.has(file));
  const isOthers = lock !== undefined && lock.generator !== version && locked !== undefined;
  if (isOthers && disk?.text !== undefined && [output.path, ...parts].every(isAsLocked))
    return { path: output.path, kind: output.kind, drift: 'inSync', keys: [], wanted: plainText(disk.text) };
  return compareOutput(output, disk, locked);
}

/** Outputs that the lock knows, that exist, and whose agent is gone from the registry. */
export function orphanFindings(
  unregistered: readonly UnregisteredDirectory[],
  files: Files,
  root: string,
  locked: ReadonlyMap<string, LockEntry>,
): readonly Finding[] {
  const orphans = new Set(unregistered.filter((directory) => directory.isOrphan).map(({ name }) => name));
  return [...locked.keys()]
    .filter(
      (path) => orphans.has(path.split('/')[1] ?? '') && files.kind(inWorkspace(root, path)) !== undefined,
    )
    .map((path) =>
      plain(
        'outputs/orphan',
        path,
        `${visible(path)} was generated for an agent that is no longer in ${registryPath}. Put the agent back, or remove the directory.`,
        { path },
      ),
    );
}
