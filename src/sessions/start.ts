// What it takes to start an agent: preflight, launch copy, launch line. Runs nothing itself.
import path from 'node:path';
import { isObject, readJson } from '../claude/jsonText.ts';
import type { Files } from '../files/files.ts';
import { inWorkspace } from '../files/nodeFiles.ts';
import { makePrivate } from '../files/stateDirectory.ts';
import { UserError } from '../findings/userError.ts';
import { visible, visibleShort } from '../findings/visible.ts';
import { type ConfigHashes, configHashes } from '../outputs/configHashes.ts';
import { type AgentStatus, type Fleet, needsMigrate } from '../outputs/fleet.ts';
import { type LaunchCopyOptions, writeLaunchCopy } from '../outputs/launchCopy.ts';
import { templatePaths } from '../outputs/template/template.ts';
import { launchLine } from './launchLine.ts';
import { launchPlace } from './launchPlace.ts';
import type { Machine } from './programs.ts';
import { hasConversation } from './resumable.ts';
import { ensureWorktree } from './worktree.ts';

/** Why an agent can't start now, and what would mend it. */
export interface Refusal {
  readonly kind: 'disarmed' | 'outOfSync' | 'registry' | 'unreadable' | 'missingFile' | 'unguarded';
  /** One sentence for a person. */
  readonly message: string;
  /** True when "Regenerate and start" mends it. */
  readonly regenerateMends: boolean;
}

/** A process to be started: an argument array, never a shell string. */
export interface Launch {
  readonly agent: string;
  readonly launchId: string;
  readonly sessionId: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Added to the environment of the terminal. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Absolute path of the worktree that it works in; absent when it works in the workspace itself. */
  readonly worktree?: string;
  /** What it runs with, to be told later from what the disk says then. */
  readonly config: ConfigHashes;
  /** Keys of the committed settings, by their pointers, that this session does without since they widen what the registry gives. */
  readonly leftOut: readonly string[];
}

/** Whether an agent may start as things are; undefined when it may. */
export function preflight(fleet: Fleet, status: AgentStatus): Refusal | undefined {
  const { id } = status.agent;
  if (fleet.parsed?.registry === undefined)
    return {
      kind: 'registry',
      message: `agents/registry.yaml has errors, so it is unknown what ${id} may do. Mend them first.`,
      regenerateMends: false,
    };
  if (status.health === 'disarmed' && status.unguarded === undefined) {
    const isLive = status.disarmed.some((words) => words.startsWith('hooks switched off in'));
    return {
      kind: 'disarmed',
      message: `${id} is disarmed: ${status.disarmed.join(', ')}. ${isLive ? 'Remove disableAllHooks there first.' : needsMigrate(status) ? 'Migrate it before it runs.' : 'Restore it before it runs.'}`,
      regenerateMends: !isLive && status.sync !== 'unknown',
    };
  }
  const missing = status.findings.find(
    ({ code }) => code === 'registry/missing-persona' || code === 'registry/missing-context-file',
  );
  if (missing !== undefined) return { kind: 'missingFile', message: missing.message, regenerateMends: false };
  if (status.sync === 'unknown')
    return {
      kind: 'unreadable',
      message: `${id}: ${status.summary}. Mend it first.`,
      regenerateMends: false,
    };
  if (status.sync === 'outOfSync')
    return {
      kind: 'outOfSync',
      message: `${id} does not match the registry: ${status.summary}.`,
      regenerateMends: true,
    };
  if (status.unguarded !== undefined)
    return {
      kind: 'unguarded',
      message: `${id} is unguarded (${visibleShort(status.unguarded.words, 120)}): its settings are what ${templatePaths.settings} says, and no guard keeps it within what the registry allows.`,
      regenerateMends: false,
    };
  return undefined;
}

