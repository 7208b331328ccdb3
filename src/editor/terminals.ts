// The terminals that agents run in, one for each: started, focused when asked for again, forgotten when they end.
import * as vscode from 'vscode';
import type { Launch } from '../sessions/start.ts';
import type { AgentArgument } from './ids.ts';

const keyOf = (argument: AgentArgument): string => `${argument.folder}#${argument.agent}`;

/** Theme colours that terminals have for tabs; an agent keeps its own by its id. */
const colors = ['Blue', 'Green', 'Magenta', 'Cyan', 'Yellow', 'Red'] as const;

export function terminalColor(id: string): string {
  let sum = 0;
  for (const character of id) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) >>> 0;
  return `terminal.ansi${colors[sum % colors.length] ?? 'Blue'}`;
}

export class Terminals implements vscode.Disposable {
  readonly #open = new Map<string, vscode.Terminal>();
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly #closing: vscode.Disposable;

  constructor(log: vscode.LogOutputChannel) {
    this.#closing = vscode.window.onDidCloseTerminal((closed) => {
      for (const [key, terminal] of this.#open) {
        if (terminal !== closed) continue;
        this.#open.delete(key);
        log.info(`the terminal of ${closed.name} ended with ${closed.exitStatus?.code ?? 'no exit code'}`);
        this.#changed.fire();
      }
    });
  }

  has(argument: AgentArgument): boolean {
    return this.#open.has(keyOf(argument));
  }

  /** Shows the agent's terminal; false when it has none. */
  focus(argument: AgentArgument): boolean {
    const terminal = this.#open.get(keyOf(argument));
    terminal?.show(false);
    return terminal !== undefined;
  }

  /** Starts the program as the terminal's own process, with an argument array: no shell reads any of it. */
  start(argument: AgentArgument, launch: Launch): vscode.Terminal {
    const terminal = vscode.window.createTerminal({
      name: argument.agent,
      shellPath: launch.command,
      shellArgs: [...launch.args],
      cwd: launch.cwd,
      env: { ...launch.env },
      iconPath: new vscode.ThemeIcon('shield'),
      color: new vscode.ThemeColor(terminalColor(argument.agent)),
      // A window reload would start the launch line again under the same session id.
      isTransient: true,
    });
    this.#open.set(keyOf(argument), terminal);
    this.#changed.fire();
    terminal.show(false);
    return terminal;
  }

  /** The terminals themselves are the user's and stay open. */
  dispose(): void {
    this.#closing.dispose();
    this.#changed.dispose();
  }
}
