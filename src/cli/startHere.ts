// Runs claude for one agent in the present terminal, to its end.
import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { UserError } from '../findings/userError.ts';
import type { SessionHost } from '../sessions/sessionHost.ts';
import { type RunsWays, runsWords } from '../sessions/sessionWords.ts';
import type { Launch } from '../sessions/start.ts';
import { hereProgram } from '../sessions/startScripts.ts';
import { startInTerminal } from '../sessions/startSession.ts';
import { recordEnd } from '../sessions/stopSession.ts';
import type { Io } from './verb.ts';

/** Starts it as our child and resolves once it has a pid. @throws UserError */
async function spawned(io: Io, host: SessionHost, launch: Launch): Promise<ChildProcess> {
  const { command, args } = await hereProgram(host, launch);
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: launch.cwd,
      env: { ...io.env, ...launch.env },
      stdio: 'inherit',
    });
    child.once('spawn', () => resolve(child));
    child.once('error', (error) =>
      reject(new UserError(`${launch.command} could not be started: ${error.message}`, { cause: error })),
    );
  });
}

/** How a process ended: its exit code as a shell would give it, and in words for its record. */
interface Ended {
  readonly code: number;
  readonly reason: string;
}

function endOf(child: ChildProcess): Promise<Ended> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) =>
      resolve(
        signal === null
          ? { code: code ?? 0, reason: `exit ${code ?? 0}` }
          : { code: 128 + constants.signals[signal], reason: `signal ${signal}` },
      ),
    );
  });
}

/** What the command line offers for an agent that runs. */
export const runsWays = (id: string): RunsWays => ({
  toEnd: `End it: native-orchestrator stop ${id}`,
  toIt: `Go to it: native-orchestrator attach ${id}`,
});

/** Runs the agent and gives the exit code of claude. @throws UserError when it runs already, or can't be started. */
export async function startHere(
  io: Io,
  host: SessionHost,
  id: string,
  prepare: () => Promise<Launch>,
): Promise<number> {
  let child: ChildProcess | undefined;
  let end: Promise<Ended> | undefined;
  // The terminal sends Ctrl-C to both; what it means is for claude to say. Who ends us by pid means claude.
  const ignore = (): void => {};
  const passOn = (signal: NodeJS.Signals): void => {
    if (child === undefined) process.exit(128 + constants.signals[signal]);
    child.kill(signal);
  };
  process.on('SIGINT', ignore).on('SIGTERM', passOn).on('SIGHUP', passOn);
  try {
    const result = await startInTerminal(host, id, prepare, async (launch) => {
      child = await spawned(io, host, launch);
      end = endOf(child);
      const { pid } = child;
      if (pid === undefined) throw new UserError(`${launch.command} has no process id. Start it again.`);
      return { pid, end: () => void child?.kill() };
    });
    if (result.kind === 'alreadyRuns') throw new UserError(runsWords(id, result.live, runsWays(id)));
    if (end === undefined) throw new Error('started without a process');
    const { code, reason } = await end;
    // What claude did is done, whether it can be written down or not; the next look finds its process gone.
    await recordEnd(host, result.record, reason).catch(() => {});
    return code;
  } finally {
    process.off('SIGINT', ignore).off('SIGTERM', passOn).off('SIGHUP', passOn);
  }
}
