// The scripts that sessions begin with, on the disk: one for each start, there for a moment.
import path from 'node:path';
import { makePrivate } from '../files/stateDirectory.ts';
import { liveRecords, pidFile, startFolder } from './liveRecords.ts';
import type { SessionHost } from './sessionHost.ts';
import type { Launch } from './start.ts';
import { becomingArguments, terminalArguments, terminalScript } from './starterScript.ts';

/** Removes what starts that were broken off left: a script holds a session's environment. */
async function sweep(host: SessionHost): Promise<void> {
  const folder = startFolder(host.stateDirectory);
  // Listed before the records are read: these files are written after their record.
  const names = host.files.list(folder);
  const live = new Set((await liveRecords(host)).map(({ record }) => record.launch));
  for (const name of names)
    if (!live.has(name.split('.')[0] ?? '')) await host.files.remove(path.join(folder, name)).catch(() => {});
}

/** Makes the folder of these files, and tidies it. Gives its path. @throws UserError when it can't be had. */
async function readyFolder(host: SessionHost): Promise<string> {
  const folder = startFolder(host.stateDirectory);
  await makePrivate(host.files, host.stateRoot, folder);
  await sweep(host);
  return folder;
}

/** Writes the script of a start, for its owner alone, and gives its path. @throws UserError when it can't be written. */
export async function writeStartScript(host: SessionHost, launch: string, text: string): Promise<string> {
  const folder = await readyFolder(host);
  const script = path.join(folder, `${launch}.sh`);
  await host.files.createFile(script, text, 0o600);
  return script;
}

/** What a terminal is made with: a program and its arguments. */
export interface TerminalProgram {
  readonly command: string;
  readonly args: readonly string[];
  /** Added to what the terminal has. */
  readonly env: Readonly<Record<string, string>>;
  /** Whether the same command line, started once more, starts nothing. */
  readonly startsOnce: boolean;
}

/**
 * What a terminal of an editor begins a launch with. The terminal's own process becomes claude. On Windows, which has no
 * shell that could be replaced by it, that is claude itself.
 */
export async function terminalProgram(host: SessionHost, launch: Launch): Promise<TerminalProgram> {
  const { launchId, command, args, env, cwd } = launch;
  if (host.machine.platform === 'win32') return { command, args, env, startsOnce: false };
  const script = await writeStartScript(
    host,
    launchId,
    terminalScript({ command, args, env, cwd, pidFile: pidFile(host.stateDirectory, launchId) }),
  );
  return { command: '/bin/sh', args: terminalArguments(script), env: {}, startsOnce: true };
}

/** What the present terminal begins a launch with: a program that becomes claude, as the same process. @throws UserError */
export async function hereProgram(
  host: SessionHost,
  { launchId, command, args }: Launch,
): Promise<Pick<TerminalProgram, 'command' | 'args'>> {
  if (host.machine.platform === 'win32') return { command, args };
  await readyFolder(host);
  const file = pidFile(host.stateDirectory, launchId);
  return { command: '/bin/sh', args: becomingArguments(file, [command, ...args]) };
}
