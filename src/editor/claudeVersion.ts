// Which version the user's claude is, asked when somebody looks at proofs: never at activation, never without trust.
import fs from 'node:fs';
import * as vscode from 'vscode';
import { findClaude } from '../sessions/programs.ts';
import { settingKeys, settingsSection } from './ids.ts';
import { programSetting, thisMachine } from './machine.ts';
import { isTrusted } from './trust.ts';

/** Two answers are about the same program when path, link target, size and time of change are the same. */
function stampOf(file: string): string | undefined {
  try {
    const { mtimeMs, size } = fs.statSync(file);
    return `${fs.realpathSync.native(file)} ${mtimeMs} ${size}`;
  } catch {
    return undefined;
  }
}

export class ClaudeVersion implements vscode.Disposable {
  readonly #log: vscode.LogOutputChannel;
  readonly #changed = new vscode.EventEmitter<void>();
  /** Fires when the version is known, or is another one. */
  readonly onDidChange = this.#changed.event;
  readonly #disposables: vscode.Disposable[];
  /** Where it was found; undefined when it was nowhere. */
  #path: string | undefined;
  #stamp: string | undefined;
  #version: string | undefined;
  #asking: Promise<void> | undefined;
  #isWanted = false;
  /** Another program may be meant than the one that was asked. */
  #isOld = true;
  #isDisposed = false;

  constructor(log: vscode.LogOutputChannel) {
    this.#log = log;
    this.#disposables = [
      this.#changed,
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (!event.affectsConfiguration(`${settingsSection}.${settingKeys.claudePath}`)) return;
        this.#isOld = true;
        this.#again();
      }),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.#again()),
      vscode.window.onDidChangeWindowState(({ focused }) => {
        if (focused) this.#again();
      }),
    ];
  }

  /** The version as last told, such as `2.1.329`; undefined when it was not asked for or claude does not say. */
  get current(): string | undefined {
    return this.#version;
  }

  /** Asks, unless it is known: somebody looks at what depends on it. The answer comes by `onDidChange`. */
  want(): void {
    if (this.#isWanted) return;
    this.#isWanted = true;
    this.#again();
  }

  dispose(): void {
    this.#isDisposed = true;
    for (const each of this.#disposables) each.dispose();
  }

  #again(): void {
    if (!this.#isWanted || !isTrusted() || this.#asking || this.#isDisposed) return;
    // One that was nowhere is not looked for again: each lookup may start a login shell.
    if (!this.#isOld && (this.#path === undefined || stampOf(this.#path) === this.#stamp)) return;
    this.#isOld = false;
    this.#asking = this.#ask()
      .catch((error: unknown) => this.#log.error(error instanceof Error ? error : String(error)))
      .finally(() => {
        this.#asking = undefined;
        if (this.#isOld) this.#again();
      });
  }

  async #ask(): Promise<void> {
    const machine = thisMachine();
    const setting = programSetting(settingKeys.claudePath);
    const { path } = await findClaude(machine, setting);
    const stamp = path === undefined ? undefined : stampOf(path);
    const said = path === undefined ? undefined : await machine.run(path, ['--version']);
    const version = /\d+(\.\d+)+/.exec(said ?? '')?.[0];
    if (this.#isDisposed) return;
    this.#path = path;
    this.#stamp = stamp;
    if (version === this.#version) return;
    this.#version = version;
    this.#log.info(`claude is ${version ?? 'not to be asked'} (${path ?? 'not found'})`);
    this.#changed.fire();
  }
}
