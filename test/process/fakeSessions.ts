// A workspace whose agents run in a real tmux on a socket of its own, with a stand-in for claude.
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { SessionRecord } from '../../src/sessions/sessionRecord.ts';
import { type CliResult, expectCli, type Scratch, scratch, twoAgents } from './cliProcess.ts';

/**
 * Writes down how it was started and what is typed into it, and runs until a signal. FAKE_CLAUDE: an exit code to end
 * with at once, `stubborn`, which heeds no SIGTERM, or `clinging`, which outlives its terminal. `agents --json` answers what `agents.json` in its home says.
 */
const fakeClaude = `#!${process.execPath}
const fs = require('node:fs');
const home = process.env.HOME;
const words = process.argv.slice(2);
if (words[0] === '--version') { console.log('2.1.329 (Claude Code)'); process.exit(0); }
if (words[0] === 'agents') { console.log(fs.readFileSync(home + '/agents.json', 'utf8')); process.exit(0); }
const agent = process.env.NATIVE_ORCHESTRATOR_AGENT;
const put = (name, text) => { fs.writeFileSync(home + '/.part-' + process.pid, text); fs.renameSync(home + '/.part-' + process.pid, home + '/' + name); };
process.stdout.write('\\u001b[?2004h' + agent + ' is at its prompt\\n');
if (process.stdin.isTTY) process.stdin.setRawMode(true);
process.stdin.on('error', () => {}); // its terminal is gone
process.stdin.on('data', (bytes) => fs.appendFileSync(home + '/typed-' + agent, bytes));
const mode = process.env.FAKE_CLAUDE ?? '';
process.on('SIGTERM', () => { if (mode !== 'stubborn') process.exit(0); });
if (mode === 'clinging') process.on('SIGHUP', () => {});
if (process.env.FAKE_READY_MS) {
  fs.appendFileSync(home + '/busy.log', Date.now() + ' + ' + agent + '\\n');
  setTimeout(() => {
    fs.appendFileSync(home + '/busy.log', Date.now() + ' - ' + agent + '\\n');
    fs.writeFileSync(process.env.NATIVE_ORCHESTRATOR_SPOOL, '', { mode: 0o600 });
  }, Number(process.env.FAKE_READY_MS));
}
fs.appendFileSync(home + '/starts', agent + '\\n');
put('started-' + agent + '.json', JSON.stringify({ argv: words, cwd: process.cwd(), env: process.env, pid: process.pid }));
if (/^\\d+$/.test(mode)) process.exit(Number(mode));
setInterval(() => {}, 1000);
`;

export interface FakeStarted {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly pid: number;
}

const stages: Scratch[] = [];

/** Made and generated. `stopSessions` ends what runs in it. */
export async function sessionStage(registry = twoAgents): Promise<Scratch> {
  const at = scratch(registry);
  const claude = path.join(at.folder, 'claude');
  fs.writeFileSync(claude, fakeClaude, { mode: 0o755 });
  fs.writeFileSync(path.join(at.home, 'agents.json'), '[]');
  await expectCli(at, ['generate'], 0);
  const env = {
    ...at.env,
    NATIVE_ORCHESTRATOR_CLAUDE: claude,
    TMUX_TMPDIR: at.folder,
    TERM: 'xterm-256color',
  };
  const made = { ...at, env };
  stages.push(made);
  return made;
}

/** Ends the tmux servers and the stand-ins of every stage: by their sockets, and by the pids they wrote down. */
export function stopSessions(): void {
  for (const at of stages.splice(0)) {
    const sockets = path.join(at.folder, `tmux-${process.getuid?.() ?? 0}`);
    if (fs.existsSync(sockets))
      for (const name of fs.readdirSync(sockets))
        spawnSync('tmux', ['-S', path.join(sockets, name), 'kill-server'], { env: at.env });
    for (const agent of new Set(startsOf(at))) {
      const { pid, argv } = startedOf(at, agent);
      // A pid may have come again since.
      if (commandLine(pid).includes(argv[argv.indexOf('--session-id') + 1] ?? '?'))
        process.kill(pid, 'SIGKILL');
    }
  }
}

