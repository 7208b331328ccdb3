// The tmux server of a workspace: its own socket, sessions that are tagged as ours, and nothing done to any other.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { UserError } from '../findings/userError.ts';
import { visibleShort } from '../findings/visible.ts';
import { findOnPath, type Machine } from './programs.ts';
import { isUuid } from './sessionRecord.ts';

/** What a run of tmux gave. */
export interface TmuxAnswer {
  /** False when it failed, was ended by a signal or took too long. */
  readonly isOk: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** A tmux server: how to reach it, and how to ask it. */
export interface Tmux {
  /** Absolute path of the program. */
  readonly program: string;
  /** `-L name` or `-S path`. */
  readonly server: readonly string[];
  /** What every tmux of ours is started with: the server keeps it for good, so nothing of it is anybody's secret. */
  readonly env: Readonly<Record<string, string>>;
  /** Runs one command of tmux, or several with `;` between them. `input` goes to its standard input. */
  readonly run: (args: readonly string[], input?: string) => Promise<TmuxAnswer>;
}

/** A pane of the server, with the tags of its session; tags that are not ours are undefined. */
export interface TmuxPane {
  /** Such as `%3`. */
  readonly pane: string;
  readonly isAttached: boolean;
  readonly session: string;
  readonly workspace?: string;
  readonly launch?: string;
}

/** Milliseconds that a command of tmux may take. */
const answerTimeoutMs = 5000;
/** Those that a tmux, its server and its status line need; a session's own environment comes in another way. */
const passedOn = [
  'HOME',
  'LANG',
  'LC_ALL',
  'LC_CTYPE',
  'LOGNAME',
  'PATH',
  'SHELL',
  'TERM',
  'TMUX_TMPDIR',
  'USER',
];

const workspaceTag = '@native_orchestrator_workspace';
const launchTag = '@native_orchestrator_launch';

/** The name of an agent's session. Only ids get here: they have no character that tmux reads as more. */
export const sessionName = (agent: string): string => `iw-${agent}`;

/** Exactly that session: without `=`, `iw-planning` would mean `iw-planning-agent` too. The colon makes it one for panes too. */
const target = (agent: string): string => `=${sessionName(agent)}:`;

/** The user's tmux, on PATH or where package managers of macOS put it; undefined when there is none, and on Windows. */
export function findTmux(machine: Pick<Machine, 'files' | 'platform' | 'env'>): string | undefined {
  if (machine.platform === 'win32') return undefined;
  const wellKnown = machine.platform === 'darwin' ? ['/opt/homebrew/bin/tmux', '/usr/local/bin/tmux'] : [];
  return findOnPath(machine, 'tmux') ?? wellKnown.find((file) => machine.files.isExecutable(file));
}

/**
 * How the server of a workspace is named to tmux: by TMUX_SOCKET_OVERRIDE (a name, or an absolute path), else by the
 * hash of the workspace, which is the name of its folder in the state directory. @throws UserError for another override.
 */
export function workspaceServer(stateDirectory: string, override: string | undefined): readonly string[] {
  if (!override) return ['-L', `no-${path.basename(stateDirectory).slice(0, 8)}`];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what a path may not have here
  if (path.isAbsolute(override) && !/[\u0000-\u001f\u007f]/.test(override)) return ['-S', override];
  if (/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/.test(override)) return ['-L', override];
  throw new UserError(
    `TMUX_SOCKET_OVERRIDE is ${visibleShort(JSON.stringify(override))}: it should be a name of letters, digits, "-", "_" and ".", or an absolute path. Mend or unset it.`,
  );
}

/** Runs a program to its end with an argument array. Never rejects. */
function runToEnd(
  command: string,
  args: readonly string[],
  options: { readonly env: Readonly<Record<string, string>>; readonly cwd: string; readonly input: string },
): Promise<TmuxAnswer> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      env: options.env,
      cwd: options.cwd,
      stdio: 'pipe',
      timeout: answerTimeoutMs,
      killSignal: 'SIGKILL',
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', (error) => resolve({ isOk: false, stdout, stderr: error.message }));
    child.on('close', (code) => resolve({ isOk: code === 0, stdout, stderr }));
    child.stdin.on('error', () => {}); // it ended without reading
    child.stdin.end(options.input);
  });
}

