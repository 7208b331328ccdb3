// Which terminal of the window shows which agent. Who opens and finds them is in sessionTabs.ts and adoptTabs.ts, which are
// loaded when there is one.
import * as vscode from 'vscode';
import type { AgentArgument } from './ids.ts';

const keyOf = (argument: AgentArgument): string => `${argument.folder}#${argument.agent}`;

/** The terminal of an agent. */
export interface AgentTab {
  readonly argument: AgentArgument;
  readonly terminal: vscode.Terminal;
  /** The launch that it shows. */
  readonly launch: string;
  /** Of the session, where that is the terminal's own process; absent where the terminal shows what runs in tmux. */
  readonly pid?: number;
  /** Called once, when the terminal is closed; what it gives is settled when its session has ended. */
  readonly onClosed?: (terminal: vscode.Terminal) => Promise<void> | undefined;
}

export class Terminals implements vscode.Disposable {
  readonly #tabs = new Map<string, AgentTab>();
  /** Those of agents that have another one since. */
  readonly #former = new Set<AgentTab>();
  readonly #ending = new Map<string, Promise<void>>();
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly #closing: vscode.Disposable;

  constructor(log: vscode.LogOutputChannel) {
    this.#closing = vscode.window.onDidCloseTerminal((closed) => {
      for (const tab of [...this.#tabs.values(), ...this.#former]) {
        if (tab.terminal !== closed) continue;
        log.info(`the terminal of ${closed.name} ended with ${closed.exitStatus?.code ?? 'no exit code'}`);
        this.#forget(tab);
      }
    });
  }

  has(argument: AgentArgument): boolean {
    return this.#tabs.has(keyOf(argument));
  }

  tabOf(argument: AgentArgument): AgentTab | undefined {
    return this.#tabs.get(keyOf(argument));
  }

  /** The agent that a terminal shows; undefined when it is not one of ours. */
  agentOf(terminal: vscode.Terminal): AgentArgument | undefined {
    return [...this.#tabs.values()].find((tab) => tab.terminal === terminal)?.argument;
  }

  /** Settled when the session whose terminal was closed has ended, which takes a moment. */
  async ended(argument: AgentArgument): Promise<void> {
    await this.#ending.get(keyOf(argument));
  }

  /** Shows the agent's terminal; false when it has none. */
  focus(argument: AgentArgument): boolean {
    const tab = this.tabOf(argument);
    tab?.terminal.show(false);
    return tab !== undefined;
  }

  /** Takes a terminal for that of an agent. One that is closed already is told of at once. */
  add(tab: AgentTab): void {
    if (this.agentOf(tab.terminal) !== undefined) return;
    const before = this.tabOf(tab.argument);
    if (before) this.#former.add(before);
    this.#tabs.set(keyOf(tab.argument), tab);
    if (tab.terminal.exitStatus) this.#forget(tab);
    else this.#changed.fire();
  }

  /** The terminals themselves are the user's and stay open. */
  dispose(): void {
    this.#closing.dispose();
    this.#changed.dispose();
  }

  #forget(tab: AgentTab): void {
    this.#former.delete(tab);
    if (this.tabOf(tab.argument) === tab) this.#tabs.delete(keyOf(tab.argument));
    const ending = tab.onClosed?.(tab.terminal);
    if (ending) this.#ending.set(keyOf(tab.argument), ending);
    this.#changed.fire();
  }
}
