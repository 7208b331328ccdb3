// Runs a program with an argument array, never through a shell, and answers with its exit code and output.
import { spawn } from 'node:child_process';

/**
 * Never rejects for a failing program: `code` is its exit code, 127 when it could not be started, 128 when a signal
 * ended it. With `inherit` its output goes to ours and `output` is empty.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: Record<string, string | undefined>, inherit?: boolean, timeout?: number }} [options]
 * @returns {Promise<{ code: number, output: string, stdout: string }>}
 */
export function run(command, args, { cwd, env, inherit = false, timeout } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env: env ?? process.env,
      timeout,
      stdio: ['ignore', inherit ? 'inherit' : 'pipe', inherit ? 'inherit' : 'pipe'],
    });
    // A signal that ends us must not leave it behind.
    const endWithUs = () => child.kill();
    process.once('exit', endWithUs);
    let output = '';
    let stdout = '';
    child.stdout?.setEncoding('utf8').on('data', (text) => {
      stdout += text;
      output += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
    child.on('error', (error) => resolve({ code: 127, output: error.message, stdout }));
    child.on('close', (code) => {
      process.removeListener('exit', endWithUs);
      resolve({ code: code ?? 128, output, stdout });
    });
  });
}
