// Begins a session: one live launch per agent, its record written before it starts, pid and start time right after.
import path from 'node:path';
import { makePrivate } from '../files/stateDirectory.ts';
import { UserError } from '../findings/userError.ts';
import { writeAll } from '../outputs/write.ts';
import { ended, exitFile, type LiveRecord, liveRecords, pidFile } from './liveRecords.ts';
import { processStarted } from './processTable.ts';
import type { SessionHost } from './sessionHost.ts';
import {
  type Runner,
  readRecords,
  recordFolder,
  recordFormat,
  type SessionRecord,
  writeRecord,
} from './sessionRecord.ts';
import type { Launch } from './start.ts';
import { starterScript } from './starterScript.ts';
import { writeStartScript } from './startScripts.ts';
import { killTmuxSession, newTmuxSession, panesOf, sessionName, type Tmux, tmuxConfig } from './tmux.ts';

/** What came of a start: it runs now, or it did before and nothing was started. */
export type StartResult =
  | { readonly kind: 'started'; readonly record: SessionRecord }
  | { readonly kind: 'alreadyRuns'; readonly live: LiveRecord };

/** Milliseconds that another start of the same agent is waited for, and between two looks. */
const patienceMs = 10_000;
const askEveryMs = 50;
const pidEveryMs = 5;

/** Keeps every other start of that agent out while the work is done. @throws UserError when another one does not end. */
async function alone<T>(host: SessionHost, agent: string, work: () => Promise<T>): Promise<T> {
  // A folder for each agent: the lock knows what is held by the folder that it is asked for.
  const folder = path.join(host.stateDirectory, 'starting', agent);
  await makePrivate(host.files, host.stateRoot, folder);
  const mark = path.join(folder, 'held');
  for (let waited = 0; ; waited += askEveryMs) {
    let release: () => Promise<void>;
    try {
      release = await host.files.hold(folder, mark, () => {});
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
      if (code !== 'ELOCKED')
        throw new UserError(
          `${folder} cannot be written (${code}), and a start is noted there first, so nothing was started. Free space there, or mend its permissions.`,
          { cause: error },
        );
      if (waited >= patienceMs)
        throw new UserError(
          `${agent} is being started by another one, which does not end. Try again in a moment.`,
        );
      await host.wait(askEveryMs);
      continue;
    }
    try {
      return await work();
    } finally {
      await release().catch(() => {});
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
    ...(launch.worktree === undefined ? {} : { worktree: launch.worktree }),
    argv: [launch.command, ...launch.args],
    startedAt: host.now(),
    phase: 'starting',
  };
}

/** Ended launches of an agent whose records are kept. */
const keptRecords = 50;

/** Removes the oldest records of an agent, so that they do not grow for ever. */
async function forgetOld(host: SessionHost, agent: string): Promise<void> {
  const own = readRecords(host).records.filter(
    (record) => record.agent === agent && record.phase === 'ended',
  );
  for (const { launch } of own.slice(keptRecords))
    await host.files.remove(path.join(recordFolder(host.stateDirectory), `${launch}.json`)).catch(() => {});
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
    await forgetOld(host, agent);
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

/** The pid that a starter script wrote down. @throws UserError when it does not in time. */
async function startedPid(host: SessionHost, agent: string, file: string): Promise<number> {
  for (let waited = 0; waited < patienceMs; waited += pidEveryMs) {
    const text = host.files.read(file)?.text ?? '';
    // The file stays until the launch has ended: if we are killed now, it is all that tells of the session.
    if (/^\d+\n$/.test(text)) return Number(text);
    await host.wait(pidEveryMs);
  }
  throw new UserError(
    `${agent} did not start in tmux within ${patienceMs / 1000} seconds. Start it with --runner terminal.`,
  );
}

/** Writes the configuration of the server where it is another one. Gives its path. */
async function writeConfig({ files, stateDirectory }: SessionHost): Promise<string> {
  const config = path.join(stateDirectory, 'tmux.conf');
  const before = files.read(config)?.text;
  if (before !== tmuxConfig)
    await writeAll(files, [{ path: config, text: tmuxConfig, before }], {
      root: stateDirectory,
      mode: { file: 0o600, folder: 0o700 },
    });
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
      await clearEnded(host, tmux, agent);
      const { launchId, command, args, cwd } = launch;
      const files = {
        pidFile: pidFile(host.stateDirectory, launchId),
        exitFile: exitFile(host.stateDirectory, launchId),
      };
      const text = starterScript({ command, args, cwd, env: { ...env, ...launch.env }, ...files });
      const script = await writeStartScript(host, launchId, text);
      try {
        const config = await writeConfig(host);
        const place = await newTmuxSession(tmux, {
          agent,
          launch: launchId,
          workspace,
          script,
          config,
        });
        return { ...place, pid: await startedPid(host, agent, files.pidFile) };
      } catch (error) {
        await host.files.remove(script).catch(() => {});
        await killTmuxSession(tmux, { agent, launch: launchId });
        throw error;
      }
    },
    undo: (launch) => killTmuxSession(tmux, { agent, launch: launch.launchId }),
  });
}

/**
 * Makes room for a session: ends what is left on the screen of the agent's last one, which has ended.
 * @throws UserError when there is one of ours that no record tells of, so that nobody knows whether it runs.
 */
async function clearEnded(host: SessionHost, tmux: Tmux, agent: string): Promise<void> {
  const workspace = path.basename(host.stateDirectory);
  const panes = (await panesOf(tmux)) ?? [];
  const ours = panes.find(
    (pane) =>
      pane.session === sessionName(agent) && pane.workspace === workspace && pane.launch !== undefined,
  );
  if (ours?.launch === undefined) return;
  if (!readRecords(host).records.some(({ launch }) => launch === ours.launch))
    throw new UserError(
      `${agent} has a tmux session whose record is gone, so it is left as it is. Look at it: ${tmux.program} ${tmux.server.join(' ')} attach -t =${sessionName(agent)}`,
    );
  await killTmuxSession(tmux, { agent, launch: ours.launch });
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
