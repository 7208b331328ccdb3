// Stands in for the CLI in terminals and in tmux: tells how it was started, answers what is asked of claude, and runs until it
// is told to end.
import fs from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { outsideFolder } from './workbench.ts';

export interface Told {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly pid: number;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * What is typed into it is kept. `exit 3` typed: it ends with that code. `agents --json` tells what `agents.json` says. It
 * writes to its spool as a session does that stands at its prompt, unless there is a file `slow`.
 */
const script = (folder: string) => `#!${process.execPath}
const words = process.argv.slice(2);
if (words[0] === '--version') { console.log('2.1.329 (Claude Code)'); process.exit(); }
const fs = require('node:fs');
const folder = ${JSON.stringify(folder)};
if (words[0] === 'agents') { console.log(fs.readFileSync(folder + '/agents.json', 'utf8')); process.exit(); }
const agent = process.env.NATIVE_ORCHESTRATOR_AGENT;
process.on('SIGTERM', () => process.exit(143));
process.on('SIGHUP', () => process.exit(129));
process.stdout.write('\\u001b[?2004h' + agent + ' is at its prompt\\n');
if (process.stdin.isTTY) process.stdin.setRawMode(true);
process.stdin.on('data', (bytes) => {
  fs.appendFileSync(folder + '/typed-' + agent, bytes);
  const code = /exit (\\d+)/.exec(String(bytes));
  if (code) process.exit(Number(code[1]));
});
const tell = { args: words, cwd: process.cwd(), pid: process.pid, env: process.env };
fs.writeFileSync(folder + '/part-' + process.pid, JSON.stringify(tell));
fs.renameSync(folder + '/part-' + process.pid, folder + '/told-' + agent + '.json');
fs.appendFileSync(folder + '/starts', agent + '\\n');
// Added to, as hooks do: a test may have written there since it was told of.
if (!fs.existsSync(folder + '/slow')) fs.appendFileSync(process.env.NATIVE_ORCHESTRATOR_SPOOL, '', { mode: 0o600 });
setInterval(() => {}, 1000);
`;

const settings = () => vscode.workspace.getConfiguration('nativeOrchestrator');

export class StandIn {
  readonly folder = outsideFolder('claude');

  /** Makes the settings name it, and what sessions run in. */
  async use(runner: 'tmux' | 'terminal' | 'auto'): Promise<void> {
    const claude = path.join(this.folder, 'claude');
    fs.writeFileSync(claude, script(this.folder), { mode: 0o755 });
    this.lists([]);
    await settings().update('claudePath', claude, vscode.ConfigurationTarget.Workspace);
    await settings().update('runner', runner, vscode.ConfigurationTarget.Workspace);
  }

  async dispose(): Promise<void> {
    await settings().update('claudePath', undefined, vscode.ConfigurationTarget.Workspace);
    await settings().update('runner', undefined, vscode.ConfigurationTarget.Workspace);
  }

  /** Forgets what it was told, and is quick. */
  clear(): void {
    for (const name of fs.readdirSync(this.folder))
      if (name !== 'claude') fs.rmSync(path.join(this.folder, name), { force: true });
    this.lists([]);
  }

  /** The agents that were started so far, each as often as it was. */
  get starts(): readonly string[] {
    const file = path.join(this.folder, 'starts');
    return fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trim().split('\n') : [];
  }

  /** How an agent was started last; undefined when it was not. */
  told(agent: string): Told | undefined {
    const file = path.join(this.folder, `told-${agent}.json`);
    return fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : undefined;
  }

  async started(agent: string): Promise<Told> {
    await soon(`${agent} started`, () => this.told(agent) !== undefined);
    const told = this.told(agent);
    if (!told) throw new Error('unreachable');
    return told;
  }

  typed(agent: string): string {
    const file = path.join(this.folder, `typed-${agent}`);
    return fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '';
  }

  /** What `claude agents --json` says of agents that were started. */
  lists(states: readonly (readonly [string, object])[]): void {
    const entries = states.map(([agent, state]) => {
      const told = this.told(agent);
      if (!told) throw new Error(`${agent} was not started`);
      const { pid, args, cwd } = told;
      const at = Math.max(args.indexOf('--session-id'), args.indexOf('--resume'));
      return { pid, cwd, sessionId: args[at + 1], ...state };
    });
    fs.writeFileSync(path.join(this.folder, 'agents.json'), JSON.stringify(entries));
  }

  /** From now on, it takes for ever until it tells something. */
  isSlow(): void {
    fs.writeFileSync(path.join(this.folder, 'slow'), '');
  }
}

/** Waits for something that no event of the editor tells of: files and processes. */
export async function soon(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/\) Z /.test(fs.readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
