// What tests of sessions stand on in the real extension host: a stand-in for claude, a tmux server of their own, and records.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, beforeEach } from 'mocha';
import * as vscode from 'vscode';
import type { EditorApi } from '../../src/editor/extension.ts';
import { sessionHostOf } from '../../src/editor/sessionHost.ts';
import type { SessionHost } from '../../src/sessions/sessionHost.ts';
import { readRecords, type SessionRecord } from '../../src/sessions/sessionRecord.ts';
import { stopAgent } from '../../src/sessions/stopAgent.ts';
import { Messages } from './messages.ts';
import { StandIn, soon } from './standIn.ts';
import { fileOf, models, outsideFolder, restore, storeOf, until } from './workbench.ts';

export const folder = () => vscode.workspace.workspaceFolders?.[0]?.uri.toString() ?? '';
export const of = (agent: string) => ({ folder: folder(), agent });
export const run = (command: string, argument?: unknown) =>
  vscode.commands.executeCommand(`nativeOrchestrator.${command}`, argument);
export const code = 'code-agent';
export const test = 'test-agent';

export const log = { info() {}, warn() {}, error() {}, debug() {} } as unknown as vscode.LogOutputChannel;

export function optionsOf(terminal: vscode.Terminal | undefined): vscode.TerminalOptions {
  if (!terminal) throw new Error('there is no terminal');
  return terminal.creationOptions;
}

/** The names of all terminals, sorted. */
export const names = () => vscode.window.terminals.map(({ name }) => name).sort();

/** For one suite: made anew for each test, and everything that was started ends with it. */
export class SessionStage {
  readonly claude = new StandIn();
  /** Of the tmux server: absolute path. */
  readonly socket = path.join(outsideFolder('tmux'), 'socket');
  #api: EditorApi | undefined;
  #messages: Messages | undefined;

  /** Call it while a suite is described: what prepares each of its tests, and cleans up, is registered. */
  constructor() {
    before(async () => {
      process.env.TMUX_SOCKET_OVERRIDE = this.socket;
      this.#api = await models();
    });
    beforeEach(async () => {
      await restore(this.api);
      this.#messages = new Messages();
      this.claude.clear();
    });
    afterEach(async () => {
      this.messages.dispose();
      for (const agent of [code, test]) await stopAgent(this.host(), fileOf('.'), agent, 0);
      for (const terminal of vscode.window.terminals) terminal.dispose();
      await until(this.api, 'no terminals', () => vscode.window.terminals.length === 0);
      fs.rmSync(path.join(this.host().stateDirectory, 'sessions'), { recursive: true, force: true });
    });
    after(async () => {
      this.tmux('kill-server');
      delete process.env.TMUX_SOCKET_OVERRIDE;
      await this.claude.dispose();
      await restore(this.api);
    });
  }

  get api(): EditorApi {
    if (!this.#api) throw new Error('no test runs yet');
    return this.#api;
  }

  /** Those that the editor shows during this test. */
  get messages(): Messages {
    if (!this.#messages) throw new Error('no test runs yet');
    return this.#messages;
  }

  readonly host = (): SessionHost => sessionHostOf(storeOf(this.api));

  /** The newest first. */
  readonly records = (agent: string): readonly SessionRecord[] =>
    readRecords(this.host()).records.filter((record) => record.agent === agent);

  /** The newest. Throws when there is none. */
  readonly record = (agent: string): SessionRecord => {
    const [newest] = this.records(agent);
    if (!newest) throw new Error(`no record of ${agent}`);
    return newest;
  };

  readonly tmux = (...args: readonly string[]): string =>
    spawnSync('tmux', ['-S', this.socket, ...args], { encoding: 'utf8' }).stdout;

  /** The sessions that terminals show, a line each. */
  readonly clients = (): string => this.tmux('list-clients', '-F', '#{session_name}').trim();

  /** Starts an agent by the command, and gives what its claude was started with. */
  readonly startedIn = async (runner: 'tmux' | 'terminal', agent: string) => {
    await this.claude.use(runner);
    await run('startAgent', of(agent));
    const told = await this.claude.started(agent);
    await soon('its record', () => this.record(agent).phase === 'running');
    // A session that is ended sooner leaves a tab that has nothing to show.
    if (runner === 'tmux') await soon('its tab', () => this.clients().includes(`-${agent}`));
    this.claude.lists([[agent, { status: 'idle' }]]);
    return told;
  };
}

/** Answers input boxes with a text while something runs. */
export async function withInput(text: string, work: () => Thenable<unknown>): Promise<void> {
  const original = vscode.window.showInputBox;
  Object.assign(vscode.window, { showInputBox: async () => text });
  try {
    await work();
  } finally {
    Object.assign(vscode.window, { showInputBox: original });
  }
}
