// The alarm: an agent that loses what holds it to its rules is told of once, and each change of settings is noted.
// The tree, the status item and the diagnostics follow the fleets by themselves.
import * as vscode from 'vscode';
import type { Cause, CauseKind } from '../outputs/causes.ts';
import { causesOf } from '../outputs/causes.ts';
import type { ChangeKind } from '../outputs/history.ts';
import { AlarmLedger, type Disarmed, type Standing, type Turn } from './alarmLedger.ts';
import { ChangeQueue } from './changeQueue.ts';
import { type Coalesced, coalesce } from './coalesce.ts';
import type { FleetStore } from './fleetStore.ts';
import type { Fleets } from './fleets.ts';
import { type AgentArgument, memoryKeys } from './ids.ts';
import { SettingsTexts, type TextChange } from './settingsTexts.ts';
import type { Terminals } from './terminals.ts';
import { isTrusted } from './trust.ts';

/** How long a loss must last before it is told of: tools write a file in several steps. Milliseconds. */
const settleMs = 300;
/** How long changes are gathered for before they go to the history; those of a flood wait longer. Milliseconds. */
const noteMs = 400;
const floodMs = 20_000;

/** An agent and what it lost. */
export interface Lost {
  readonly store: FleetStore;
  readonly agent: string;
  readonly causes: readonly Cause[];
}

interface Place {
  readonly ledger: AlarmLedger;
  readonly texts: SettingsTexts;
  readonly queue: ChangeQueue;
  /** Whether what was lost before the first look was looked up in the history. */
  isRecalled: boolean;
}

export class Alarm implements vscode.Disposable {
  readonly #fleets: Fleets;
  readonly #terminals: Terminals;
  readonly #memory: vscode.Memento;
  readonly #log: vscode.LogOutputChannel;
  readonly #changed = new vscode.EventEmitter<void>();
  /** Fires when it became known since when an agent is disarmed, other than by an inspection. */
  readonly onDidChange = this.#changed.event;
  readonly #places = new Map<FleetStore, Place>();
  readonly #untold = new Map<string, Lost>();
  readonly #tell: Coalesced;
  readonly #note: Coalesced;
  readonly #noteFlood: Coalesced;
  readonly #disposables: vscode.Disposable[];
  /** What the message that waits for an answer is about. */
  #open: readonly Lost[] = [];
  #isDisposed = false;

