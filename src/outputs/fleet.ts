// The verdict on a workspace: registry, plan, lock and disk put together. Editor and command line show this and nothing else.
import type { HookStatus } from '../claude/hookStatus.ts';
import type { FileContent, Files } from '../files/files.ts';
import type { Finding } from '../findings/finding.ts';
import type { Agent, Registry } from '../registry/model.ts';
import type { ParsedRegistry } from '../registry/parse.ts';
import { type HookSources, isEdit, isOutOfSync, type OutputState } from './output.ts';
import type { Unguarded } from './template/unguarded.ts';

export type Sync = 'inSync' | 'outOfSync' | 'unknown';
export type Health = 'disarmed' | 'missing' | 'degraded' | 'unknown' | 'healthy';

export interface AgentStatus {
  readonly agent: Agent;
  /** The settings are the plan to the byte, and the shared hooks are in order. */
  readonly asPlanned: boolean;
  readonly sync: Sync;
  readonly health: Health;
  /** What is gone, in words, when disarmed ("guard hook missing"); empty otherwise. */
  readonly disarmed: readonly string[];
  /** Set when nothing of what was generated is gone, but what a template says does not guard the agent; it is disarmed then. */
  readonly unguarded?: Unguarded;
  /** What the settings that a template makes of the agent lack, whatever is on the disk. */
  readonly template?: Unguarded;
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

/** The hooks of a settings file that belongs to no agent. */
export interface LiveHooks {
  /** Relative to the workspace, with `/`. */
  readonly file: string;
  readonly hooks: readonly HookStatus[];
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
  /** The hooks of each settings file that is live for all agents; files without hooks are left out. */
  readonly liveHooks: readonly LiveHooks[];
  /** The same for the settings files that only a session reads which starts in their folder. */
  readonly otherHooks: readonly LiveHooks[];
  /** The outputs that all agents share; empty while there is no registry. */
  readonly shared: readonly OutputState[];
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
  /** ISO date; absent: rules that need the date don't run. */
  readonly today?: string;
  /**
   * Further settings files to be judged, relative to the root, or `search`: they are looked for. Absent: only the live
   * ones of the root and the agents' own.
   */
  readonly settingsFiles?: readonly string[] | 'search';
  /** Looks a program up on PATH; absent: what depends on the machine is not judged (as in `check`). */
  readonly findProgram?: (name: string) => string | undefined;
  /** The user's home directory, for `~` in hooks; absent as `findProgram` is. */
  readonly home?: string;
}

/** Whether what is amiss with an agent is that its settings, or their template, are of the form of earlier tooling. */
export function needsMigrate({ findings, unguarded }: Pick<AgentStatus, 'findings' | 'unguarded'>): boolean {
  return unguarded !== undefined || findings.some(({ code }) => code.startsWith('claude/legacy-hook'));
}

/**
 * Whether generate alone would refuse an agent that is out of sync: somebody changed one of its files, or a hook that all
 * share, or it cannot be read.
 */
export function needsRestore({ outputs, sync }: Pick<AgentStatus, 'outputs' | 'sync'>): boolean {
  if (outputs.some(({ drift }) => isEdit(drift) || drift === 'unreadable')) return true;
  return sync === 'outOfSync' && !outputs.some(({ drift }) => isOutOfSync(drift));
}

/** The agents that the registry has moved on from, or that were never generated; none while the registry has errors. */
export function behindRegistry(fleet: Fleet | undefined): readonly AgentStatus[] {
  if (fleet === undefined || fleet.registry === undefined || fleet.isLastGood) return [];
  return fleet.agents.filter(({ outputs }) =>
    outputs.some(({ drift }) => drift === 'stale' || drift === 'missing' || drift === 'conflict'),
  );
}
