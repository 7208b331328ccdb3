// Begins a session: one live launch per agent, its record written before it starts, pid and start time right after.
import path from 'node:path';
import { makePrivate } from '../files/stateDirectory.ts';
import { UserError } from '../findings/userError.ts';
import { ended, type LiveRecord, liveRecords } from './liveRecords.ts';
import { processStarted } from './processTable.ts';
import type { SessionHost } from './sessionHost.ts';
import { type Runner, recordFormat, type SessionRecord, writeRecord } from './sessionRecord.ts';
import type { Launch } from './start.ts';
import { starterScript } from './starterScript.ts';
import { killTmuxSession, newTmuxSession, panesOf, sessionName, type Tmux, tmuxConfig } from './tmux.ts';

/** What came of a start: it runs now, or it did before and nothing was started. */
export type StartResult =
  | { readonly kind: 'started'; readonly record: SessionRecord }
  | { readonly kind: 'alreadyRuns'; readonly live: LiveRecord };

/** Milliseconds that another start of the same agent is waited for, and between two looks. */
const patienceMs = 10_000;
const askEveryMs = 50;

/** Keeps every other start of that agent out while the work is done. @throws UserError when another one does not end. */
async function alone<T>(host: SessionHost, agent: string, work: () => Promise<T>): Promise<T> {
  // A folder for each agent: the lock knows what is held by the folder that it is asked for.
  const folder = path.join(host.stateDirectory, 'starting', agent);
  await makePrivate(host.files, host.stateRoot, folder);
  const mark = path.join(folder, 'held');
  for (let waited = 0; ; waited += askEveryMs) {
    try {
      const release = await host.files.hold(folder, mark, () => {});
      try {
        return await work();
      } finally {
        await release().catch(() => {});
      }
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ELOCKED')) throw error;
      if (waited >= patienceMs)
        throw new UserError(
          `${agent} is being started by another one, which does not end. Try again in a moment.`,
        );
      await host.wait(askEveryMs);
    }
  }
}

function newRecord(host: SessionHost, launch: Launch, runner: Runner): SessionRecord {
  return {
    ...launch.config,
    format: recordFormat,
    launch: launch.launchId,
    agent: launch.agent,
    sessionId: launch.sessionId,
    sessionIds: [launch.sessionId],
    runner,
    cwd: launch.cwd,
    argv: [launch.command, ...launch.args],
    startedAt: host.now(),
    phase: 'starting',
  };
}

/** What starting itself gives. */
interface Begun extends Pick<SessionRecord, 'pid' | 'pane' | 'socket'> {
  readonly pid: number;
}

/**
 * Starts an agent unless it runs. `prepare` makes the launch, `begin` starts it and gives its pid, `undo` ends what was
 * begun when its record can't be completed: a session nobody could find again must not be left.
 */
async function startRecorded(
  host: SessionHost,
  agent: string,
  runner: Runner,
  steps: {
    readonly prepare: () => Promise<Launch>;
    readonly begin: (launch: Launch) => Promise<Begun>;
    readonly undo: (launch: Launch) => Promise<unknown>;
  },
): Promise<StartResult> {
  return alone(host, agent, async () => {
    const [live] = await liveRecords(host, agent);
    if (live !== undefined) return { kind: 'alreadyRuns', live };
    const launch = await steps.prepare();
    const record = newRecord(host, launch, runner);
    await writeRecord(host, record);
    let begun: Begun;
    try {
      begun = await steps.begin(launch);
    } catch (error) {
      await writeRecord(host, ended(record, host.now(), 'not started')).catch(() => {});
      throw error;
    }
    const pidStarted = await processStarted(host.machine, begun.pid);
    const running: SessionRecord = {
      ...record,
      ...begun,
      ...(pidStarted === undefined ? {} : { pidStarted }),
      phase: 'running',
    };
    try {
      await writeRecord(host, running);
    } catch (error) {
      await steps.undo(launch);
      throw error;
    }
    return { kind: 'started', record: running };
  });
}

