// Reads a workspace and gives the verdict, again and again: what has not changed since the last time is not worked out anew.
import path from 'node:path';
import { checkSettings } from '../claude/checkSettings.ts';
import { knownModels, knownTools } from '../claude/tools.ts';
import type { FileContent, Files } from '../files/files.ts';
import { inWorkspace } from '../files/nodeFiles.ts';
import type { Finding } from '../findings/finding.ts';
import { type Agent, type Registry, registryPath } from '../registry/model.ts';
import { createRegistryParser, type ParsedRegistry } from '../registry/parse.ts';
import { workspaceFindings } from '../registry/workspaceRules.ts';
import { agentStatus, type StatusContext, withFindings } from './agentStatus.ts';
import { sharedFindings } from './driftFindings.ts';
import { findSettings, isSettingsFile } from './findSettings.ts';
import type { AgentStatus, Fleet, InspectOptions } from './fleet.ts';
import {
  compareShared,
  liveFindings,
  liveHooks,
  liveUnreadable,
  lockAbsent,
  lockFindings,
  orphanFindings,
  readLock,
  registryFindings,
} from './fleetFindings.ts';
import type { LockEntry, LockFile } from './lock.ts';
import { lockPath } from './lock.ts';
import { type OtherSettings, otherSettings } from './otherSettings.ts';
import { ourHooks } from './ourHooks.ts';
import { memoryPath, plannerOf, planShared, policyPath, settingsPath } from './plan.ts';
import { hasTemplates, readTemplates } from './template/template.ts';
import { templateFindings, templateProblems } from './template/templateFindings.ts';
import { unregisteredDirectories } from './unregistered.ts';

/** Settings files that stay live beside an agent's own, highest last (CLAUDE-CODE-CONTRACT.md section 1.1). */
const liveSettings = [
  { file: '.claude/settings.json', source: 'project' },
  { file: '.claude/settings.local.json', source: 'local' },
] as const;

/** Registry first, then files by path, then by place. */
export function byPlace(a: Finding, b: Finding): number {
  const first = Number(b.file === registryPath) - Number(a.file === registryPath);
  return first || (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line || a.column - b.column);
}

/** A verdict on one agent, with everything that it was made from. */
interface Remembered {
  readonly madeFrom: readonly unknown[];
  readonly status: AgentStatus;
}

interface Memory {
  readonly parse: ReturnType<typeof createRegistryParser>;
  /** The last registry without an error; kept while its text is broken. */
  lastGood: Registry | undefined;
  parsed:
    | { readonly text: string; readonly today: string | undefined; readonly parsed: ParsedRegistry }
    | undefined;
  lock: { readonly content: FileContent | undefined; readonly file: LockFile } | undefined;
  statuses: Map<string, Remembered>;
  readonly others: OtherSettings;
}

/** Reads the workspace once. Never throws for what a workspace contains. */
export function inspectFleet(options: InspectOptions): Fleet {
  return createInspector()(options);
}

/**
 * An inspector that remembers one workspace: `inspectFleet`'s answer, but a verdict on an agent is made anew only when
 * something that it was made from has changed, and the last good registry is kept while the text is broken.
 */
export function createInspector(): (options: InspectOptions) => Fleet {
  const memory: Memory = {
    parse: createRegistryParser(),
    lastGood: undefined,
    parsed: undefined,
    lock: undefined,
    statuses: new Map(),
    others: new Map(),
  };
  return (options) => inspect(options, memory);
}

