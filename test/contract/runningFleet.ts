// A fleet whose sessions are those of the real CLI, in a tmux server of the test's own and played by a scripted model.
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import type { FleetFolder } from './fleetFolder.ts';
import { claudeBinary, claudeEnvironment } from './realClaude.ts';
import { ScriptedModel } from './scriptedModel.ts';

export const hasTmux = spawnSync('tmux', ['-V']).status === 0;
/** For something to be shown on a busy machine. It mostly takes less than a second. */
const patienceMs = 30_000;

/** The part of `status --format json` that tests look at, of one session. */
export interface ShownSession {
  readonly state: string;
  readonly need?: string;
  readonly tool?: string;
  readonly source: string;
  readonly sessionId: string;
  readonly launch: string;
  readonly pid: number;
  readonly cwd: string;
}

/** How a command ended; `status` is null when a signal ended it. */
interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const commandLine = path.resolve('dist/cli.mjs');

export class RunningFleet {
  readonly model: ScriptedModel;
  readonly folder: FleetFolder;
  /** The whole environment of every command. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Of the tmux server: absolute path. */
  readonly socket: string;

  private constructor(model: ScriptedModel, folder: FleetFolder) {
    this.model = model;
    this.folder = folder;
    this.socket = path.join(path.dirname(folder.state), 'sessions');
    this.env = {
      PATH: process.env.PATH,
      TERM: 'xterm-256color',
      ...claudeEnvironment(model.url),
      ...folder.environment(),
      NATIVE_ORCHESTRATOR_CLAUDE: claudeBinary ?? '',
      TMUX_SOCKET_OVERRIDE: this.socket,
    };
  }

  /** Starts the model in the fleet's folder; no session yet. `dispose` ends both, and every session of the server. */
  static async open(folder: FleetFolder): Promise<RunningFleet> {
    return new RunningFleet(await ScriptedModel.start(), folder);
  }

  async dispose(): Promise<void> {
    // A claude that ends still writes into its HOME, and a folder that is written into cannot be removed.
    await this.cli('stop', '--all', '--yes', '--grace', '2');
    spawnSync('tmux', ['-S', this.socket, 'kill-server'], { env: this.env, stdio: 'ignore' });
    this.folder.dispose();
    await this.model.close();
  }

  /** The words of a command of ours, for a program that starts it. */
  words(...words: readonly string[]): readonly string[] {
    return [process.execPath, commandLine, ...words];
  }

  /** Runs a command of ours to its end. The model is in this process, so nothing here may wait without it. */
  async cli(...words: readonly string[]): Promise<Ended> {
    const [program = '', ...args] = this.words(...words);
    const child = spawn(program, args, {
      env: this.env,
      cwd: this.folder.root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [[status], stdout, stderr] = await Promise.all([
      once(child, 'close'),
      text(child.stdout),
      text(child.stderr),
    ]);
    return { status, stdout, stderr };
  }

  /** What a command says that is expected to succeed. */
  async expectCli(...words: readonly string[]): Promise<string> {
    const { status, stdout, stderr } = await this.cli(...words);
    assert.equal(status, 0, `${words.join(' ')}\n${stdout}${stderr}`);
    return stdout;
  }

  /** Types a prompt into a session. On a busy machine the CLI may not say in time what it does, and then nothing is typed yet. */
  async sends(id: string, prompt: string): Promise<void> {
    await this.until(`${id} takes a prompt`, async () => {
      const { status, stderr } = await this.cli('send', id, prompt);
      if (status !== 0) assert.match(stderr, /claude does not say what it does/);
      return status === 0;
    });
  }

  /** Runs tmux on the server, with nobody's configuration. */
  tmux(...words: readonly string[]): string {
    return execFileSync('tmux', ['-S', this.socket, '-f', '/dev/null', ...words], {
      env: this.env,
      cwd: this.folder.root,
      encoding: 'utf8',
    });
  }

  /** What a session of the server shows; nothing when it is not there. */
  screen(session: string): string {
    const words = ['-S', this.socket, 'capture-pane', '-p', '-t', `=${session}:`];
    return spawnSync('tmux', words, { env: this.env, encoding: 'utf8' }).stdout;
  }

  /** What `status` says of an agent. Throws when it was never started. */
  async sessionOf(id: string): Promise<ShownSession> {
    const session = await this.#look(id);
    if (session === undefined) throw new Error(`${id} was never started`);
    return session;
  }

  async #look(id: string): Promise<ShownSession | undefined> {
    const said = await this.expectCli('status', id, '--format', 'json');
    return JSON.parse(said).agents[0].session ?? undefined;
  }

  /** Waits until something is so. `said`: what is told when it never is. */
  async until(
    what: string,
    isSo: () => boolean | Promise<boolean>,
    said: () => string = () => '',
  ): Promise<void> {
    const began = performance.now();
    while (!(await isSo())) {
      if (performance.now() - began > patienceMs) assert.fail(`never: ${what}\n${said()}`);
      await setTimeout(50); // nothing tells of what another program shows
    }
  }

  /** Waits until `status` says that of an agent: `state`, `state/need` or `state/need/tool`. `session`: where it is to be seen. */
  async shows(id: string, expected: string, after = '', session = `iw-${id}`): Promise<ShownSession> {
    let shown: ShownSession | undefined;
    const words = (): string => [shown?.state, shown?.need, shown?.tool].filter(Boolean).join('/');
    await this.until(
      `${id} ${expected} ${after}`,
      async () => {
        shown = await this.#look(id);
        return words() === expected;
      },
      () => `${words()} instead\n${this.screen(session)}`,
    );
    return shown ?? this.sessionOf(id);
  }
}
