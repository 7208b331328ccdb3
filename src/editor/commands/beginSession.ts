// Begins one session: in a terminal of the window, or in tmux, with a tab that shows it. Asks nothing.
import { randomUUID } from 'node:crypto';
import type * as vscode from 'vscode';
import { nodeFiles } from '../../files/nodeFiles.ts';
import type { HookSources } from '../../outputs/output.ts';
import type { SessionHost } from '../../sessions/sessionHost.ts';
import type { Runner } from '../../sessions/sessionRecord.ts';
import { type Launch, prepareLaunch } from '../../sessions/start.ts';
import { type StartResult, startInTmux } from '../../sessions/startSession.ts';
import { tmuxOf } from '../../sessions/workspaceTmux.ts';
import type { Fleets, FoundAgent } from '../fleets.ts';
import { sessionEnvironment } from '../sessionEnvironment.ts';
import type { Sessions } from '../sessions.ts';
import { openTmuxTab, type Show, startInTab } from '../sessionTabs.ts';
import type { Terminals } from '../terminals.ts';
import { argumentFor } from './pickAgent.ts';
import type { Programs } from './requirePrograms.ts';

/** What every command about sessions has. */
export interface SessionContext {
  readonly fleets: Fleets;
  readonly terminals: Terminals;
  readonly sessions: Sessions;
  readonly log: vscode.LogOutputChannel;
}

export interface BeginContext extends SessionContext {
  readonly launchHooks: () => HookSources;
}

export interface Begin {
  readonly programs: Programs;
  readonly runner: Runner;
  readonly show: Show;
  readonly isUnguardedAgreed: boolean;
  /** The conversation to go on with; absent: a new one. */
  readonly resume: string | undefined;
}

/** What came of it; `launch` when one was prepared. */
export interface Begun {
  readonly result: StartResult;
  readonly launch: Launch | undefined;
}

/** Starts an agent unless it runs. @throws UserError */
export async function beginSession(
  context: BeginContext,
  host: SessionHost,
  found: FoundAgent,
  { programs, runner, show, isUnguardedAgreed, resume }: Begin,
): Promise<Begun> {
  const argument = argumentFor(found);
  let launch: Launch | undefined;
  const prepare = async (): Promise<Launch> => {
    launch = await prepareLaunch({
      files: nodeFiles,
      machine: host.machine,
      fleet: found.fleet,
      id: argument.agent,
      isUnguardedAgreed,
      hooks: context.launchHooks(),
      stateRoot: host.stateRoot,
      stateDirectory: host.stateDirectory,
      ...programs,
      env: process.env,
      launchId: randomUUID(),
      sessionId: resume ?? randomUUID(),
      isResumed: resume !== undefined,
    });
    return launch;
  };
  const tmux = runner === 'tmux' ? tmuxOf(host, found.store.folder.uri.fsPath) : undefined;
  if (tmux === undefined) return { result: await startInTab(context, host, argument, show, prepare), launch };
  const environment = sessionEnvironment(process.env);
  const result = await startInTmux(host, tmux, argument.agent, environment, prepare);
  if (result.kind === 'started') openTmuxTab(context, tmux, argument, result.record, show);
  return { result, launch };
}
