// One message when an agent begins to wait for a person, and none for what the person sees already. Part of dist/later.cjs.
import * as vscode from 'vscode';
import { attention, stateWords, type Urgency, urgencyOf } from '../sessions/attention.ts';
import { type Coalesced, coalesce } from './coalesce.ts';
import { notice } from './errors.ts';
import type { FleetStore } from './fleetStore.ts';
import type { Fleets } from './fleets.ts';
import { type AgentArgument, commandIds, settingKeys, settingsSection } from './ids.ts';
import type { FolderSessions, ShownSession } from './sessions.ts';

/** How long somebody must be waited for before it is told of: a person at the prompt answers sooner. Milliseconds. */
const settleMs = 1500;

/**
 * A message that nobody answers hides behind the bell after some fifteen seconds and stays unanswered there. It keeps others
 * from being told of for this long only. Milliseconds.
 */
const keepsOthersMs = 10_000;

/** What is told of. That a turn is done, the badge says. */
const told: ReadonlySet<Urgency> = new Set(['permission', 'question', 'plan', 'crashed', 'failed', 'limit']);

interface Waiting extends AgentArgument {
  readonly state: ShownSession['state'];
}

/** The same wait of the same session has the same key. */
const keyOf = (folder: string, { record, state }: ShownSession): string =>
  `${folder}#${record.launch}#${urgencyOf(state)}#${state.since}`;

export class AttentionMessages {
  readonly #fleets: Fleets;
  readonly #log: vscode.LogOutputChannel;
  readonly #isLookedAt: (argument: AgentArgument) => boolean;
  readonly #tell: Coalesced;
  /** Those who wait now, by the key of their wait. */
  #waiting = new Map<string, Waiting>();
  /** The waits that were told of, or need not be. */
  readonly #known = new Set<string>();
  #isOpen = false;

  constructor(
    fleets: Fleets,
    log: vscode.LogOutputChannel,
    isLookedAt: (argument: AgentArgument) => boolean,
  ) {
    this.#fleets = fleets;
    this.#log = log;
    this.#isLookedAt = isLookedAt;
    this.#tell = coalesce(() => void this.#tellNow(), { waitMs: settleMs });
  }

  /** Takes in how the sessions of a folder are now. `isFirst`: who waited before the window was opened is not told of. */
  update(store: FleetStore, sessions: FolderSessions, isFirst: boolean): void {
    const folder = store.folder.uri.toString();
    const waiting = new Map([...this.#waiting].filter(([, each]) => each.folder !== folder));
    for (const [agent, session] of sessions) {
      const urgency = urgencyOf(session.state);
      if (urgency === undefined || !told.has(urgency)) continue;
      const key = keyOf(folder, session);
      waiting.set(key, { folder, agent, state: session.state });
      if (isFirst) this.#known.add(key);
    }
    this.#waiting = waiting;
    for (const key of this.#known) if (!waiting.has(key)) this.#known.delete(key);
    if ([...waiting.keys()].some((key) => !this.#known.has(key))) this.#tell.request();
  }

  /** A folder that left the window: nobody is told of it any more. */
  forget(store: FleetStore): void {
    const folder = store.folder.uri.toString();
    for (const [key, each] of this.#waiting)
      if (each.folder === folder) {
        this.#waiting.delete(key);
        this.#known.delete(key);
      }
  }

  /** Nobody is told of anything after this. */
  dispose(): void {
    this.#waiting.clear();
    this.#tell.dispose();
  }

  /** Two folders of a window may have agents of the same id. */
  #nameOf({ folder, agent }: AgentArgument): string {
    const stores = this.#fleets.withRegistry;
    const store = stores.find((each) => each.folder.uri.toString() === folder);
    return store === undefined || stores.length < 2 ? agent : `${agent} (${store.folder.name})`;
  }

  async #tellNow(): Promise<void> {
    if (this.#isOpen) return;
    const fresh = [...this.#waiting].filter(([key]) => !this.#known.has(key));
    for (const [key] of fresh) this.#known.add(key);
    const isQuiet = vscode.workspace.getConfiguration(settingsSection).get(settingKeys.quiet) === true;
    const waiting = attention(fresh.map(([, each]) => each)).filter((each) => !this.#isLookedAt(each));
    const [first] = waiting;
    if (isQuiet || first === undefined) return;
    this.#isOpen = true;
    const answered = this.#ask(first, waiting).catch((error: unknown) =>
      this.#log.error(error instanceof Error ? error : String(error)),
    );
    let timer: ReturnType<typeof setTimeout> | undefined;
    const hidden = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, keepsOthersMs);
    });
    await Promise.race([answered, hidden]);
    clearTimeout(timer);
    this.#isOpen = false;
    if ([...this.#waiting.keys()].some((key) => !this.#known.has(key))) this.#tell.request();
  }

  async #ask(first: Waiting, waiting: readonly Waiting[]): Promise<void> {
    const open = vscode.l10n.t('Open Terminal');
    const quiet = vscode.l10n.t('Quiet Mode');
    const names = waiting.map((each) => this.#nameOf(each));
    const words =
      waiting.length === 1
        ? `${names[0]} ${stateWords(first.state, Date.now()).replace(/ \u00b7 [^\u00b7]*$/, '')}`
        : vscode.l10n.t('{0} agents need you: {1}', names.length, names.join(', '));
    const chosen = await vscode.window.showInformationMessage(notice(words), open, quiet);
    if (chosen === quiet) await vscode.commands.executeCommand(commandIds.toggleQuiet);
    if (chosen !== open) return;
    const { folder, agent } = first;
    // The message may have been there for long: then whoever waits now is what was meant.
    const stillWaits = [...this.#waiting.values()].some(
      (each) => each.folder === folder && each.agent === agent,
    );
    if (stillWaits) await vscode.commands.executeCommand(commandIds.attachAgent, { folder, agent });
    else await vscode.commands.executeCommand(commandIds.nextAgent);
  }
}
