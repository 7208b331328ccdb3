// The tmux servers that the sessions of a workspace are in.
import type { SessionHost } from './sessionHost.ts';
import type { SessionRecord } from './sessionRecord.ts';
import { findTmux, type Tmux, tmuxAt, workspaceServer } from './tmux.ts';

/** The workspace's own server; undefined where there is no tmux. `root`: absolute. @throws UserError when TMUX_SOCKET_OVERRIDE names none. */
export function tmuxOf({ machine, stateDirectory }: SessionHost, root: string): Tmux | undefined {
  const program = findTmux(machine);
  if (program === undefined) return undefined;
  const { env } = machine;
  return tmuxAt(program, workspaceServer(stateDirectory, env.TMUX_SOCKET_OVERRIDE), env, root);
}

/**
 * The server that a session was started in, wherever new ones would be started now; the workspace's own where the record
 * does not say. Undefined where there is no tmux, and for a session in a terminal.
 */
export function tmuxOfRecord(host: SessionHost, root: string, record: SessionRecord): Tmux | undefined {
  if (record.runner !== 'tmux') return undefined;
  const program = findTmux(host.machine);
  if (program === undefined || record.socket === undefined) return tmuxOf(host, root);
  return tmuxAt(program, ['-S', record.socket], host.machine.env, root);
}
