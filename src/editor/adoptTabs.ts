// Finds again which terminals of the window show which agents: after a reload of the window, or of the extension alone. A
// terminal is taken for an agent's only by its process, never by its name. Part of dist/later.cjs.
import * as vscode from 'vscode';
import { type LiveRecord, liveRecords } from '../sessions/liveRecords.ts';
import type { SessionHost } from '../sessions/sessionHost.ts';
import type { SessionRecord } from '../sessions/sessionRecord.ts';
import { clientsOf } from '../sessions/tmux.ts';
import { tmuxOfRecord } from '../sessions/workspaceTmux.ts';
import type { FleetStore } from './fleetStore.ts';
import type { Fleets } from './fleets.ts';
import { sessionHostOf } from './sessionHost.ts';
import { ownTerminal, pidOf, type TabContext } from './sessionTabs.ts';

/** Milliseconds that a terminal which was there before has for telling its process. */
const tellsWithinMs = 3000;
/** Milliseconds that tmux has for showing what it was asked for, and between two looks. */
const attachesWithinMs = 2000;
const askEveryMs = 100;

interface AdoptContext extends TabContext {
  readonly fleets: Fleets;
}

/** Whether a terminal was made to run tmux, so that what it shows is known to tmux in a moment. */
function isForTmux(terminal: vscode.Terminal): boolean {
  const { shellPath = '', shellArgs = [] } = terminal.creationOptions as vscode.TerminalOptions;
  return [shellPath, ...shellArgs].some((word) => word.includes('tmux'));
}

/** Whether a launch has a terminal; that of one before it does not count. */
const isShown = ({ terminals }: AdoptContext, folder: string, { agent, launch }: SessionRecord): boolean =>
  terminals.tabOf({ folder, agent })?.launch === launch;

async function adoptIn(
  context: AdoptContext,
  store: FleetStore,
  terminals: readonly vscode.Terminal[],
): Promise<void> {
  const host = sessionHostOf(store);
  const folder = store.folder.uri.toString();
  const live = (await liveRecords(host)).filter(
    ({ record, state }) => state === 'running' && !isShown(context, folder, record),
  );
  if (live.length === 0) return;
  const pids = new Map(
    await Promise.all(
      terminals.map(async (terminal) => [terminal, await pidOf(terminal, tellsWithinMs)] as const),
    ),
  );
  for (const { record } of live) {
    if (record.runner !== 'terminal') continue;
    const terminal = terminals.find((each) => pids.get(each) === record.pid);
    if (terminal === undefined) continue;
    ownTerminal(context, host, { folder, agent: record.agent }, terminal, record);
    context.log.info(`found the terminal of ${record.agent} again`);
  }
  await adoptTmux(context, store, host, live, pids);
}

async function adoptTmux(
  context: AdoptContext,
  store: FleetStore,
  host: SessionHost,
  live: readonly LiveRecord[],
  pids: ReadonlyMap<vscode.Terminal, number | undefined>,
): Promise<void> {
  const folder = store.folder.uri.toString();
  const root = store.folder.uri.fsPath;
  const inTmux = live.filter(({ record }) => record.runner === 'tmux').map(({ record }) => record);
  const servers = new Map(
    inTmux.flatMap((record) => {
      const tmux = tmuxOfRecord(host, root, record);
      return tmux === undefined ? [] : [[tmux.server.join('\0'), tmux] as const];
    }),
  );
  if (servers.size === 0) return;
  const isOurs = (terminal: vscode.Terminal): boolean => context.terminals.agentOf(terminal) !== undefined;
  // tmux itself says which process shows which session; one that has just begun may not show it yet.
  for (let waited = 0; ; waited += askEveryMs) {
    const clients = new Map(
      (await Promise.all([...servers.values()].map(clientsOf))).flatMap((each) => [...each]),
    );
    const waiting = [...pids].filter(([terminal]) => !isOurs(terminal) && terminal.exitStatus === undefined);
    const missing = inTmux.filter((record) => !isShown(context, folder, record));
    for (const { agent, launch } of missing) {
      const [terminal] = waiting.find(([, pid]) => pid !== undefined && clients.get(pid) === launch) ?? [];
      if (terminal === undefined) continue;
      context.terminals.add({ argument: { folder, agent }, terminal, launch });
      context.log.info(`found the terminal of ${agent} again`);
    }
    const mayCome = missing.length > 0 && waiting.some(([each]) => !isOurs(each) && isForTmux(each));
    if (!mayCome || waited >= attachesWithinMs) return;
    await host.wait(askEveryMs);
  }
}

/** Looks which of the window's terminals that nobody knows yet show agents that run. Does not throw. */
export async function adoptTabs(context: AdoptContext): Promise<void> {
  for (const store of context.fleets.withRegistry)
    try {
      const unknown = vscode.window.terminals.filter(
        (terminal) => context.terminals.agentOf(terminal) === undefined && terminal.exitStatus === undefined,
      );
      if (unknown.length > 0) await adoptIn(context, store, unknown);
    } catch (error) {
      context.log.warn(error instanceof Error ? error.message : String(error));
    }
}