/** The folder of starter scripts, which hold a session's environment until it has it. */
const scriptFolder = (stateDirectory: string): string => path.join(stateDirectory, 'starts');

/** Removes the scripts of starts that were broken off. Those of this moment have no ended record. */
async function sweepScripts(host: SessionHost, open: ReadonlySet<string>): Promise<void> {
  const folder = scriptFolder(host.stateDirectory);
  for (const name of host.files.list(folder))
    if (!open.has(name.replace(/\.sh$/, '')))
      await host.files.remove(path.join(folder, name)).catch(() => {});
}

/** Writes the configuration of the server where it is another one. */
async function writeConfig(host: SessionHost): Promise<string> {
  const config = path.join(host.stateDirectory, 'tmux.conf');
  if (host.files.read(config)?.text === tmuxConfig) return config;
  const temporary = `${config}.${process.pid}`;
  await host.files.remove(temporary);
  await host.files.createFile(temporary, tmuxConfig, 0o600);
  await host.files.rename(temporary, config);
  return config;
}

/** Starts an agent in a tmux session of its own, or says that it runs. `env`: the whole environment of the session. @throws UserError */
export function startInTmux(
  host: SessionHost,
  tmux: Tmux,
  agent: string,
  env: Readonly<Record<string, string | undefined>>,
  prepare: () => Promise<Launch>,
): Promise<StartResult> {
  const workspace = path.basename(host.stateDirectory);
  return startRecorded(host, agent, 'tmux', {
    prepare,
    async begin(launch) {
      await clearDead(tmux, agent, workspace);
      const folder = scriptFolder(host.stateDirectory);
      await makePrivate(host.files, host.stateRoot, folder);
      const live = await liveRecords(host);
      await sweepScripts(host, new Set(live.map(({ record }) => record.launch)));
      const script = path.join(folder, `${launch.launchId}.sh`);
      const { command, args, cwd } = launch;
      const text = starterScript({ command, args, cwd, env: { ...env, ...launch.env } });
      await host.files.createFile(script, text, 0o600);
      try {
        return await newTmuxSession(tmux, {
          agent,
          launch: launch.launchId,
          workspace,
          script,
          config: await writeConfig(host),
        });
      } catch (error) {
        await host.files.remove(script).catch(() => {});
        throw error;
      }
    },
    undo: (launch) => killTmuxSession(tmux, { agent, launch: launch.launchId }),
  });
}

/** Makes room for a session: ends what is left of the agent's last one. @throws UserError when one runs that no record tells of. */
async function clearDead(tmux: Tmux, agent: string, workspace: string): Promise<void> {
  const ours = (await panesOf(tmux))?.filter(
    (pane) =>
      pane.session === sessionName(agent) && pane.workspace === workspace && pane.launch !== undefined,
  );
  for (const { launch, isDead } of ours ?? []) {
    if (!isDead)
      throw new UserError(
        `${agent} runs in a tmux session whose record is gone, so it is left as it is. Look at it: ${tmux.program} ${tmux.server.join(' ')} attach -t =${sessionName(agent)}`,
      );
    if (launch !== undefined) await killTmuxSession(tmux, { agent, launch });
  }
}

/** A process that a caller began: its pid, and how to end it again. */
export interface BegunProcess {
  readonly pid: number;
  readonly end: () => void;
}

/** Starts an agent in a terminal that the caller has, or says that it runs. @throws UserError */
export function startInTerminal(
  host: SessionHost,
  agent: string,
  prepare: () => Promise<Launch>,
  begin: (launch: Launch) => Promise<BegunProcess>,
): Promise<StartResult> {
  let process: BegunProcess | undefined;
  return startRecorded(host, agent, 'terminal', {
    prepare,
    async begin(launch) {
      process = await begin(launch);
      return { pid: process.pid };
    },
    undo: async () => process?.end(),
  });
}
