// Where the user's own programs are: claude, node and what hooks run. Looked up on start and doctor only, never at activation.
import { execFile } from 'node:child_process';
import path from 'node:path';
import type { Files } from '../files/files.ts';

/** What a lookup may know of the machine. */
export interface Machine {
  readonly files: Files;
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** The standard output of a program, or undefined when it fails or takes more than three seconds. */
  readonly run: (command: string, args: readonly string[]) => Promise<string | undefined>;
}

export interface FoundProgram {
  /** Absolute; undefined when it is nowhere. */
  readonly path: string | undefined;
  /** Every place that was looked at, in words, in order. */
  readonly lookedAt: readonly string[];
}

/** Milliseconds that a program may take to answer a lookup or a version question. */
const answerTimeoutMs = 3000;

/** Runs a program with an argument array and no input. Its standard output, or undefined when it fails or is too slow. */
export function runProgram(command: string, args: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = execFile(
      command,
      [...args],
      { timeout: answerTimeoutMs, killSignal: 'SIGKILL', windowsHide: true, maxBuffer: 64 * 1024 },
      (error, stdout) => resolve(error ? undefined : stdout),
    );
    child.stdin?.end();
  });
}

/** The program of that name on PATH; undefined when there is none. A name with a separator is not looked up. */
export function findOnPath(
  machine: Pick<Machine, 'files' | 'platform' | 'env'>,
  name: string,
): string | undefined {
  if (name === '' || /[\\/\0]/.test(name)) return undefined;
  const style = machine.platform === 'win32' ? path.win32 : path.posix;
  const searchPath = machine.env.PATH ?? machine.env.Path ?? '';
  const endings =
    machine.platform === 'win32' ? ['', ...(machine.env.PATHEXT ?? '.EXE;.CMD').split(';')] : [''];
  for (const directory of searchPath.split(style.delimiter)) {
    if (!style.isAbsolute(directory)) continue; // a relative entry would let a workspace name our programs
    for (const ending of endings) {
      const candidate = style.join(directory, name + ending);
      if (machine.files.isExecutable(candidate)) return candidate;
    }
  }
  return undefined;
}

/** What the login shell knows of a program: the desktop often starts editors with a short PATH. */
async function askLoginShell(machine: Machine, name: 'claude' | 'node'): Promise<string | undefined> {
  const shell = machine.env.SHELL;
  if (machine.platform === 'win32' || !shell || !path.isAbsolute(shell)) return undefined;
  const answer = await machine.run(shell, ['-lc', `command -v ${name}`]);
  const line = answer?.trim().split('\n').at(-1)?.trim();
  return line && path.isAbsolute(line) && machine.files.isExecutable(line) ? line : undefined;
}

async function findProgram(
  machine: Machine,
  name: 'claude' | 'node',
  setting: string,
  wellKnown: readonly string[],
): Promise<FoundProgram> {
  const lookedAt: string[] = [];
  if (setting !== '') {
    lookedAt.push(`the setting nativeOrchestrator.${name}Path (${setting})`);
    return {
      path: path.isAbsolute(setting) && machine.files.isExecutable(setting) ? setting : undefined,
      lookedAt,
    };
  }
  lookedAt.push('PATH');
  const onPath = findOnPath(machine, name);
  if (onPath) return { path: onPath, lookedAt };
  lookedAt.push('the login shell');
  const inShell = await askLoginShell(machine, name);
  if (inShell) return { path: inShell, lookedAt };
  for (const candidate of wellKnown) {
    lookedAt.push(candidate);
    if (machine.files.isExecutable(candidate)) return { path: candidate, lookedAt };
  }
  return { path: undefined, lookedAt };
}

/** The user's claude. A setting that names no program is not replaced by another one: the user meant that one. */
export function findClaude(machine: Machine, setting: string): Promise<FoundProgram> {
  return findProgram(machine, 'claude', setting, [
    path.join(machine.home, '.local', 'bin', 'claude'),
    path.join(machine.home, '.claude', 'local', 'claude'),
    '/usr/local/bin/claude',
    '/opt/homebrew/bin/claude',
  ]);
}

/** The node that hooks run with. `own` is the editor's own node binary, where the editor runs on one. */
export function findNode(machine: Machine, setting: string, own: string | undefined): Promise<FoundProgram> {
  return findProgram(machine, 'node', setting, [
    '/usr/local/bin/node',
    '/opt/homebrew/bin/node',
    '/usr/bin/node',
    ...(own ? [own] : []),
  ]);
}
