// `attach`: show a session that runs in tmux in the present terminal.
import { spawn } from 'node:child_process';
import { UserError } from '../findings/userError.ts';
import { attachArguments, panesOf } from '../sessions/tmux.ts';
import { requireAgents } from './agents.ts';
import { inspect } from './check.ts';
import { requireLive, sessionHostOf, tellSkipped, tmuxOfRecord } from './sessionHost.ts';
import { UsageError } from './usageError.ts';
import type { Verb } from './verb.ts';

export const attach: Verb = {
  name: 'attach',
  summary: 'show the session of an agent in this terminal',
  usage: 'id',
  help: 'Shows the tmux session that an agent runs in. Ctrl-b d leaves it, and it goes on.',
  formats: ['text', 'json'],
  options: {},
  async run({ io, root, positionals }) {
    const [id, ...others] = positionals;
    if (id === undefined || others.length > 0)
      throw new UsageError('Name one agent: native-orchestrator attach <id>');
    const fleet = inspect(io, root);
    if (fleet.registry !== undefined) requireAgents([...fleet.registry.agents.keys()], [id]);
    const host = sessionHostOf(io, root);
    tellSkipped(io, host);
    const { record } = await requireLive(host, id);
    if (record.runner !== 'tmux')
      throw new UserError(
        `${id} runs in the terminal that it was started in (pid ${record.pid}), and can be shown there only. With --runner tmux it could be shown anywhere.`,
      );
    const tmux = tmuxOfRecord(io, root, record);
    if (tmux === undefined)
      throw new UserError(`${id} runs in tmux, and tmux was not found (looked at PATH). Put it on PATH.`);
    const panes = await panesOf(tmux);
    if (
      !panes?.some(
        ({ launch, workspace }) => launch === record.launch && host.stateDirectory.endsWith(workspace ?? '?'),
      )
    )
      throw new UserError(
        `${id} runs as pid ${record.pid}, but tmux has no session of it any more. End it: native-orchestrator stop ${id}`,
      );
    if (io.ask === undefined)
      throw new UserError(`There is no terminal to show ${id} in. Run attach in one.`);
    return new Promise((resolve, reject) => {
      const child = spawn(tmux.program, attachArguments(tmux, id), { env: tmux.env, stdio: 'inherit' });
      child.on('error', (error) =>
        reject(new UserError(`tmux could not be started: ${error.message}`, { cause: error })),
      );
      child.on('exit', (code) => resolve(code ?? 1));
    });
  },
};
