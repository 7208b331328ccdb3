// `start`: run claude for one agent in the present terminal.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { constants } from 'node:os';
import { UserError } from '../findings/userError.ts';
import { visible } from '../findings/visible.ts';
import { needsMigrate, needsRestore } from '../outputs/fleet.ts';
import { settingsPath } from '../outputs/plan.ts';
import { findClaude, findNode } from '../sessions/programs.ts';
import { preflight, prepareLaunch } from '../sessions/start.ts';
import { requireAgents } from './agents.ts';
import { inspect } from './check.ts';
import { stateDirectoryOf } from './state.ts';
import { UsageError } from './usageError.ts';
import type { Verb } from './verb.ts';

export const start: Verb = {
  name: 'start',
  summary: 'run claude as an agent, in this terminal',
  usage: 'id [--yes] [--unguarded]',
  help: 'Starts claude with the launch copy of the agent: its settings, tools, prompt and guard, frozen.\nRefuses an agent that does not match the registry, and says what mends it. Exits as claude exits.',
  formats: ['text', 'json'],
  options: {
    yes: {
      type: 'boolean',
      help: 'start even with a permission mode that asks nobody (bypassPermissions, auto)',
    },
    unguarded: {
      type: 'boolean',
      help: 'start an agent whose settings template has no guard, with what it says',
    },
  },
  async run({ io, root, positionals, flag }) {
    const [id, ...others] = positionals;
    if (id === undefined || others.length > 0)
      throw new UsageError('Name one agent: native-orchestrator start <id>');
    const fleet = inspect(io, root);
    if (fleet.registry !== undefined) requireAgents([...fleet.registry.agents.keys()], [id]);
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
    const claude = await findClaude(io.machine, io.env.NATIVE_ORCHESTRATOR_CLAUDE ?? '');
    if (claude.path === undefined)
      throw new UserError(
        `claude was not found (looked at ${claude.lookedAt.join(', ')}). Install it from https://claude.com/claude-code, or name it in NATIVE_ORCHESTRATOR_CLAUDE.`,
      );
    const node = await findNode(io.machine, '', process.execPath);
    const state = stateDirectoryOf(io, root);
    const launch = await prepareLaunch({
      files: io.files,
      fleet,
      id,
      isUnguardedAgreed: flag('unguarded'),
      hooks: io.launchHooks(),
      stateRoot: state.root,
      stateDirectory: state.workspace,
      claudePath: claude.path,
      nodePath: node.path ?? process.execPath,
      env: io.env,
      launchId: randomUUID(),
      sessionId: randomUUID(),
    });
    if (launch.leftOut.length > 0)
      io.err(
        `Left out of this session, since it is more than the registry gives ${id}: ${visible(launch.leftOut.join(', '))} in ${settingsPath(id)}.\n`,
      );
    if (io.env.ANTHROPIC_API_KEY)
      io.err('ANTHROPIC_API_KEY is set: this session is billed to that key, not to a subscription.\n');
    return new Promise((resolve, reject) => {
      const child = spawn(launch.command, launch.args, {
        cwd: launch.cwd,
        env: { ...io.env, ...launch.env },
        stdio: 'inherit',
      });
      // The terminal sends Ctrl-C to both; what it means is for claude to say. Who ends us by pid means claude.
      const ignore = (): void => {};
      const passOn = (signal: NodeJS.Signals): void => void child.kill(signal);
      process.on('SIGINT', ignore).on('SIGTERM', passOn).on('SIGHUP', passOn);
      child.on('error', (error) =>
        reject(new UserError(`${claude.path} could not be started: ${error.message}`, { cause: error })),
      );
      child.on('exit', (code, signal) => {
        process.off('SIGINT', ignore).off('SIGTERM', passOn).off('SIGHUP', passOn);
        resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
      });
    });
  },
};
