// A hook as the CLI runs it: the built bundle, its own process, an event on standard input.
import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const checkout = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');

/** Builds the hooks as they are shipped and tells where one of them lies; the others are beside it. */
export async function buildHook(name: 'guard' | 'report'): Promise<string> {
  const folder = path.join(checkout, 'out/hooks');
  const { buildCommittedHooks } = await import(pathToFileURL(path.join(checkout, 'scripts/build.mjs')).href);
  await buildCommittedHooks(folder);
  return path.join(folder, `${name}.mjs`);
}

export interface HookResult {
  /** Null when the process was ended by a signal. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface HookRun {
  readonly script: string;
  readonly args: readonly string[];
  /** Undefined leaves standard input open and silent. */
  readonly input: string | Buffer | undefined;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export function runHook({ script, args, input, cwd, env }: HookRun): Promise<HookResult> {
  return new Promise((resolve, reject) => {
    const child: ChildProcess = spawn(process.execPath, [script, ...args], {
      cwd,
      env: { HOME: '/nonexistent', PATH: '/usr/bin:/bin', ...env },
      stdio: 'pipe',
    });
    let stdout = '';
    let stderr = '';
    child.stdout?.on('data', (text) => {
      stdout += text;
    });
    child.stderr?.on('data', (text) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      child.stdin?.destroy();
      resolve({ code, stdout, stderr });
    });
    // A hook that has answered may be gone before all is written.
    child.stdin?.on('error', () => undefined);
    if (input !== undefined) child.stdin?.end(input);
  });
}
