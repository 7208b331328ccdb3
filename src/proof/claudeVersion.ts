// The version of the user's claude, asked with a throw-away home.
import { spawn } from 'node:child_process';
import { UserError } from '../findings/userError.ts';
import { visibleShort } from '../findings/visible.ts';
import { endGroup } from './runClaude.ts';

const answerTimeoutMs = 20_000;
/** More than this is no version. Characters. */
const longestAnswer = 10_000;

/**
 * What makes a run of two seconds cheaper: the compiler of the CLI's engine costs more there than it gives (seen with
 * 2.1.329: a fifth). What the CLI does is the same.
 */
const withoutCompiler = { BUN_JSC_useBaselineJIT: '0' } as const;

/**
 * The variables for quick runs, empty for a CLI that does not start with them: its engine ends at once over a name that
 * it does not know. @throws UserError when aborted.
 */
export async function quickRuns(
  claude: string,
  signal: AbortSignal,
): Promise<Readonly<Record<string, string>>> {
  try {
    await claudeVersion(claude, signal, withoutCompiler);
    return withoutCompiler;
  } catch (error) {
    if (signal.aborted) throw error;
    return {};
  }
}

/** What `claude --version` says, such as `2.1.329`. Whatever it started is gone by then. @throws UserError when it says none. */
export function claudeVersion(
  claude: string,
  signal: AbortSignal,
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    let why = '';
    // It reads no settings for this, and needs nothing of the environment but where `env` finds an interpreter.
    const child = spawn(claude, ['--version'], {
      env: { PATH: process.env.PATH, ...env },
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    const stop = (): void => endGroup(child.pid);
    const timer = setTimeout(() => {
      why = ` in ${answerTimeoutMs / 1000} s`;
      stop();
    }, answerTimeoutMs);
    const finish = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      const version = /\d+\.\d+\.\d+/.exec(said)?.[0];
      if (signal.aborted) reject(new UserError('Cancelled. Nothing was proven.'));
      else if (version !== undefined && why === '') resolve(version);
      else
        reject(new UserError(`${claude} does not say its version${why}. Check that it runs in a terminal.`));
    };
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (said.length < longestAnswer) said += text.slice(0, longestAnswer);
    });
    child.on('error', (error) => {
      why = ` (${visibleShort(error.message, 200)})`;
      finish();
    });
    // What it left running would keep its output open.
    child.on('exit', stop);
    child.on('close', finish);
  });
}