function inspect(options: InspectOptions, memory: Memory): Fleet {
  const { files, root, today, findProgram, home } = options;
  const content = files.read(inWorkspace(root, registryPath));
  const parsed = content?.text === undefined ? undefined : parsedOf(content.text, today, memory);
  const findings: Finding[] = [...(parsed?.findings ?? registryFindings(content))];
  if (content === undefined) memory.lastGood = undefined;
  else if (parsed?.registry !== undefined) memory.lastGood = parsed.registry;
  const registry = memory.lastGood;
  const lockFile = lockOf(files, root, memory);
  const templates = readTemplates(files, root);
  findings.push(...lockFindings(lockFile), ...templateProblems(templates));
  const locked = lockFile.kind === 'good' ? lockFile.lock.outputs : new Map<string, LockEntry>();
  const live = liveSettings.flatMap(({ file, source }) => {
    const content = files.read(inWorkspace(root, file));
    if (content?.unreadable !== undefined) findings.push(liveUnreadable(file, content.unreadable));
    return content?.text === undefined
      ? []
      : [{ file, report: checkSettings(content.text, { file, source }) }];
  });
  const shared = planShared(options.hooks).map((output) =>
    compareShared(output, files, root, lockFile, options.version),
  );
  const ours = ourHooks(shared);
  const withHooks = live.map(({ file, report }) => ({
    file,
    report,
    hooks: liveHooks(file, report, options, ours),
  }));
  for (const { file, report, hooks } of withHooks) findings.push(...liveFindings(file, report, hooks));
  const others = otherSettings(othersOf(options, registry), options, ours, memory.others);
  findings.push(...others.findings);
  const base = {
    root,
    registryFile: content,
    parsed,
    registry,
    isLastGood: registry !== parsed?.registry,
    liveHooks: withHooks.flatMap(({ file, hooks }) => (hooks.length === 0 ? [] : [{ file, hooks }])),
    otherHooks: others.hooks,
  };
  if (registry === undefined || parsed === undefined)
    return { ...base, shared: [], agents: [], unregistered: [], findings: findings.sort(byPlace) };
  if (parsed.registry !== undefined) {
    const exists = (file: string): boolean => files.read(path.resolve(root, file))?.text !== undefined;
    findings.push(...workspaceFindings(registry, parsed.positions, exists));
  }
  for (const state of shared) findings.push(...sharedFindings(state));
  const context = {
    files,
    root,
    registry,
    planner: plannerOf(registry, templates),
    positions: parsed.positions,
    locked,
    shared,
    hooksOffIn: live.filter(({ report }) => report.disablesHooks).map(({ file }) => file),
    ...(findProgram === undefined ? {} : { findProgram }),
    ...(home === undefined ? {} : { home }),
    ...(today === undefined ? {} : { today }),
  };
  const agents = statusesOf(context, memory);
  const ofRegistry = byAgent(findings);
  for (const status of agents) findings.push(...status.findings);
  findings.push(...lockAbsent(lockFile, agents));
  if (hasTemplates(templates))
    findings.push(
      ...templateFindings(
        templates,
        agents.map(({ agent, template }) => ({ id: agent.id, unguarded: template })),
      ),
    );
  const unregistered = unregisteredDirectories(files, root, registry, locked);
  findings.push(...orphanFindings(unregistered, files, root, locked));
  return {
    ...base,
    shared,
    agents: agents.map((status) => {
      const said = ofRegistry.get(status.agent.id);
      return said === undefined ? status : withFindings(status, [...said, ...status.findings]);
    }),
    unregistered,
    findings: findings.sort(byPlace),
  };
}

/** The settings files that nobody else judges here: neither live ones of the root nor outputs of registered agents. */
function othersOf({ settingsFiles = [], files, root }: InspectOptions, registry: Registry | undefined) {
  // While the registry cannot be read, any folder there may be an agent's.
  const isAgent = (name: string): boolean => registry === undefined || registry.agents.has(name);
  const all = settingsFiles === 'search' ? findSettings(files, root, isAgent) : settingsFiles;
  const others = all.filter((file) => {
    const output = /^agents\/([^/]+)\/\.claude\/settings\.json$/.exec(file)?.[1];
    return isSettingsFile(file) && !/^\.claude\//.test(file) && (output === undefined || !isAgent(output));
  });
  const isElsewhere = (file: string): boolean =>
    !file.startsWith('agents/') && file.endsWith('/settings.json');
  if (!others.some(isElsewhere)) return others;
  // The folder of an agent may be a link to one that lies elsewhere in the workspace: its settings are an output.
  const linked = new Set(
    [...(registry?.agents.keys() ?? [])]
      .map((id) => inWorkspace(root, `agents/${id}`))
      .filter((folder) => files.kind(folder) === 'symlink')
      .map((folder) => files.realPath(folder)),
  );
  return others.filter(
    (file) =>
      !(isElsewhere(file) && linked.has(files.realPath(inWorkspace(root, path.dirname(path.dirname(file)))))),
  );
}

