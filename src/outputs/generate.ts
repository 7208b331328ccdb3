// Registry → files. Everything is rendered and validated before the first byte is written; then all or nothing.
import path from 'node:path';
import { checkSettings } from '../claude/checkSettings.ts';
import type { WritableFiles } from '../files/files.ts';
import { inWorkspace } from '../files/nodeFiles.ts';
import { type Finding, hasErrors, startOfFile } from '../findings/finding.ts';
import { nearMiss } from '../findings/nearMiss.ts';
import { UserError } from '../findings/userError.ts';
import { visible } from '../findings/visible.ts';
import { type Registry, registryPath } from '../registry/model.ts';
import { parseRegistry } from '../registry/parse.ts';
import { backUp } from './backUp.ts';
import { type OutputCode, outputCodes } from './codes.ts';
import { compareOutput } from './compare.ts';
import { compareShared, lockFindings, readLock, registryFindings } from './fleetFindings.ts';
import { type LockEntry, type LockFile, lockEntryOf, lockPath, registryHash, renderLock } from './lock.ts';
import { writeMemory } from './memory.ts';
import type { HookSources, Output, OutputState } from './output.ts';
import { planAgent, planShared } from './plan.ts';
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
  const first = draft(options);
  if (hasErrors(first.findings)) return refused(first.findings);
  const nothingToDo = first.changes.length === 0;
  if (nothingToDo || options.dryRun === true) return resultOf(first, undefined);
  return withGeneratorLock(options, async () => {
    // Another generator may have written since: what counts is what is there now that we are alone.
    const now = draft(options);
    if (hasErrors(now.findings)) return refused(now.findings);
    await removeLeftovers(options.files, now.changes);
    const kept = now.changes.flatMap((change) =>
      change.needsBackup && change.before !== undefined
        ? [{ relative: change.relative, text: change.before }]
        : [],
    );
    const backup =
      kept.length === 0 ? undefined : await backUp(options.files, options.stateDirectory(), kept);
    const { files, root, signal, onProgress } = options;
    const isDone = await writeAll(files, now.changes, {
      root,
      ...(signal === undefined ? {} : { signal }),
      ...(onProgress === undefined ? {} : { onProgress }),
    });
    return isDone ? resultOf(now, backup) : refused(now.findings);
  });
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

