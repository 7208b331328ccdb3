// What generate would do, worked out from registry, lock and disk without touching anything.
import path from 'node:path';
import { checkSettings } from '../claude/checkSettings.ts';
import type { Files } from '../files/files.ts';
import { inWorkspace } from '../files/nodeFiles.ts';
import { type Finding, hasErrors, startOfFile } from '../findings/finding.ts';
import { nearMiss } from '../findings/nearMiss.ts';
import { visible, visibleShort } from '../findings/visible.ts';
import { type Registry, registryPath } from '../registry/model.ts';
import { parseRegistry } from '../registry/parse.ts';
import { workspaceFindings } from '../registry/workspaceRules.ts';
import { type Draft, type DraftChange, onlySays } from './applyDraft.ts';
import { type OutputCode, outputCodes } from './codes.ts';
import { compareOutput } from './compare.ts';
import { compareShared, lockFindings, readLock, registryFindings } from './fleetFindings.ts';
import { ignoresInForce } from './ignored.ts';
import { inTheWay } from './inTheWay.ts';
import { isAbove } from './leaves.ts';
import {
  type LockEntry,
  type LockFile,
  lockEntryOf,
  lockPath,
  plainText,
  registryHash,
  renderLock,
  withKeysApplied,
} from './lock.ts';
import { writeMemory } from './memory.ts';
import {
  type HookSources,
  hookKinds,
  isEdit,
  isOutOfSync,
  type KeyDrift,
  type Output,
  type OutputState,
} from './output.ts';
import { plannerOf, planShared } from './plan.ts';
import { restoreKeys } from './restoreKeys.ts';
import { hasTemplates, readTemplates } from './template/template.ts';
import { templateFindings, templateProblems } from './template/templateFindings.ts';
import { stamped } from './template/timestamp.ts';
import { isLeftover } from './write.ts';