  constructor(fleets: Fleets, terminals: Terminals, memory: vscode.Memento, log: vscode.LogOutputChannel) {
    this.#fleets = fleets;
    this.#terminals = terminals;
    this.#memory = memory;
    this.#log = log;
    this.#tell = coalesce(() => this.#tellNow(), { waitMs: settleMs });
    this.#note = coalesce(() => this.#noteNow(), { waitMs: noteMs });
    this.#noteFlood = coalesce(() => this.#noteNow(), { waitMs: floodMs });
    this.#disposables = [
      this.#changed,
      this.#tell,
      this.#note,
      this.#noteFlood,
      fleets.onDidChange((store) => {
        if (store) this.#look(store);
        else this.#forgetFolders();
      }),
    ];
  }

  /** Since when an agent is disarmed; undefined when it is not. */
  of({ folder, agent }: AgentArgument): Disarmed | undefined {
    for (const [store, { ledger }] of this.#places)
      if (store.folder.uri.toString() === folder) return ledger.of(agent);
    return undefined;
  }

  /** What is still gone of what was told of; empty when that is mended, whatever else is lost meanwhile. */
  stillLost({ store, agent, causes }: Lost): readonly Cause[] {
    const now = new Set(
      this.#places
        .get(store)
        ?.ledger.causesOf(agent)
        .map(({ id }) => id),
    );
    return causes.filter(({ id }) => now.has(id));
  }

  /** The agents of a folder that run in terminals of this window. */
  inTerminals(store: FleetStore): readonly string[] {
    const folder = store.folder.uri.toString();
    return (store.fleet?.agents ?? [])
      .map(({ agent: { id } }) => id)
      .filter((agent) => this.#terminals.has({ folder, agent }));
  }

  dispose(): void {
    this.#isDisposed = true;
    for (const each of this.#disposables) each.dispose();
  }

  #look(store: FleetStore): void {
    const { fleet } = store;
    if (fleet?.registry === undefined) return;
    const place = this.#places.get(store) ?? {
      ledger: new AlarmLedger(),
      texts: new SettingsTexts(fleet.root),
      queue: new ChangeQueue(),
      isRecalled: false,
    };
    this.#places.set(store, place);
    const now = new Date();
    const turn = place.ledger.update(standingsOf(store), now);
    for (const { agent, causes } of turn.lost) {
      const key = `${store.folder.uri}#${agent}`;
      this.#untold.set(key, { store, agent, causes: [...(this.#untold.get(key)?.causes ?? []), ...causes] });
      this.#tell.request();
    }
    for (const change of place.texts.update(fleet, store.disk)) {
      place.queue.add(this.#noted(change, turn, store, place.ledger, now), performance.now());
      this.#note.request();
    }
    if (!place.isRecalled) this.#recall(store, place);
  }

  #noted(change: TextChange, turn: Turn, store: FleetStore, ledger: AlarmLedger, now: Date) {
    const kind = kindOf(change, turn, store);
    const intactAt = kind === 'lost' && change.agent !== undefined && ledger.of(change.agent)?.intactAt;
    const status = store.fleet?.agents.find(({ agent }) => agent.id === change.agent);
    return {
      ...change,
      at: now.toISOString(),
      kind,
      keys: [],
      lost: kind === 'lost' ? (status?.disarmed ?? ['hooks switched off']) : [],
      ...(intactAt ? { intactAt: intactAt.toISOString() } : {}),
      // People keep tokens in their local settings.
      keepsText: !change.file.endsWith('.local.json'),
      by: String(process.pid),
    };
  }

  #forgetFolders(): void {
    const present = new Set(this.#fleets.stores);
    for (const store of this.#places.keys()) if (!present.has(store)) this.#places.delete(store);
    for (const [key, { store }] of this.#untold) if (!present.has(store)) this.#untold.delete(key);
  }

  /** Tells of what is lost and still is, unless a message about something that still is waits for its answer. */
  #tellNow(): void {
    if (this.#isDisposed || this.#open.some((lost) => this.stillLost(lost).length > 0)) return;
    const quiet = this.#memory.get<readonly CauseKind[]>(memoryKeys.quietAlarms) ?? [];
    const lost = [...this.#untold.values()]
      .map((each) => {
        return { ...each, causes: this.stillLost(each).filter(({ kind }) => !quiet.includes(kind)) };
      })
      .filter(({ causes }) => causes.length > 0);
    this.#untold.clear();
    if (lost.length === 0) return;
    this.#open = lost;
    this.#later(async ({ tellDisarmed }) => {
      await tellDisarmed(this, this.#fleets, this.#memory, lost);
      if (this.#open !== lost) return;
      this.#open = [];
      this.#tellNow();
    });
  }

  #noteNow(): void {
    for (const [store, { queue }] of this.#places) {
      const changes = queue.take(performance.now());
      if (queue.holds) this.#noteFlood.request();
      if (changes.length > 0 && isTrusted())
        this.#later(({ noteChanges }) => noteChanges(this, store, changes));
    }
  }

  /** What was lost before the window was opened is looked up, when there is something. */
  #recall(store: FleetStore, place: Place): void {
    place.isRecalled = true;
    const agents = (store.fleet?.agents ?? []).filter(({ health }) => health === 'disarmed');
    if (agents.length === 0) return;
    this.#later(({ lastLosses }) => {
      for (const { agent, since, intactAt } of lastLosses(store)) place.ledger.recall(agent, since, intactAt);
      this.#changed.fire();
    });
  }

  /** Nobody waits for what is done here, so what goes wrong is logged. */
  #later(work: (later: typeof import('./later.ts')) => unknown): void {
    void (async () => {
      try {
        if (!this.#isDisposed) await work(await import('./later.ts'));
      } catch (error) {
        this.#log.error(error instanceof Error ? error : String(error));
      }
    })();
  }
}

/** How the agents of a folder stand, by what is on the disk: while a file is edited and not saved, nothing is said of it. */
function standingsOf(store: FleetStore): readonly Standing[] {
  const unsaved = new Set(
    vscode.workspace.textDocuments.filter((each) => each.isDirty).map((each) => each.uri.fsPath),
  );
  const isUnsaved = (file: string): boolean => unsaved.size > 0 && unsaved.has(store.uriOf(file).fsPath);
  const isLiveUnsaved = isUnsaved('.claude/settings.json') || isUnsaved('.claude/settings.local.json');
  return (store.fleet?.agents ?? []).map((status) => {
    const settings = status.outputs.find(({ kind }) => kind === 'settings');
    const isHeld =
      isLiveUnsaved ||
      settings === undefined ||
      settings.drift === 'missing' ||
      (settings.drift === 'unreadable' && status.disarmed.length === 0) ||
      isUnsaved(settings.path);
    return { agent: status.agent.id, causes: isHeld ? [] : causesOf(status), isHeld };
  });
}

function kindOf(
  { agent, file, before, after }: TextChange,
  { lost, mended }: Turn,
  store: FleetStore,
): ChangeKind {
  if (after === undefined) return 'removed';
  if (agent === undefined) {
    const [wasOff, isOff] = [before, after].map((text) => /"disableAllHooks"\s*:\s*true/.test(text ?? ''));
    return wasOff === isOff ? 'edited' : isOff ? 'lost' : 'restored';
  }
  if (lost.some((each) => each.agent === agent)) return 'lost';
  if (mended.includes(agent)) return 'restored';
  const status = store.fleet?.agents.find((each) => each.agent.id === agent);
  return status?.outputs.find(({ path }) => path === file)?.drift === 'inSync' ? 'written' : 'edited';
}