function draft(options: GenerateOptions): Draft {
  const { files, root } = options;
  const none = (findings: readonly Finding[]): Draft => ({ findings, changes: [], unchanged: 0 });
  const content = files.read(inWorkspace(root, registryPath));
  if (content?.text === undefined) return none(registryFindings(content));
  const { registry, findings: said } = parseRegistry(content.text);
  if (registry === undefined) return none(said);
  const unknown = (options.ids ?? []).filter((id) => !registry.agents.has(id));
  if (unknown.length > 0) return none(unknown.map((id) => unknownAgent(id, registry)));
  const lockFile = readLock(files, root);
  const findings = [...said, ...lockFindings(lockFile)];
  if (lockFile.kind === 'newer') return none(findings);

  const chosen = options.ids === undefined ? undefined : new Set(options.ids);
  const outputs: Output[] = planShared(options.hooks).slice();
  for (const agent of registry.agents.values())
    if (chosen === undefined || chosen.has(agent.id)) outputs.push(...planAgent(agent, registry));
  const changes: Draft['changes'][number][] = [];
  let unchanged = 0;
  const entries = new Map(lockFile.kind === 'good' ? lockFile.lock.outputs : []);
  for (const output of outputs) {
    const target = inWorkspace(root, output.path);
    const blocked = blockedBy(output, files, root);
    if (blocked !== undefined) {
      findings.push(blocked);
      continue;
    }
    const disk = files.read(target);
    const locked = entries.get(output.path);
    const isHook = output.kind === 'guard' || output.kind === 'report';
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
  const lock = lockChange(options, registry, lockFile, entries, chosen === undefined);
  if (lock !== undefined) changes.push(lock);
  return { findings, changes, unchanged };
}

const wholeText = (output: Output): string =>
  output.kind === 'memory' ? (writeMemory(output.text, undefined) ?? output.text) : output.text;

function unknownAgent(id: string, registry: Registry): Finding {
  const near = nearMiss(id, registry.agents.keys());
  const hint = near === undefined ? 'native-orchestrator list shows those it has' : `did you mean ${near}?`;
  return finding(
    'outputs/unknown-agent',
    registryPath,
    `The registry has no agent ${visible(JSON.stringify(id))}: ${hint}`,
  );
}

/** A file where a folder should be, or a symbolic link that leads out of the workspace. */
function blockedBy(output: Output, files: WritableFiles, root: string): Finding | undefined {
  const realRoot = files.realPath(root) ?? root;
  const segments = output.path.split('/');
  for (let length = 1; length <= segments.length; length++) {
    const relative = segments.slice(0, length).join('/');
    const at = inWorkspace(root, relative);
    const kind = files.kind(at);
    if (kind === undefined) return undefined;
    const isLast = length === segments.length;
    if (kind === 'symlink') {
      const real = files.realPath(at);
      const inside = real === undefined ? '..' : path.relative(realRoot, real);
      if (inside === '' || inside.startsWith('..') || path.isAbsolute(inside))
        return finding(
          'outputs/leads-outside',
          output.path,
          `${relative} is a symbolic link that leads out of the workspace. Nothing is written through it; replace it by a ${isLast ? 'file' : 'folder'}.`,
          output.agent,
        );
    } else if (!isLast && kind !== 'directory')
      return finding(
        'outputs/unreadable',
        relative,
        `${relative} is a file, and a folder must stand there for ${output.path}. Move it away and run it again.`,
        output.agent,
      );
    else if (isLast && kind !== 'file')
      return finding(
        'outputs/unreadable',
        output.path,
        `${output.path} is not a file. Move it away and run it again.`,
        output.agent,
      );
  }
  return undefined;
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
  if (output.kind !== 'settings' || state.wanted === undefined) return undefined;
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
  registry: Registry,
  lockFile: LockFile,
  entries: Map<string, LockEntry>,
  isWhole: boolean,
): Draft['changes'][number] | undefined {
  const { files, root, version } = options;
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
  if (disk?.text === text) return undefined;
  return {
    path: files.realPath(target) ?? target,
    relative: lockPath,
    text,
    before: disk?.text,
    needsBackup: lockFile.kind === 'damaged',
  };
}

/** Files that a killed generator had begun beside ours. We hold the generator lock, so nobody is writing them. */
async function removeLeftovers(files: WritableFiles, changes: Draft['changes']): Promise<void> {
  for (const directory of new Set(changes.map((change) => path.dirname(change.path))))
    for (const name of files.list(directory))
      if (isLeftover(name)) await files.remove(path.join(directory, name));
}

/** One generator at a time in a workspace, on all machines that share it. Waits some seconds for another to end. */
async function withGeneratorLock<T>(options: GenerateOptions, work: () => Promise<T>): Promise<T> {
  const { root } = options;
  // Loaded only where something is to be written.
  const { default: lockfile } = await import('proper-lockfile');
  const held = inWorkspace(root, 'agents/.generating');
  const release = await attempt('write in', inWorkspace(root, 'agents'), async () => {
    try {
      return await lockfile.lock(inWorkspace(root, 'agents'), {
        lockfilePath: held,
        stale: 5_000,
        update: 1_000,
        retries: { retries: 60, factor: 1, minTimeout: 200, maxTimeout: 200 },
      });
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ELOCKED')
        throw new UserError(
          `Another generate is writing in this workspace and has not ended. Wait for it; if there is none, remove ${held} and run it again.`,
        );
      throw error;
    }
  });
  try {
    return await work();
  } finally {
    await release();
  }
}
