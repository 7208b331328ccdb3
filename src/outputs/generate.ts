// Registry → files. Everything is rendered and validated before the first byte is written; then all or nothing.
import path from 'node:path';
import { checkSettings } from '../claude/checkSettings.ts';
import type { Files, WritableFiles } from '../files/files.ts';
import { inWorkspace } from '../files/nodeFiles.ts';
import { answersHold, recordedFiles } from '../files/recordedFiles.ts';
import { type Finding, hasErrors, startOfFile } from '../findings/finding.ts';
import { nearMiss } from '../findings/nearMiss.ts';
import { isUserError, UserError } from '../findings/userError.ts';
import { visible, visibleShort } from '../findings/visible.ts';
import { type Registry, registryPath } from '../registry/model.ts';
import { parseRegistry } from '../registry/parse.ts';
import { workspaceFindings } from '../registry/workspaceRules.ts';
import { backUp, keptPath } from './backUp.ts';
import { type OutputCode, outputCodes } from './codes.ts';
import { compareOutput } from './compare.ts';
import { compareShared, lockFindings, readLock, registryFindings } from './fleetFindings.ts';
import { generatorLockPath, withGeneratorLock } from './generatorLock.ts';
import { inTheWay } from './inTheWay.ts';
import {
  type LockEntry,
  type LockFile,
  lockEntryOf,
  lockPath,
  plainText,
  registryHash,
  renderLock,
} from './lock.ts';
import { writeMemory } from './memory.ts';
import { type HookSources, hookKinds, type Output, type OutputState } from './output.ts';
import { plannerOf, planShared } from './plan.ts';
import { attempt, type FileChange, isLeftover, writeAll } from './write.ts';

export interface GenerateOptions {
  readonly files: WritableFiles;
  readonly root: string;
  readonly hooks: HookSources;
  /** The version of this generator; it goes into the lock. */
  readonly version: string;
  /** This workspace's folder in the state directory: backups of what is overwritten go there. Asked for only when needed. */
  readonly stateDirectory: () => string;
  /** Only these agents (and the shared hooks); absent means all. */
  readonly ids?: readonly string[];
  /** Render and compare, write nothing. */
  readonly dryRun?: boolean;
  /** Write over files that cannot be read as what they should be; a backup is kept. */
  readonly force?: boolean;
  /** Replace hooks that another version wrote. */
  readonly upgrade?: boolean;
  readonly signal?: AbortSignal;
  /** Called as files reach the disk. */
  readonly onProgress?: (done: number, total: number) => void;
}

export interface GenerateResult {
  /** False when it refused or was cancelled: then nothing was written. */
  readonly done: boolean;
  /** Paths written (or, in a dry run, that would be), relative to the workspace. */
  readonly written: readonly string[];
  /** How many outputs were already as they should be. */
  readonly unchanged: number;
  /** Where the overwritten contents of edited files were kept; absent when nothing needed it. */
  readonly backup?: string;
  /** Why it refused (errors), and what else is worth knowing. */
  readonly findings: readonly Finding[];
}

/** What is to be done, worked out without touching anything. */
interface Draft {
  readonly findings: readonly Finding[];
  /** The outputs to be written, as they are now. */
  readonly changes: readonly (FileChange & { readonly relative: string; readonly needsBackup: boolean })[];
  readonly unchanged: number;
  /** What a killed generator left: files it had begun, and its lock. Absolute paths. */
  readonly leftovers: readonly string[];
}

const finding = (code: OutputCode, file: string, message: string, agent?: string): Finding => ({
  code,
  severity: outputCodes[code].severity,
  file,
  ...startOfFile,
  ...(agent === undefined ? {} : { agent }),
  args: {},
  message,
});

const refused = (findings: readonly Finding[]): GenerateResult => ({
  done: false,
  written: [],
  unchanged: 0,
  findings,
});

/**
 * Writes the outputs of some or all agents. Refuses, with errors among the findings and nothing written, when the
 * registry has an error, an agent is unknown, or a file could be lost.
 * @throws UserError when the disk refuses (read-only, full): the message says which file and what to do; nothing is half-written.
 */
