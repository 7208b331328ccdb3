// The verdict on a workspace: registry, plan, lock and disk put together. Editor and command line show this and nothing else.
import path from 'node:path';
import { checkSettings } from '../claude/checkSettings.ts';
import type { HookStatus } from '../claude/hookLadder.ts';
import { knownModels, knownTools } from '../claude/tools.ts';
import type { FileContent, Files } from '../files/files.ts';
import { inWorkspace } from '../files/nodeFiles.ts';
import type { Finding } from '../findings/finding.ts';
import { type Agent, type Registry, registryPath } from '../registry/model.ts';
import { type ParsedRegistry, parseRegistry } from '../registry/parse.ts';
import { workspaceFindings } from '../registry/workspaceRules.ts';
import { agentStatus } from './agentStatus.ts';
import { sharedFindings } from './driftFindings.ts';
import {
  compareShared,
  liveFindings,
  lockFindings,
  orphanFindings,
  readLock,
  registryFindings,
} from './fleetFindings.ts';
import type { LockEntry } from './lock.ts';
import type { HookSources, OutputState } from './output.ts';
import { planShared } from './plan.ts';
import { unregisteredDirectories } from './unregistered.ts';

export type Sync = 'inSync' | 'outOfSync' | 'unknown';
export type Health = 'disarmed' | 'missing' | 'degraded' | 'unknown' | 'healthy';

export interface AgentStatus {
  readonly agent: Agent;
  readonly sync: Sync;
  readonly health: Health;
  /** What is gone, in words, when disarmed ("guard hook missing"); empty otherwise. */
  readonly disarmed: readonly string[];
  /** The words right of the name (UI.md), such as "settings edited (2 keys)"; empty when all is well. */
  readonly summary: string;
  readonly outputs: readonly OutputState[];
  readonly hooks: readonly HookStatus[];
  /** The findings of this agent, those in `Fleet.findings` that name it. */
  readonly findings: readonly Finding[];
}

/** A directory below `agents/` that no entry of the registry owns. */
export interface UnregisteredDirectory {
  readonly name: string;
  /** The registered agent whose id is a near miss of it, if any. */
  readonly looksLike?: string;
  /** True when the lock says that its files are ours: an orphan that generate once made. */
  readonly isOrphan: boolean;
}

export interface Fleet {
  /** Absolute path of the workspace folder. */
  readonly root: string;
  /** Absent: there is no registry. Otherwise its text or why it can't be read. */
  readonly registryFile: FileContent | undefined;
  /** Of the present text; undefined when there is none. */
  readonly parsed: ParsedRegistry | undefined;
  /** The registry the statuses are about: the present one, or the last good one; undefined when there never was one. */
  readonly registry: Registry | undefined;
  /** True when `registry` is an older one because the present text has errors. */
  readonly isLastGood: boolean;
  /** In the registry's order. */
  readonly agents: readonly AgentStatus[];
  readonly unregistered: readonly UnregisteredDirectory[];
  /** Everything found, registry first, then files by path, then by line. */
  readonly findings: readonly Finding[];
}

export interface InspectOptions {
  readonly files: Files;
  readonly root: string;
  readonly hooks: HookSources;
  /** Our own version; hooks that another one wrote are held against the lock. */
  readonly version: string;
  /** The fleet as last inspected: its good registry is kept while the text is broken, and unchanged parts are reused. */
  readonly previous?: Fleet;
  /** ISO date; absent: rules that need the date don't run. */
  readonly today?: string;
  /** Looks a program up on PATH; absent: what depends on the machine is not judged (as in `check`). */
  readonly findProgram?: (name: string) => string | undefined;
}

/** Settings files that stay live beside an agent's own, highest last (CLAUDE-CODE-CONTRACT.md section 1.1). */
const liveSettings = [
  { file: '.claude/settings.json', source: 'project' },
  { file: '.claude/settings.local.json', source: 'local' },
] as const;

/** Registry first, then files by path, then by place. */
function byPlace(a: Finding, b: Finding): number {
  const first = Number(b.file === registryPath) - Number(a.file === registryPath);
  return first || (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line || a.column - b.column);
}

/** Reads the workspace and gives the verdict. Never throws for what a workspace contains. */
export function inspectFleet(options: InspectOptions): Fleet {
  const { files, root, previous, today, findProgram } = options;
  const content = files.read(inWorkspace(root, registryPath));
  const facts = { tools: knownTools, models: knownModels };
  const parseOptions = today === undefined ? { facts } : { facts, today };
  const parsed =
    content?.text === undefined ? undefined : parseRegistry(content.text, registryPath, parseOptions);
  const findings: Finding[] = [...(parsed?.findings ?? registryFindings(content))];
  const registry = parsed?.registry ?? (content === undefined ? undefined : previous?.registry);
  const lockFile = readLock(files, root);
  findings.push(...lockFindings(lockFile));
  const locked = lockFile.kind === 'good' ? lockFile.lock.outputs : new Map<string, LockEntry>();
  const live = liveSettings.flatMap(({ file, source }) => {
    const text = files.read(inWorkspace(root, file))?.text;
    return text === undefined ? [] : [{ file, report: checkSettings(text, { file, source }) }];
  });
  for (const { file, report } of live) findings.push(...liveFindings(file, report, options));
  const base = { root, registryFile: content, parsed, registry, isLastGood: registry !== parsed?.registry };
  if (registry === undefined || parsed === undefined)
    return { ...base, agents: [], unregistered: [], findings: findings.sort(byPlace) };
  if (parsed.registry !== undefined) {
    const exists = (file: string): boolean => files.read(path.resolve(root, file))?.text !== undefined;
    findings.push(...workspaceFindings(registry, parsed.positions, exists));
  }
  const shared = planShared(options.hooks).map((output) =>
    compareShared(output, files, root, lockFile, options.version),
  );
  for (const state of shared) findings.push(...sharedFindings(state));
  const context = {
    files,
    root,
    registry,
    positions: parsed.positions,
    locked,
    shared,
    hooksOffIn: live.filter(({ report }) => report.disablesHooks).map(({ file }) => file),
    ...(findProgram === undefined ? {} : { findProgram }),
  };
  const agents = [...registry.agents.values()].map((agent) => agentStatus(agent, context));
  const ofRegistry = new Map<string | undefined, Finding[]>();
  for (const finding of findings) {
    const known = ofRegistry.get(finding.agent);
    if (known === undefined) ofRegistry.set(finding.agent, [finding]);
    else known.push(finding);
  }
  for (const status of agents) findings.push(...status.findings);
  const unregistered = unregisteredDirectories(files, root, registry, locked);
  findings.push(...orphanFindings(unregistered, files, root, locked));
  return {
    ...base,
    agents: agents.map((status) => ({
      ...status,
      findings: [...(ofRegistry.get(status.agent.id) ?? []), ...status.findings],
    })),
    unregistered,
    findings: findings.sort(byPlace),
  };
}
