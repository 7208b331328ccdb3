// One run of the user's claude that prints and ends, in an environment made from nothing. Ended with all its children when it must.
import { spawn } from 'node:child_process';
import { dummyKey, type Scratch } from './scratch.ts';

export interface ClaudeRun {
  readonly claude: string;
  readonly args: readonly string[];
  readonly scratch: Scratch;
  readonly modelUrl: string;
  /** PATH of what Bash runs, after the scratch copy's own programs. */
  readonly searchPath: string;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Milliseconds after which it is ended. */
  readonly timeoutMs: number;
}

export interface ClaudeEnd {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly isTimedOut: boolean;
  /** The last of what it said on standard error. */
  readonly errors: string;
  /** Set when it could not be started at all. */
  readonly failure?: string;
}

/** Names that Windows programs do not start without; none of them is anybody's. */
const windowsNames = ['SystemRoot', 'ComSpec', 'PATHEXT', 'SystemDrive', 'windir'] as const;

function environmentOf({ scratch, modelUrl, searchPath, env }: ClaudeRun): Record<string, string> {
  const isRoot = process.getuid?.() === 0;
  const windows =
    process.platform === 'win32'
      ? windowsNames.flatMap((name) => {
          const value = process.env[name];
          return value === undefined ? [] : [[name, value] as const];
        })
      : [];
  const separator = process.platform === 'win32' ? ';' : ':';
  return {
    ...Object.fromEntries(windows),
    PATH: [scratch.programs, searchPath].join(separator),
    HOME: scratch.home,
    USERPROFILE: scratch.home,
    TMPDIR: scratch.temporary,
    TEMP: scratch.temporary,
    CLAUDE_CODE_TMPDIR: scratch.temporary,
    ANTHROPIC_API_KEY: dummyKey,
    ANTHROPIC_BASE_URL: modelUrl,
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    DISABLE_AUTOUPDATER: '1',
    // As root the CLI refuses to bypass permissions unless this says that nothing can be harmed.
    ...(isRoot ? { IS_SANDBOX: '1' } : {}),
    ...env,
  };
}

const mostErrors = 2000;

/** Ends a process with all that it started: they are one group, where the system knows groups. */
export function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

/** Runs to the end, without input. Never rejects. */
export function runClaude(run: ClaudeRun): Promise<ClaudeEnd> {
  return new Promise((resolve) => {
    if (run.signal.aborted) {
      resolve({ code: null, isTimedOut: false, errors: '' });
      return;
    }
    const child = spawn(run.claude, run.args, {
      cwd: run.scratch.root,
      env: environmentOf(run),
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    let errors = '';
    let isTimedOut = false;
    const stop = (): void => endGroup(child.pid);
    const timer = setTimeout(() => {
      isTimedOut = true;
      stop();
    }, run.timeoutMs);
    const finish = (result: ClaudeEnd): void => {
      clearTimeout(timer);
      run.signal.removeEventListener('abort', stop);
      resolve(result);
    };
    run.signal.addEventListener('abort', stop, { once: true });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors = (errors + text).slice(-mostErrors);
    });
    child.on('error', (error) => finish({ code: null, isTimedOut, errors, failure: error.message }));
    // What it left running in the background would keep its standard error open.
    child.on('exit', stop);
    child.on('close', (code) => finish({ code, isTimedOut, errors }));
  });
}
