// The version of the user's claude, asked with a throw-away home.
import { execFile } from 'node:child_process';
import { UserError } from '../findings/userError.ts';

const answerTimeoutMs = 20_000;

/** What `claude --version` says, such as `2.1.329`. @throws UserError when it says none. */
export function claudeVersion(claude: string, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      claude,
      ['--version'],
      // It reads no settings for this, and needs nothing of the environment but where `env` finds an interpreter.
      {
        env: { PATH: process.env.PATH },
        timeout: answerTimeoutMs,
        killSignal: 'SIGKILL',
        windowsHide: true,
        signal,
      },
      (error, stdout) => {
        const version = /\d+\.\d+\.\d+/.exec(stdout)?.[0];
        if (version !== undefined) resolve(version);
        else if (signal.aborted) reject(new UserError('Cancelled. Nothing was proven.'));
        else
          reject(
            new UserError(
              `${claude} does not say its version${error === null ? '' : ` (${error.message.split('\n')[0]})`}. Check that it runs in a terminal.`,
            ),
          );
      },
    );
    child.stdin?.end();
  });
}
