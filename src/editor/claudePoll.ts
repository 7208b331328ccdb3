// What claude itself says of its sessions, asked once for all who want to know. Never without trust. Part of dist/later.cjs.
import * as vscode from 'vscode';
import { type AgentsPoll, pollAgents } from '../sessions/agentsList.ts';
import { findClaude } from '../sessions/programs.ts';
import { settingKeys, settingsSection } from './ids.ts';
import { programSetting, thisMachine } from './machine.ts';
import { isTrusted } from './trust.ts';

/** How long where claude is holds, milliseconds: finding it may start a login shell. */
const programMs = 10 * 60_000;

export class ClaudePoll implements vscode.Disposable {
  #last: AgentsPoll | undefined;
  #asking: Promise<AgentsPoll | undefined> | undefined;
  #program: { readonly path: string | undefined; readonly at: number } | undefined;
  readonly #listening = vscode.workspace.onDidChangeConfiguration((event) => {
    if (event.affectsConfiguration(`${settingsSection}.${settingKeys.claudePath}`)) this.#program = undefined;
  });

  /** What it answered last, which says how old it is; it lists the sessions of the whole machine. Undefined: it never did. */
  get last(): AgentsPoll | undefined {
    return this.#last;
  }

  /** Asks now, or waits for the answer to who asked already. Undefined when there is none, which leaves the last one. */
  ask(): Promise<AgentsPoll | undefined> {
    this.#asking ??= (async () => {
      try {
        const path = isTrusted() ? await this.#claude() : undefined;
        const poll = path === undefined ? undefined : await pollAgents(thisMachine(), path, Date.now);
        this.#last = poll ?? this.#last;
        return poll;
      } finally {
        this.#asking = undefined;
      }
    })();
    return this.#asking;
  }

  dispose(): void {
    this.#listening.dispose();
  }

  async #claude(): Promise<string | undefined> {
    if (this.#program === undefined || Date.now() - this.#program.at > programMs) {
      const { path } = await findClaude(thisMachine(), programSetting(settingKeys.claudePath));
      this.#program = { path, at: Date.now() };
    }
    return this.#program.path;
  }
}
