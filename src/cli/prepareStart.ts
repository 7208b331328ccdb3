// What every start from the command line looks at first, and the launch that it then makes.
import { randomUUID } from 'node:crypto';
import { UserError } from '../findings/userError.ts';
import { visible } from '../findings/visible.ts';
import { type Fleet, needsMigrate, needsRestore } from '../outputs/fleet.ts';
import { settingsPath } from '../outputs/plan.ts';
import { type LaunchPlace, launchPlace } from '../sessions/launchPlace.ts';
import { findClaude, findNode } from '../sessions/programs.ts';
import type { SessionHost } from '../sessions/sessionHost.ts';
import { type Launch, preflight, prepareLaunch } from '../sessions/start.ts';
import type { Io, OptionSpec, VerbContext } from './verb.ts';

/** The options of every verb that starts agents: what would be asked, agreed to beforehand. */
export const startOptions = {
  yes: {
    type: 'boolean',
    help: 'start even with a permission mode that asks nobody (bypassPermissions, auto)',
  },
  unguarded: {
    type: 'boolean',
    help: 'start an agent whose settings template has no guard, with what it says',
  },
} as const satisfies Readonly<Record<string, OptionSpec>>;

/** Holds an agent against what must be so before it starts. @throws UserError that says what mends it, or which option agrees. */
export function requireStartable({ flag }: Pick<VerbContext, 'flag'>, fleet: Fleet, id: string): void {
  const status = fleet.agents.find(({ agent }) => agent.id === id);
  const refusal = status === undefined ? undefined : preflight(fleet, status);
  if (refusal?.kind === 'unguarded' && !flag('unguarded'))
    throw new UserError(
      `${refusal.message} If that is meant: native-orchestrator start ${id} --unguarded. To use the built-in settings: native-orchestrator migrate`,
    );
  if (status === undefined || (refusal !== undefined && refusal.kind !== 'unguarded'))
    throw new UserError(
      status === undefined || refusal === undefined
        ? 'The registry has errors, so it is unknown what the agent may do. See: native-orchestrator check'
        : `${refusal.message}${refusal.regenerateMends ? ` Run: native-orchestrator ${needsMigrate(status) ? 'migrate' : needsRestore(status) ? 'restore' : 'generate'} ${id}` : ''}`,
    );
  const mode = status.agent.permissionMode;
  if ((mode === 'bypassPermissions' || mode === 'auto') && !flag('yes'))
    throw new UserError(
      `${id} starts in permission mode ${mode}, which asks nobody before it acts. If that is meant: native-orchestrator start ${id} --yes`,
    );
}

/** The programs that a session runs with, absolute. @throws UserError when claude is nowhere. */
export async function requirePrograms(
  io: Io,
): Promise<{ readonly claudePath: string; readonly nodePath: string }> {
  const claude = await findClaude(io.machine, io.env.NATIVE_ORCHESTRATOR_CLAUDE ?? '');
  if (claude.path === undefined)
    throw new UserError(
      `claude was not found (looked at ${claude.lookedAt.join(', ')}). Install it from https://claude.com/claude-code, or name it in NATIVE_ORCHESTRATOR_CLAUDE.`,
    );
  const node = await findNode(io.machine, '', process.execPath);
  return { claudePath: claude.path, nodePath: node.path ?? process.execPath };
}

/** Where the agent's next session runs. @throws UserError when the worktree that it should have can't be had. */
export async function requirePlace(
  { io, root }: Pick<VerbContext, 'io' | 'root'>,
  { registry }: Fleet,
  id: string,
): Promise<LaunchPlace> {
  const agent = registry?.agents.get(id);
  if (registry === undefined || agent === undefined) return { cwd: root, closed: [] };
  return launchPlace(io.machine, root, registry, agent);
}

export interface LaunchWanted {
  readonly fleet: Fleet;
  readonly id: string;
  readonly programs: { readonly claudePath: string; readonly nodePath: string };
  /** The conversation to go on with; absent: a new one. */
  readonly resume?: string | undefined;
}

/** Writes the launch copy, gives the launch line, and says what of the settings the session does without. @throws UserError */
export async function launchOf(
  { io, flag }: Pick<VerbContext, 'io' | 'flag'>,
  host: SessionHost,
  { fleet, id, programs, resume }: LaunchWanted,
): Promise<Launch> {
  const launch = await prepareLaunch({
    files: io.files,
    machine: io.machine,
    fleet,
    id,
    isUnguardedAgreed: flag('unguarded'),
    hooks: io.launchHooks(),
    stateRoot: host.stateRoot,
    stateDirectory: host.stateDirectory,
    ...programs,
    env: io.env,
    launchId: randomUUID(),
    sessionId: resume ?? randomUUID(),
    isResumed: resume !== undefined,
  });
  if (launch.leftOut.length > 0)
    io.err(
      `Left out of this session, since it is more than the registry gives ${id}: ${visible(launch.leftOut.join(', '))} in ${settingsPath(id)}.\n`,
    );
  return launch;
}

/** Says who pays, where that is not the subscription. */
export function tellOfKey({ io }: Pick<VerbContext, 'io'>, count: number): void {
  if (io.env.ANTHROPIC_API_KEY && count > 0)
    io.err(
      count === 1
        ? 'ANTHROPIC_API_KEY is set: this session is billed to that key, not to a subscription.\n'
        : `ANTHROPIC_API_KEY is set: these ${count} sessions are billed to that key, not to a subscription.\n`,
    );
}