export const commandLine = (pid: number): string =>
  spawnSync('ps', ['-ww', '-o', 'args=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim();

/** The agents that were started so far, each as often as it was. */
export function startsOf(at: Scratch): readonly string[] {
  const file = path.join(at.home, 'starts');
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trim().split('\n') : [];
}

export const startedOf = (at: Scratch, agent: string): FakeStarted =>
  JSON.parse(fs.readFileSync(path.join(at.home, `started-${agent}.json`), 'utf8'));

/** Waits until something is so, and fails loudly when it never is. */
export async function until(what: string, isSo: () => boolean): Promise<void> {
  const deadline = Date.now() + 15_000;
  while (!isSo()) {
    if (Date.now() > deadline) throw new Error(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Starts agents in tmux and waits until each stand-in wrote down how. */
export async function startAll(
  at: Scratch,
  ids: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CliResult> {
  const before = startsOf(at).length;
  const result = await expectCli(at, ['start', ...ids, '--runner', 'tmux'], 0, { env });
  await until(`${ids.join(', ')} started`, () => startsOf(at).length >= before + ids.length);
  await until('written down', () =>
    ids.every((id) => fs.existsSync(path.join(at.home, `started-${id}.json`))),
  );
  return result;
}

/** The workspace's folder below the state directory. */
export const stateOf = (at: Scratch): string =>
  path.join(at.state, fs.readdirSync(at.state).find((name) => /^[0-9a-f]{16}$/.test(name)) ?? '');

export function recordsOf(at: Scratch, agent: string): readonly SessionRecord[] {
  const folder = path.join(stateOf(at), 'sessions');
  return fs
    .readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name): SessionRecord => JSON.parse(fs.readFileSync(path.join(folder, name), 'utf8')))
    .filter((record) => record.agent === agent)
    .sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
}

/** The newest record of an agent. */
export function recordOf(at: Scratch, agent: string): SessionRecord {
  const [record] = recordsOf(at, agent);
  if (record === undefined) throw new Error(`no record of ${agent}`);
  return record;
}

export function writeRecordOf(at: Scratch, record: SessionRecord): void {
  fs.writeFileSync(path.join(stateOf(at), 'sessions', `${record.launch}.json`), JSON.stringify(record), {
    mode: 0o600,
  });
}

/** Runs tmux on the socket of the workspace. */
export function tmuxOn(at: Scratch, ...args: readonly string[]): string {
  const name = `no-${path.basename(stateOf(at)).slice(0, 8)}`;
  return execFileSync('tmux', ['-L', name, ...args], { env: at.env, encoding: 'utf8', stdio: 'pipe' });
}

/** What `claude agents --json` says of agents. */
export function listAs(at: Scratch, states: Readonly<Record<string, object>>): void {
  const entries = Object.entries(states).map(([agent, state]) => {
    const { pid, argv, cwd } = startedOf(at, agent);
    return { pid, cwd, sessionId: argv[argv.indexOf('--session-id') + 1], ...state };
  });
  fs.writeFileSync(path.join(at.home, 'agents.json'), JSON.stringify(entries));
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^[Zz]/.test(spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).stdout);
  } catch {
    return false;
  }
}

/** Runs the command line with a terminal: in a tmux of its own, whose screen and pane it gives. */
export function inTerminal(at: Scratch, words: readonly string[], cliFile: string) {
  const outer = (...args: readonly string[]): string =>
    execFileSync('tmux', ['-L', 'outer', '-f', '/dev/null', ...args], { env: at.env, encoding: 'utf8' });
  outer('new-session', '-d', '-x', '150', '-y', '30', '-c', at.root, process.execPath, cliFile, ...words);
  outer('set-option', '-g', 'remain-on-exit', 'on');
  return {
    screen: () => outer('capture-pane', '-p'),
    type: (...keys: readonly string[]) => void outer('send-keys', ...keys),
  };
}