/** A tmux server to ask. `cwd`: where its sessions begin, absolute. */
export function tmuxAt(
  program: string,
  server: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
): Tmux {
  const passed = Object.fromEntries(passedOn.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
  return {
    program,
    server,
    env: passed,
    run: (args, input = '') => runToEnd(program, [...server, ...args], { env: passed, cwd, input }),
  };
}

const paneFormat = `#{pane_id} #{session_attached} #{${workspaceTag}} #{${launchTag}} #{session_name}`;

/** What tmux printed for `paneFormat`. Lines that are none are left out. */
export function parsePanes(text: string): readonly TmuxPane[] {
  return text.split('\n').flatMap((line) => {
    const [pane = '', attached = '0', workspace = '', launch = '', ...name] = line.split(' ');
    if (!/^%\d+$/.test(pane)) return [];
    return [
      {
        pane,
        isAttached: attached !== '0',
        session: name.join(' '),
        ...(/^[0-9a-f]{16}$/.test(workspace) ? { workspace } : {}),
        ...(isUuid(launch) ? { launch } : {}),
      },
    ];
  });
}

/** The pane of a launch, which its session is tagged with; undefined when the server has none of it. */
export async function paneOf(tmux: Tmux, launch: string): Promise<TmuxPane | undefined> {
  return (await panesOf(tmux))?.find((pane) => pane.launch === launch);
}

const noServer = /^(?:no server running on|error connecting to .*\((?:No such file|Connection refused))/m;

/** Every pane of the server; none when no server runs; undefined when it could not be asked. */
export async function panesOf(tmux: Tmux): Promise<readonly TmuxPane[] | undefined> {
  const answer = await tmux.run(['list-panes', '-a', '-F', paneFormat]);
  if (answer.isOk) return parsePanes(answer.stdout);
  return noServer.test(answer.stderr) ? [] : undefined;
}

/** The processes of terminals that show a session of ours, with the launch that each shows; none when tmux could not be asked. */
export async function clientsOf(tmux: Tmux): Promise<ReadonlyMap<number, string>> {
  const answer = await tmux.run(['list-clients', '-F', `#{client_pid} #{${launchTag}}`]);
  return new Map(
    (answer.isOk ? answer.stdout.split('\n') : []).flatMap((line) => {
      const [, pid, launch] = /^(\d{1,9}) (\S+)$/.exec(line) ?? [];
      return pid !== undefined && isUuid(launch) ? [[Number(pid), launch] as const] : [];
    }),
  );
}

/** What tmux says when the server ended while it was being asked. */
const exitingServer = /^(?:server exited|lost server)/m;
const mostTries = 5;

/** Where a new session is. */
export interface TmuxPlace {
  readonly pane: string;
  /** Absolute path. */
  readonly socket: string;
}

export interface NewSession {
  readonly agent: string;
  readonly launch: string;
  /** The name of the workspace's folder in the state directory. */
  readonly workspace: string;
  /** Absolute paths: of the starter script, and of the configuration for a server that does not run yet. */
  readonly script: string;
  readonly config: string;
}

/**
 * Makes a session that runs a script, tags it, and says where it is: all in one go, so that nobody meets it untagged.
 * @throws UserError when tmux refuses, as it does when a session of that name is there.
 */
export async function newTmuxSession(tmux: Tmux, session: NewSession): Promise<TmuxPlace> {
  const { agent, launch, workspace, script, config } = session;
  const at = target(agent);
  const set = (...words: readonly string[]): readonly string[] => [';', 'set-option', '-t', at, ...words];
  const words = [
    ...['-f', config, 'new-session', '-d', '-s', sessionName(agent), '-n', agent, '-x', '160', '-y', '48'],
    ...['/bin/sh', script],
    ...set(workspaceTag, workspace),
    ...set(launchTag, launch),
    // Whatever the user's own configuration says where the server is theirs: it goes on when nobody looks.
    ...set('destroy-unattached', 'off'),
    ...[';', 'display-message', '-p', '-t', at, '#{pane_id} #{socket_path}'],
  ];
  let answer = await tmux.run(words);
  // Its last session had just ended: the next one to ask gets a new server. A script that was run is gone, so none runs twice.
  for (let tries = 0; tries < mostTries && !answer.isOk && exitingServer.test(answer.stderr); tries++)
    answer = await tmux.run(words);
  const [pane = '', ...socket] = answer.stdout.trim().split(' ');
  if (answer.isOk && /^%\d+$/.test(pane) && path.isAbsolute(socket.join(' ')))
    return { pane, socket: socket.join(' ') };
  if (answer.stderr.includes('duplicate session'))
    throw new UserError(
      `tmux has a session ${sessionName(agent)} already that this workspace did not start, and it is left as it is. Close or rename it, or start ${agent} with --runner terminal.`,
    );
  throw new UserError(
    `tmux could not start ${agent}: ${visibleShort(answer.stderr.trim() || answer.stdout.trim() || 'it says nothing')}. Start it with --runner terminal.`,
  );
}

/** Runs a command of tmux only if the agent's session is that launch's, decided by the server itself. False when it is not. */
async function ifOurs(
  tmux: Tmux,
  { agent, launch }: { readonly agent: string; readonly launch: string },
  command: string,
): Promise<boolean> {
  const isOurs = `#{==:#{${launchTag}},${launch}}`;
  const answer = await tmux.run([
    'if-shell',
    '-F',
    '-t',
    target(agent),
    isOurs,
    command,
    'display-message -p no',
  ]);
  return answer.isOk && answer.stdout.trim() !== 'no';
}

/** Ends the session of a launch, and no other one of its name. False when there was none. */
export function killTmuxSession(
  tmux: Tmux,
  launch: { readonly agent: string; readonly launch: string },
): Promise<boolean> {
  return ifOurs(tmux, launch, `kill-session -t ${target(launch.agent)}`);
}

/**
 * Types a text into the pane of a launch and presses Enter, by a buffer of tmux, so that no command line has it.
 * `pane`: as recorded. False when the session is not that launch's, or tmux could not.
 */
export async function pasteInto(
  tmux: Tmux,
  launch: { readonly agent: string; readonly launch: string; readonly pane: string },
  text: string,
): Promise<boolean> {
  const buffer = `no-${launch.launch}`;
  // A line end is one key to a session, however the text was written.
  const loaded = await tmux.run(['load-buffer', '-b', buffer, '-'], text.replaceAll('\r\n', '\n'));
  if (!loaded.isOk) return false;
  const typed = await ifOurs(
    tmux,
    launch,
    `paste-buffer -p -d -b ${buffer} -t ${launch.pane} ; send-keys -t ${launch.pane} Enter`,
  );
  if (!typed) await tmux.run(['delete-buffer', '-b', buffer]);
  return typed;
}

/** The arguments with which a person's terminal shows the session of an agent. */
export function attachArguments(tmux: Tmux, agent: string): readonly string[] {
  return [...tmux.server, '-u', 'attach-session', '-t', target(agent)];
}

/**
 * The arguments of `/bin/sh` with which an editor's terminal becomes tmux showing the session of an agent. An editor that
 * starts anew brings its terminals back; where the session is gone by then, this ends at once, without a word.
 */
export function attachingShell(tmux: Tmux, agent: string): readonly string[] {
  const look = '"$1" "$2" "$3" has-session -t "$4" 2> /dev/null || exit 0; shift 4; exec "$@"';
  const [flag = '', name = ''] = tmux.server;
  const asked = [tmux.program, flag, name, target(agent)];
  return ['-c', look, 'sh', ...asked, tmux.program, ...attachArguments(tmux, agent)];
}

/** The configuration of a server of ours, for sessions that are to feel like a plain terminal. `-q`: older versions lack some. */
export const tmuxConfig = `# Written by Native Orchestrator. Read when its tmux server starts, and by no other.
set -gq mouse on
set -gq history-limit 50000
set -gq default-terminal screen-256color
set -gaq terminal-overrides ",*:Tc"
set -sq escape-time 20
set -sq focus-events on
set -sq set-clipboard on
set -sq extended-keys on
set -gq set-titles on
set -gq set-titles-string "#W"
set -gq update-environment ""
set -gq status-left ""
set -gq status-right " Ctrl-b d leaves it running "
set -gq window-status-current-format " #W "
set -gq window-status-format " #W "
`;
