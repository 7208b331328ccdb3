// The process: hands its parts to `run` and ends with its exit code.
import fs from 'node:fs';
import os from 'node:os';
import { nodeFiles } from '../files/nodeFiles.ts';
import { runProgram } from '../sessions/programs.ts';
import { run } from './run.ts';

const packaged = (relative: string): string => fs.readFileSync(new URL(relative, import.meta.url), 'utf8');
const version: unknown = JSON.parse(packaged('../package.json')).version;

// A reader such as `head` may close its end early; that is no error of ours.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });

process.exitCode = await run(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  env: process.env,
  cwd: process.cwd(),
  hasColour: process.stdout.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb',
  files: nodeFiles,
  machine: {
    files: nodeFiles,
    platform: process.platform,
    env: process.env,
    home: os.homedir(),
    run: runProgram,
  },
  hooks: () => ({ guard: packaged('./hooks/guard.mjs'), report: packaged('./hooks/report.mjs') }),
  launchHooks: () => ({ guard: packaged('./hooks/guard.cjs'), report: packaged('./hooks/report.cjs') }),
  version: String(version),
  today: new Date().toISOString().slice(0, 10),
});