export interface DraftOptions {
  readonly root: string;
  readonly hooks: HookSources;
  /** The version of this generator; it goes into the lock. */
  readonly version: string;
  /** Only these agents (and the shared hooks); absent means all. */
  readonly ids?: readonly string[];
  /** ISO date, by which an ignored difference is drift again; absent: the end of an ignore is not looked at. */
  readonly today?: string;
  /** Write over values that were changed since they were generated; a backup is kept. */
  readonly overEdits?: boolean;
  /** Write over files that cannot be read as what they should be, too; a backup is kept. */
  readonly force?: boolean;
  /** Replace hooks that another version wrote. */
  readonly upgrade?: boolean;
  /** Only these outputs; the rest of the lock stays. */
  readonly paths?: readonly string[];
  /** The time, ISO 8601, for templates that want it. */
  readonly now?: () => string;
  /** Only this output, and of it only what differs at or below these pointers, when given. The rest of the lock stays. */
  readonly only?: { readonly path: string; readonly keys?: readonly string[] };
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

/** The draft, with errors among its findings where generate must refuse. Never throws for what a workspace contains. */
export function generateDraft(options: DraftOptions, files: Files): Draft {
  const { root, only, paths, today } = options;
  const content = files.read(inWorkspace(root, registryPath));
  if (content?.text === undefined) return onlySays(registryFindings(content));
  const { registry, findings: said, positions } = parseRegistry(content.text);
  if (registry === undefined) return onlySays(said);
  const exists = (file: string): boolean => files.read(path.resolve(root, file))?.text !== undefined;
  const absent = workspaceFindings(registry, positions, exists);
  if (hasErrors(absent)) return onlySays([...said, ...absent]);
  const unknown = (options.ids ?? []).filter((id) => !registry.agents.has(id));
  if (unknown.length > 0) return onlySays(unknown.map((id) => unknownAgent(id, registry)));
  const lockFile = readLock(files, root);
  const lockObstacle = inTheWay(lockPath, files, root);
  const findings: Finding[] = [
    ...said,
    ...(lockObstacle === undefined
      ? lockFindings(lockFile)
      : [finding(lockObstacle.code, lockObstacle.file, lockObstacle.message)]),
  ];
  if (lockFile.kind === 'newer') return onlySays(findings);

  const templates = readTemplates(files, root);
  const problems = templateProblems(templates);
  if (problems.length > 0) return onlySays([...findings, ...problems]);

  const chosen = options.ids === undefined ? undefined : new Set(options.ids);
  const planner = plannerOf(registry, templates);
  const outputs: Output[] = planShared(options.hooks).slice();
  const agents = [...registry.agents.values()].filter(({ id }) => chosen === undefined || chosen.has(id));
  for (const agent of agents) outputs.push(...planner.outputsOf(agent));
  const judged = agents.map((agent) => ({ id: agent.id, unguarded: planner.unguardedBy(agent) }));
  const notes = hasTemplates(templates) ? templateFindings(templates, judged) : [];
  const changes: DraftChange[] = [];
  let unchanged = 0;
  const entries = new Map(lockFile.kind === 'good' ? lockFile.lock.outputs : []);
  for (const output of outputs) {
    if (only !== undefined && only.path !== output.path) continue;
    if (paths !== undefined && !paths.includes(output.path)) continue;
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
    const agent = output.agent === undefined ? undefined : registry.agents.get(output.agent);
    const isHook = hookKinds.has(output.kind);
    const state =
      isHook && options.upgrade !== true
        ? compareShared(output, files, root, lockFile, options.version)
        : compareOutput(output, disk, locked, agent && ignoresInForce(agent, today));
    if (only?.keys !== undefined) {
      const keys = keysMeant(state, only.keys);
      const restored =
        disk?.text === undefined || state.drift === 'unreadable'
          ? { problem: disk === undefined ? 'the file does not exist' : `the file ${state.reason}` }
          : restoreKeys(disk.text, keys);
      if (restored.problem !== undefined) {
        findings.push(notKeyByKey(output, restored.problem));
        continue;
      }
      if (locked !== undefined) entries.set(output.path, withKeysApplied(locked, output, keys));
      if (restored.text === disk?.text) unchanged++;
      else
        changes.push(
          changeOf(state, target, files, disk?.text, written(output, restored.text, options), true),
        );
      continue;
    }
    const isOthers = isHook && state.drift === 'inSync' && state.wanted !== output.text;
    if (!isOthers) entries.set(output.path, lockEntryOf(output));
    if (state.drift === 'inSync' || state.drift === 'converged' || state.drift === 'ignored') {
      unchanged++;
      continue;
    }
    const problem = problemOf(state, output, options);
    if (problem !== undefined) {
      findings.push(problem);
      continue;
    }
    const text = state.drift === 'unreadable' ? wholeText(output) : (state.wanted ?? wholeText(output));
    const needsBackup = state.drift !== 'missing' && state.drift !== 'stale';
    changes.push(changeOf(state, target, files, disk?.text, written(output, text, options), needsBackup));
  }
  // What concerns one output is no occasion to write a lock anew that is damaged, or to begin one.
  const isPart = only !== undefined || paths !== undefined;
  if (!isPart || lockFile.kind === 'good' || (only === undefined && lockFile.kind === 'absent')) {
    const isWhole = chosen === undefined && !isPart;
    const isKept = changes.some((change) => change.needsBackup);
    const lock = lockChange(options, files, registry, lockFile, entries, isWhole, isKept);
    if (lock !== undefined) changes.push(lock);
  }
  const orphans = [...entries].filter(
    ([output, { agent }]) =>
      agent !== undefined &&
      !registry.agents.has(agent) &&
      files.kind(inWorkspace(root, output)) !== undefined,
  );
  return {
    findings,
    notes,
    changes,
    unchanged,
    leftovers: leftoversOf(files, root, [lockPath, ...entries.keys()]),
    orphans: orphans.map(([output]) => output).sort(),
  };
}

/** A text as it is written: a template may want the time in it. */
function written({ isStamped }: Output, text: string, { now, today }: DraftOptions): string {
  return isStamped ? stamped(text, now?.() ?? `${today ?? '1970-01-01'}T00:00:00Z`) : text;
}

/** The differing keys at or below some pointers, or above them where an array is one leaf. */
export function keysMeant(state: OutputState, pointers: readonly string[]): readonly KeyDrift[] {
  return state.keys.filter(
    ({ pointer, drift }) =>
      (isOutOfSync(drift) || drift === 'ignored') &&
      pointers.some((asked) => asked === pointer || isAbove(asked, pointer) || isAbove(pointer, asked)),
  );
}

function changeOf(
  state: OutputState,
  target: string,
  files: Files,
  before: string | undefined,
  text: string,
  needsBackup: boolean,
): DraftChange {
  return { path: files.realPath(target) ?? target, relative: state.path, text, before, needsBackup, state };
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

const notKeyByKey = (output: Output, problem: string): Finding =>
  finding(
    'outputs/unreadable',
    output.path,
    `The key alone cannot be restored, since ${visible(problem)}. Restore the whole file: native-orchestrator restore ${output.agent ?? '--all'} --file ${output.path}`,
    output.agent,
  );

/** The keys whose values would be lost; `''` for a file without keys. Empty when nothing of anybody's would be. */
function editsLost(state: OutputState): readonly string[] {
  if (!isEdit(state.drift)) return [];
  // Without a lock what is absent was perhaps never there: there is nothing to lose.
  const lost = state.keys.filter((key) => isEdit(key.drift) && !(state.isTwoWay && key.found === undefined));
  if (state.keys.some((key) => isEdit(key.drift))) return lost.map(({ pointer }) => pointer);
  return state.kind === 'memory' && state.isTwoWay && state.isAllTheirs ? [] : [''];
}

/** Why an output may not be written, or undefined. */
function problemOf(state: OutputState, output: Output, options: DraftOptions): Finding | undefined {
  const { agent } = output;
  if (state.drift === 'unreadable' && options.force !== true)
    return finding(
      'outputs/unreadable',
      output.path,
      `${output.path} ${visible(state.reason ?? 'cannot be read')}. It may hold something of yours, so nothing was written: mend it, move it away, or run generate --force${agent === undefined ? '' : ` ${agent}`} (a backup is kept).`,
      agent,
    );
  const lost = options.force === true || options.overEdits === true ? [] : editsLost(state);
  if (lost.length > 0) return wouldOverwrite(state, lost, agent);
  // Our own text is never dropped; only the keys of others can spoil it.
  if (output.kind !== 'settings' || state.wanted === undefined || state.wanted === output.text)
    return undefined;
  const check = (text: string) => checkSettings(text, { file: output.path, source: 'flag' });
  const report = check(state.wanted);
  // What a template says is written, and told of at the template.
  if (!report.dropped || check(output.text).dropped) return undefined;
  const cause = report.findings.find((found) => found.severity === 'error');
  return finding(
    'outputs/would-be-dropped',
    output.path,
    `With the keys that are in ${output.path} besides ours, the CLI would drop the whole file, so nothing was written. ${cause?.message ?? ''}`,
    agent,
  );
}

function wouldOverwrite(state: OutputState, lost: readonly string[], agent: string | undefined): Finding {
  const keys = lost.filter((key) => key !== '');
  const which = keys.length === 0 ? '' : ` (${visibleShort(keys.join(', '), 160)})`;
  const how = state.isTwoWay
    ? 'differs from the registry, and the lock does not know it, so it may have been changed by hand'
    : 'was changed since it was generated';
  const keep =
    agent === undefined
      ? ''
      : `. To keep what the file says: native-orchestrator adopt ${agent}, or ignore ${agent}`;
  return {
    ...finding(
      'outputs/would-overwrite',
      state.path,
      `${state.path}${which} ${how}, and would be written over. To take what the registry says: native-orchestrator restore ${agent ?? '--all'} (or generate --force; a backup is kept)${keep}.`,
      agent,
    ),
    args: { keys },
  };
}

/** The lock as it should be afterwards; undefined when it is so already. */
function lockChange(
  options: DraftOptions,
  files: Files,
  registry: Registry,
  lockFile: LockFile,
  entries: Map<string, LockEntry>,
  isWhole: boolean,
  isKept: boolean,
): DraftChange | undefined {
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
    // With what is overwritten goes the lock that knew it: undoing brings back the same verdict.
    needsBackup: disk !== undefined && (lockFile.kind === 'damaged' || isKept),
  };
}