export interface PrepareOptions
  extends Omit<LaunchCopyOptions, 'registry' | 'agent' | 'root' | 'asCommitted' | 'worktree' | 'closed'> {
  readonly fleet: Fleet;
  readonly id: string;
  /** Where git is looked for, and the CLI's conversations. */
  readonly machine: Machine;
  /** A person agreed that an agent whose template has no guard runs with what the template says. */
  readonly isUnguardedAgreed?: boolean;
  /** Absolute path of the user's claude. */
  readonly claudePath: string;
  /** Random UUIDs, made by the caller. */
  readonly launchId: string;
  readonly sessionId: string;
  /** The session id is that of a conversation to go on with. */
  readonly isResumed?: boolean;
}

/** The settings of the workspace that are in force beside a launch copy. */
const liveSettings = ['.claude/settings.json', '.claude/settings.local.json'] as const;

/** Makes the loader of Linux print and end, with any value, so no pin can close it. */
const loaderSwitch = 'LD_TRACE_LOADED_OBJECTS';

/**
 * The CLI takes local settings from the worktree and from the main checkout (seen with 2.1.329).
 * @throws UserError when live settings would end the guard before it speaks, in a way that no pin can close.
 */
function refuseSilencers(files: Files, roots: readonly string[]): void {
  for (const file of roots.flatMap((root) => liveSettings.map((name) => inWorkspace(root, name)))) {
    const { value } = readJson(files.read(file)?.text ?? '');
    if (isObject(value) && isObject(value.env) && Object.hasOwn(value.env, loaderSwitch))
      throw new UserError(
        `With ${loaderSwitch} under env in ${visible(path.relative(roots[0] ?? '', file))} no program runs, the guard included, and every call would pass it. Take it out first.`,
      );
  }
}

/** Writes the launch copy (DESIGN.md section 4) and gives the launch line (section 8). @throws UserError */
export async function prepareLaunch(options: PrepareOptions): Promise<Launch> {
  const { fleet, id, stateDirectory, claudePath, launchId, sessionId } = options;
  const registry = fleet.parsed?.registry;
  const agent = registry?.agents.get(id);
  if (registry === undefined || agent === undefined)
    throw new UserError(`The registry has no agent ${JSON.stringify(id)}, or has errors. Mend it first.`);
  const status = fleet.agents.find((each) => each.agent.id === id);
  const unguarded = status && preflight(fleet, status);
  if (unguarded?.kind === 'unguarded' && options.isUnguardedAgreed !== true)
    throw new UserError(unguarded.message);
  const { cwd, worktree, closed } = await launchPlace(options.machine, fleet.root, registry, agent);
  // The CLI finds one of any folder and goes on with it among other files (seen with 2.1.329).
  if (options.isResumed === true && !hasConversation(options.machine, cwd, sessionId))
    throw new UserError(
      `${id} runs in ${visible(cwd)} now, and its conversation was in another folder. Start it without that.`,
    );
  if (worktree !== undefined) await ensureWorktree(options.files, worktree.repository, worktree.place);
  refuseSilencers(options.files, [...new Set([fleet.root, cwd])]);
  const spool = path.join(stateDirectory, 'spool');
  await makePrivate(options.files, options.stateRoot, spool);
  const asCommitted = unguarded?.kind === 'unguarded';
  // Hashed before it is copied: what changes between the two is then told of as newer than the session.
  const config = configHashes(options.files, fleet.root, agent);
  const copy = await writeLaunchCopy({
    ...options,
    root: fleet.root,
    registry,
    agent,
    asCommitted,
    worktree: worktree && cwd,
    closed,
  });
  return {
    agent: id,
    launchId,
    sessionId,
    command: claudePath,
    args: launchLine(agent, registry, copy, sessionId, options.isResumed),
    env: {
      NATIVE_ORCHESTRATOR_AGENT: id,
      NATIVE_ORCHESTRATOR_LAUNCH: launchId,
      NATIVE_ORCHESTRATOR_SPOOL: path.join(spool, `${launchId}.jsonl`),
    },
    cwd,
    ...(worktree === undefined ? {} : { worktree: worktree.place.path }),
    config,
    leftOut: copy.leftOut,
  };
}
