// The terminals that show sessions: one that runs claude as its own process, or one that shows what runs in tmux. Part of
// dist/later.cjs.
import * as vscode from 'vscode';
import { isUserError, UserError } from '../findings/userError.ts';
import type { SessionHost } from '../sessions/sessionHost.ts';
import type { SessionRecord } from '../sessions/sessionRecord.ts';
import type { Launch } from '../sessions/start.ts';
import { terminalProgram } from '../sessions/startScripts.ts';
import { type StartResult, startInTerminal } from '../sessions/startSession.ts';
import { recordTerminalEnd } from '../sessions/terminalEnd.ts';
import { attachingShell, type Tmux } from '../sessions/tmux.ts';
import type { AgentArgument } from './ids.ts';
import type { Terminals } from './terminals.ts';

export interface TabContext {
  readonly terminals: Terminals;
  readonly log: vscode.LogOutputChannel;
}

/**
 * How a terminal comes into view: with the cursor in it, seen while the cursor stays where it is, as a tab behind others; or
 * no tab at all where a session can do without.
 */
export type Show = 'focus' | 'seen' | 'behind' | 'none';

function bring(terminal: vscode.Terminal, show: Show): void {
  if (show === 'focus' || show === 'seen') terminal.show(show === 'seen');
}

/** Milliseconds that the system has for starting a terminal's process. */
const startsWithinMs = 10_000;

/** Theme colours that terminals have for tabs; an agent keeps its own by its id. */
const colors = ['Blue', 'Green', 'Magenta', 'Cyan', 'Yellow', 'Red'] as const;

function terminalColor(id: string): string {
  let sum = 0;
  for (const character of id) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) >>> 0;
  return `terminal.ansi${colors[sum % colors.length] ?? 'Blue'}`;
}

const looks = (agent: string) => ({
  name: agent,
  iconPath: new vscode.ThemeIcon('shield'),
  color: new vscode.ThemeColor(terminalColor(agent)),
});

/** The pid of a terminal's own process; undefined when it could not be started. */
export function pidOf(terminal: vscode.Terminal, withinMs: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const done = (pid: number | undefined): void => {
      clearTimeout(timer);
      closing.dispose();
      resolve(pid);
    };
    const timer = setTimeout(() => done(undefined), withinMs);
    const closing = vscode.window.onDidCloseTerminal((closed) => {
      if (closed === terminal) done(undefined);
    });
    if (terminal.exitStatus) done(undefined);
    void terminal.processId.then(done, () => done(undefined));
  });
}

/** Takes the terminal whose own process is a session for that session's: its end is the session's. */
export function ownTerminal(
  { terminals, log }: TabContext,
  host: SessionHost,
  argument: AgentArgument,
  terminal: vscode.Terminal,
  record: SessionRecord,
): void {
  const onClosed = ({ exitStatus }: vscode.Terminal): Promise<void> | undefined => {
    const { code, reason } = exitStatus ?? {};
    const isMeant =
      reason === vscode.TerminalExitReason.User || reason === vscode.TerminalExitReason.Extension;
    // The window closes, or nobody knows: then who looks next finds whether it runs.
    if (code === undefined && !isMeant) return undefined;
    return recordTerminalEnd(host, record, code).catch((error: unknown) => {
      log.warn(isUserError(error) ? error.message : String(error));
    });
  };
  const { launch, pid } = record;
  terminals.add({ argument, terminal, launch, ...(pid === undefined ? {} : { pid }), onClosed });
}

/** Starts an agent as the process of a new terminal, or says that it runs. The terminal survives a reload of the window. @throws UserError */
export async function startInTab(
  context: TabContext,
  host: SessionHost,
  argument: AgentArgument,
  show: Show,
  prepare: () => Promise<Launch>,
): Promise<StartResult> {
  let terminal: vscode.Terminal | undefined;
  const result = await startInTerminal(host, argument.agent, prepare, async (launch) => {
    const { command, args, env, startsOnce } = await terminalProgram(host, launch);
    const made = vscode.window.createTerminal({
      ...looks(argument.agent),
      shellPath: command,
      shellArgs: [...args],
      cwd: launch.cwd,
      env: { ...env },
      // After a restart of the editor the same command line would start the same launch again.
      isTransient: !startsOnce,
    });
    terminal = made;
    bring(made, show);
    const pid = await pidOf(made, startsWithinMs);
    if (pid !== undefined) return { pid, end: () => made.dispose() };
    made.dispose();
    throw new UserError(
      vscode.l10n.t(
        'The terminal of {0} could not be started. What it says is in its tab, or in the log of the terminal.',
        argument.agent,
      ),
    );
  });
  if (result.kind === 'started' && terminal !== undefined)
    ownTerminal(context, host, argument, terminal, result.record);
  return result;
}

/** Opens a terminal that shows a session in tmux. Closing it leaves the session running. `cwd`: absolute. */
export function openTmuxTab(
  { terminals }: TabContext,
  tmux: Tmux,
  argument: AgentArgument,
  { launch, cwd }: Pick<SessionRecord, 'launch' | 'cwd'>,
  show: Show = 'focus',
): void {
  if (show === 'none') return;
  const terminal = vscode.window.createTerminal({
    ...looks(argument.agent),
    shellPath: '/bin/sh',
    shellArgs: [...attachingShell(tmux, argument.agent)],
    cwd,
    // An editor that was itself started in tmux would be refused.
    env: { TMUX: null, TMUX_PANE: null },
    isTransient: false,
  });
  terminals.add({ argument, terminal, launch });
  bring(terminal, show);
}
