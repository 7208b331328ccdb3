// The version of the user's claude, asked with a throw-away home.
import { spawn } from 'node:child_process';
import { UserError } from '../findings/userError.ts';
import { visibleShort } from '../findings/visible.ts';
import { endGroup } from './runClaude.ts';

const answerTimeoutMs = 20_000;
/** More than this is no version. Characters. */
const longestAnswer = 10_000;

/** What `claude --version` says, such as `2.1.329`. Whatever it started is gone by then. @throws UserError when it says none. */
export function claudeVersion(claude: string, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    let why = '';
    // It reads no settings for this, and needs nothing of the environment but where `env` finds an interpreter.
    const child = spawn(claude, ['--version'], {
      env: { PATH: process.env.PATH },
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
