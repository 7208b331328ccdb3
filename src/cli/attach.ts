// `attach`: show a session that runs in tmux in the present terminal.
import { spawn } from 'node:child_process';
import { UserError } from '../findings/userError.ts';
import { liveRecords } from '../sessions/liveRecords.ts';
import { markSeen } from '../sessions/seen.ts';
import type { SessionHost } from '../sessions/sessionHost.ts';
import { readRecords, type SessionRecord } from '../sessions/sessionRecord.ts';
import { attachArguments, paneOf } from '../sessions/tmux.ts';
import { tmuxOfRecord } from '../sessions/workspaceTmux.ts';
import { requireAgents } from './agents.ts';
import { inspect } from './check.ts';
import { lookAtSessions } from './liveSessions.ts';
import { refuseInSession } from './ownSession.ts';
import { sessionHostOf, tellSkipped } from './sessionHost.ts';
import { UsageError } from './usageError.ts';
import type { Io, Verb } from './verb.ts';

export const attach: Verb = {
  name: 'attach',
  summary: 'show the session of an agent in this terminal',
  usage: 'id',
  help: 'Shows the tmux session that an agent runs in, or what it said last. Ctrl-b d leaves it, and it goes on.',
  formats: ['text', 'json'],
  options: {},
  async run({ io, root, positionals }) {
    refuseInSession(io, 'attaches to no session');
    const [id, ...others] = positionals;
    if (id === undefined || others.length > 0)
      throw new UsageError('Name one agent: native-orchestrator attach <id>');
    const host = sessionHostOf(io, root);
    const last = readRecords(host).records.find(({ agent }) => agent === id);
    const fleet = inspect(io, root);
    // An agent that left the registry may still run.
    if (fleet.registry !== undefined && last === undefined)
      requireAgents([...fleet.registry.agents.keys()], [id]);
    tellSkipped(io, host);
    // One that ended may still have on its screen why.
    const [live] = await liveRecords(host, id);
    const record = live?.record ?? last;
    const tmux = record && tmuxOfRecord(host, root, record);
    const pane = record && tmux && (await paneOf(tmux, record.launch));
    if (live === undefined && pane === undefined)
      throw new UserError(`${id} does not run. Start it: native-orchestrator start ${id}`);
    if (record?.runner !== 'tmux')
      throw new UserError(
        `${id} runs in the terminal that it was started in (pid ${record?.pid}), and can be shown there only. With --runner tmux it could be shown anywhere.`,
      );
    if (tmux === undefined)
      throw new UserError(`${id} runs in tmux, and tmux was not found (looked at PATH). Put it on PATH.`);
    if (pane === undefined)
      throw new UserError(
        `${id} runs as pid ${record.pid}, but tmux has no session of it any more. End it: native-orchestrator stop ${id}`,
      );
    if (io.ask === undefined)
      throw new UserError(`There is no terminal to show ${id} in. Run attach in one.`);
    const code = await new Promise<number>((resolve, reject) => {
      const child = spawn(tmux.program, attachArguments(tmux, id), { env: tmux.env, stdio: 'inherit' });
      child.on('error', (error) =>
        reject(new UserError(`tmux could not be started: ${error.message}`, { cause: error })),
      );
      child.on('exit', (code) => resolve(code ?? 1));
    });
    await noteLook(io, root, host, record);
    return code;
  },
};

/** A person has seen how the session stood when they left it. That it can't be noted is no reason to fail. */
async function noteLook(io: Io, root: string, host: SessionHost, record: SessionRecord): Promise<void> {
  const session = (await lookAtSessions(io, root)).sessions.get(record.agent);
  if (session?.record.launch === record.launch)
    await markSeen(host, record, session.state, io.now()).catch(() => {});
}