/** The registry, parsed again only when its text or the day has changed; what is the same then keeps its identity. */
function parsedOf(text: string, today: string | undefined, memory: Memory): ParsedRegistry {
  const known = memory.parsed;
  if (known !== undefined && known.text === text && known.today === today) return known.parsed;
  const facts = { tools: knownTools, models: knownModels };
  const parsed = memory.parse(text, registryPath, today === undefined ? { facts } : { facts, today });
  memory.parsed = { text, today, parsed };
  return parsed;
}

/** The lock, parsed again only when its text has changed. */
function lockOf(files: Files, root: string, memory: Memory): LockFile {
  const content = files.read(inWorkspace(root, lockPath));
  const isSame =
    memory.lock !== undefined &&
    memory.lock.content?.text === content?.text &&
    memory.lock.content?.unreadable === content?.unreadable;
  if (!isSame || memory.lock === undefined) memory.lock = { content, file: readLock(files, root) };
  return memory.lock.file;
}

function byAgent(findings: readonly Finding[]): ReadonlyMap<string, readonly Finding[]> {
  const found = new Map<string, Finding[]>();
  for (const finding of findings) {
    if (finding.agent === undefined) continue;
    const known = found.get(finding.agent);
    if (known === undefined) found.set(finding.agent, [finding]);
    else known.push(finding);
  }
  return found;
}

/** What every agent's verdict depends on beyond its own entry and files, as a text that is equal when nothing of it changed. */
function worldOf({ registry, root, shared, hooksOffIn, findProgram, today }: StatusContext): string {
  const exclusive = [...registry.agents.values()]
    .filter((agent) => agent.exclusiveAccess.length > 0)
    .map((agent) => [agent.id, ...agent.exclusiveAccess]);
  const states = shared.map(({ path: file, drift }) => [file, drift]);
  return JSON.stringify([
    root,
    [...registry.agents.keys()],
    exclusive,
    states,
    hooksOffIn,
    findProgram === undefined,
    today ?? null,
  ]);
}

function statusesOf(context: StatusContext, memory: Memory): readonly AgentStatus[] {
  const world = worldOf(context);
  const before = memory.statuses;
  memory.statuses = new Map();
  return [...context.registry.agents.values()].map((agent) => {
    const known = before.get(agent.id);
    const madeFrom = known && ingredients(agent, known.status, world, context);
    const isSame =
      known !== undefined &&
      madeFrom?.length === known.madeFrom.length &&
      madeFrom.every((value, index) => value === known.madeFrom[index]);
    const status = isSame ? known.status : agentStatus(agent, context);
    const remembered = isSame ? known : { status, madeFrom: ingredients(agent, status, world, context) };
    memory.statuses.set(agent.id, remembered);
    return status;
  });
}

/** Everything that a verdict is made from, each compared by identity. `status` names the scripts of its hooks. */
function ingredients(
  agent: Agent,
  status: AgentStatus,
  world: string,
  context: StatusContext,
): readonly unknown[] {
  const { files, root, registry, locked, positions } = context;
  const { settings, memory } = context.planner.templates ?? {};
  const paths = [settingsPath(agent.id), memoryPath(agent.id), policyPath(agent.id)];
  // Where all is as planned the scripts are the shared ones, of which the world tells.
  const scripts = new Set(status.asPlanned ? [] : status.hooks.flatMap(({ script }) => script ?? []));
  return [
    agent,
    world,
    settings?.text ?? settings?.problem,
    memory?.text ?? memory?.problem,
    // Findings name lines of the registry, which move while it is typed.
    status.findings.length > 0 ? positions : undefined,
    ...agent.delegatesTo.map((id) => registry.agents.get(id)),
    ...paths.flatMap((file) => {
      const disk = files.read(inWorkspace(root, file));
      return [disk?.text, disk?.unreadable, locked.get(file)];
    }),
    ...[...scripts].flatMap((script) => [
      files.kind(script),
      files.isExecutable(script),
      files.read(script)?.text,
    ]),
  ];
}