export async function generate(options: GenerateOptions): Promise<GenerateResult> {
  for (let tries = 1; ; tries++) {
    try {
      return await generateOnce(options);
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

async function generateOnce(options: GenerateOptions): Promise<GenerateResult> {
  const { files, root } = options;
  const seen = recordedFiles(files);
  const first = draft(options, seen);
  if (hasErrors(first.findings)) return refused(first.findings);
  if (options.dryRun === true) return resultOf(first, undefined);
  if (first.changes.length === 0) {
    const isTidy =
      first.leftovers.length === 0 && files.kind(inWorkspace(root, generatorLockPath)) === undefined;
    // Where nothing is to be written, a disk that refuses to be tidied is no reason to fail.
    if (!isTidy)
      await withGeneratorLock(files, root, () => removeAll(files, draft(options).leftovers)).catch(
        (error: unknown) => {
          if (!isUserError(error)) throw error;
        },
      );
    return resultOf(first, undefined);
  }
  const work = async (isLost: AbortSignal): Promise<GenerateResult> => {
    // Another generator may have written since: what counts is what is there now that we are alone.
    // The listings do not count: our own lock is in them.
    const isSame = answersHold(files, { ...seen.answers, list: {} });
    const now = isSame ? first : draft(options);
    if (hasErrors(now.findings)) return refused(now.findings);
    await removeAll(files, now.leftovers);
    const kept = now.changes.filter((change) => change.needsBackup);
    const backup =
      kept.length === 0
        ? undefined
        : await backUp(
            files,
            options.stateDirectory(),
            kept.map((change) => ({ relative: change.relative, path: change.path, text: change.before })),
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
  return (await withGeneratorLock(files, root, work, options.signal)) ?? refused(first.findings);
}

async function removeAll(files: WritableFiles, paths: readonly string[]): Promise<void> {
  for (const file of paths) await attempt('remove', file, () => files.remove(file));
}

function resultOf(of: Draft, backup: string | undefined): GenerateResult {
  return {
    done: true,
    written: of.changes.map((change) => change.relative),
    unchanged: of.unchanged,
    findings: of.findings,
    ...(backup === undefined ? {} : { backup }),
  };
}

function draft(options: GenerateOptions, files: Files = options.files): Draft {
  const { root } = options;
  const none = (findings: readonly Finding[]): Draft => ({
    findings,
    changes: [],
    unchanged: 0,
    leftovers: [],
  });
  const content = files.read(inWorkspace(root, registryPath));
  if (content?.text === undefined) return none(registryFindings(content));
  const { registry, findings: said, positions } = parseRegistry(content.text);
  if (registry === undefined) return none(said);
  const exists = (file: string): boolean => files.read(path.resolve(root, file))?.text !== undefined;
  const absent = workspaceFindings(registry, positions, exists);
  if (hasErrors(absent)) return none([...said, ...absent]);
  const unknown = (options.ids ?? []).filter((id) => !registry.agents.has(id));
  if (unknown.length > 0) return none(unknown.map((id) => unknownAgent(id, registry)));
  const lockFile = readLock(files, root);
  const lockObstacle = inTheWay(lockPath, files, root);
  const findings: Finding[] = [
    ...said,
    ...(lockObstacle === undefined
      ? lockFindings(lockFile)
      : [finding(lockObstacle.code, lockObstacle.file, lockObstacle.message)]),
  ];
  if (lockFile.kind === 'newer') return none(findings);

  const chosen = options.ids === undefined ? undefined : new Set(options.ids);
  const outputs: Output[] = planShared(options.hooks).slice();
  const planner = plannerOf(registry);
  for (const agent of registry.agents.values())
    if (chosen === undefined || chosen.has(agent.id)) outputs.push(...planner.outputsOf(agent));
  const changes: Draft['changes'][number][] = [];
  let unchanged = 0;
  const entries = new Map(lockFile.kind === 'good' ? lockFile.lock.outputs : []);
  for (const output of outputs) {
    const target = inWorkspace(root, output.path);
    const blocked = inTheWay(output.path, files, root);
    if (blocked !== undefined) {
      // A folder that is in the way is in the way of several outputs: said once.
      if (!findings.some((known) => known.code === blocked.code && known.file === blocked.file))
        findings.push(finding(blocked.code, blocked.file, blocked.message, output.agent));
      continue;
    }
    const disk = files.read(target);
    const locked = entries.get(output.path);
    const isHook = hookKinds.has(output.kind);
    const state =
      isHook && options.upgrade !== true
        ? compareShared(output, files, root, lockFile, options.version)
        : compareOutput(output, disk, locked);
    const isOthers = isHook && state.drift === 'inSync' && state.wanted !== output.text;
    if (!isOthers) entries.set(output.path, lockEntryOf(output));
    if (state.drift === 'inSync' || state.drift === 'converged') {
      unchanged++;
      continue;
    }
    const problem = problemOf(state, output, options);
    if (problem !== undefined) {
      findings.push(problem);
      continue;
    }
    changes.push({
      path: files.realPath(target) ?? target,
      relative: output.path,
      text: state.drift === 'unreadable' ? wholeText(output) : (state.wanted ?? wholeText(output)),
      before: disk?.text,
      needsBackup: state.drift !== 'missing' && state.drift !== 'stale',
    });
  }
  const lock = lockChange(options, files, registry, lockFile, entries, chosen === undefined);
  if (lock !== undefined) changes.push(lock);
  return { findings, changes, unchanged, leftovers: leftoversOf(files, root, [lockPath, ...entries.keys()]) };
}

/** Files that a killed generator had begun beside the outputs. Only who holds the generators' lock may remove them. */
function leftoversOf(files: Files, root: string, outputs: readonly string[]): readonly string[] {
  const folders = new Set(outputs.map((output) => path.posix.dirname(output)));
  return [...folders].flatMap((folder) => {
    if (inTheWay(`${folder}/-`, files, root) !== undefined) return []; // such as a link out of the workspace
    const at = inWorkspace(root, folder);
    return files
      .list(at)
      .filter(isLeftover)
      .map((name) => path.join(at, name))
      .filter((file) => files.kind(file) === 'file');
  });
}

const wholeText = (output: Output): string =>
  output.kind === 'memory' ? (writeMemory(output.text, undefined) ?? output.text) : output.text;

function unknownAgent(id: string, registry: Registry): Finding {
  const near = nearMiss(id, registry.agents.keys());
  const hint = near === undefined ? 'native-orchestrator list shows those it has' : `did you mean ${near}?`;
  return finding(
    'outputs/unknown-agent',
    registryPath,
    `The registry has no agent ${visibleShort(JSON.stringify(id))}: ${hint}`,
  );
}

/** Why an output may not be written, or undefined. */
function problemOf(state: OutputState, output: Output, options: GenerateOptions): Finding | undefined {
  if (state.drift === 'unreadable' && options.force !== true)
    return finding(
      'outputs/unreadable',
      output.path,
      `${output.path} ${visible(state.reason ?? 'cannot be read')}. It may hold something of yours, so nothing was written: mend it, move it away, or run generate --force${output.agent === undefined ? '' : ` ${output.agent}`} (a backup is kept).`,
      output.agent,
    );
  // Our own text is never dropped; only the keys of others can spoil it.
  if (output.kind !== 'settings' || state.wanted === undefined || state.wanted === output.text)
    return undefined;
  const report = checkSettings(state.wanted, { file: output.path, source: 'flag' });
  if (!report.dropped) return undefined;
  const cause = report.findings.find((found) => found.severity === 'error');
  return finding(
    'outputs/would-be-dropped',
    output.path,
    `With the keys that are in ${output.path} besides ours, the CLI would drop the whole file, so nothing was written. ${cause?.message ?? ''}`,
    output.agent,
  );
}

/** The lock as it should be afterwards; undefined when it is so already. */
function lockChange(
  options: GenerateOptions,
  files: Files,
  registry: Registry,
  lockFile: LockFile,
  entries: Map<string, LockEntry>,
  isWhole: boolean,
): Draft['changes'][number] | undefined {
  const { root, version } = options;
  for (const [output, entry] of entries) {
    const isGone = entry.agent !== undefined && !registry.agents.has(entry.agent);
    if (isGone && files.kind(inWorkspace(root, output)) === undefined) entries.delete(output);
  }
  const before = lockFile.kind === 'good' ? lockFile.lock : undefined;
  const applied = isWhole ? registryHash(registry) : before?.registry;
  const keepsOthers = before !== undefined && before.generator !== version && options.upgrade !== true;
  const text = renderLock({
    generator: keepsOthers ? before.generator : version,
    outputs: entries,
    ...(applied === undefined ? {} : { registry: applied }),
  });
  const target = inWorkspace(root, lockPath);
  const disk = files.read(target);
  if (disk?.text !== undefined && plainText(disk.text) === text) return undefined;
  return {
    path: files.realPath(target) ?? target,
    relative: lockPath,
    text,
    before: disk?.text,
    needsBackup: lockFile.kind === 'damaged',
  };
}
