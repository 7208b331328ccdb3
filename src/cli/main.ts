// The process: hands its parts to `run` and ends with its exit code.
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import readline from 'node:readline/promises';
import { fileURLToPath } from 'node:url';
import { nodeFiles } from '../files/nodeFiles.ts';
import { runProgram } from '../sessions/programs.ts';
import { run } from './run.ts';

const packaged = (relative: string): string => fs.readFileSync(new URL(relative, import.meta.url), 'utf8');
const packagedHooks = (ending: 'mjs' | 'cjs') => ({
  guard: packaged(`./hooks/guard.${ending}`),
  bash: packaged(`./hooks/bash.${ending}`),
  report: packaged(`./hooks/report.${ending}`),
});
const version: unknown = JSON.parse(packaged('../package.json')).version;

/** Ends at once with a line that says why: nothing can be done, or nothing can be said. */
function giveUp(message: string): never {
  try {
    fs.writeSync(2, `native-orchestrator: ${message}\n`);
  } catch {
    // Nobody listens; the exit code is all that is left.
  }
  process.exit(2);
}

process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
  // A reader such as `head` may close its end early; that is no error of ours.
  if (code !== 'EPIPE') giveUp(`What there is to say cannot be written (${code}). Send it somewhere else.`);
});
// Where the disk is full that a log goes to, what is at work goes on without it; the exit code says how it ended.
process.stderr.on('error', () => {});

async function ask(question: string): Promise<string> {
  const terminal = readline.createInterface({ input: process.stdin, output: process.stdout });
  try {
    // Without the second, an end of input (Ctrl-D) would leave the question open for ever.
    const closed = new Promise<string>((resolve) => terminal.once('close', () => resolve('')));
    return await Promise.race([terminal.question(question), closed]);
  } finally {
    terminal.close();
  }
}

/** Characters of standard input that are read; nothing that a verb takes is longer. */
const mostInput = 1024 * 1024;

async function input(): Promise<string> {
  let text = '';
  for await (const part of process.stdin.setEncoding('utf8')) {
    text += String(part);
    if (text.length > mostInput) giveUp('What comes in is too long.');
  }
  return text;
}

/** Milliseconds that a verb apart may take, and bytes that it may print: far more than a fleet of 10 000 agents needs. */
const apartMs = 60_000;
const apartBytes = 64 * 1024 * 1024;

function apart(words: readonly string[], signal: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [fileURLToPath(import.meta.url), ...words],
      { timeout: apartMs, killSignal: 'SIGKILL', maxBuffer: apartBytes, windowsHide: true, signal },
      // Exit code 1 says what was found, not that it could not be done.
      (error, stdout) => resolve(error === null || error.code === 1 ? stdout : undefined),
    ).stdin?.end();
  });
}

function currentFolder(): string {
  try {
    return process.cwd();
  } catch {
    return giveUp('The current folder is gone. Change to another one.');
  }
}

process.exitCode = await run(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  env: process.env,
  cwd: currentFolder(),
  hasColour: process.stdout.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb',
  ...(process.stderr.isTTY === true
    ? { progress: (text: string) => void process.stderr.write(`\r${text}\u001b[K`) }
    : {}),
  files: nodeFiles,
  machine: {
    files: nodeFiles,
    platform: process.platform,
    env: process.env,
    home: os.homedir(),
    run: runProgram,
  },
  hooks: () => packagedHooks('mjs'),
  launchHooks: () => packagedHooks('cjs'),
  version: String(version),
  today: new Date().toISOString().slice(0, 10),
  ...(process.stdin.isTTY === true && process.stdout.isTTY === true ? { ask } : {}),
  ...(process.stdin.isTTY === true ? {} : { input }),
  now: () => new Date().toISOString(),
  apart,
});
