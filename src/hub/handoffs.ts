// Work that was handed over, as it is written down: each handoff and each change of its state is told once.
import fs from 'node:fs';
import { redact } from '../protocol/redact.ts';
import { type HandoffRecord, handoffFolder, readHandoffs } from '../sessions/handoffRecord.ts';
import type { RecordStore } from '../sessions/sessionRecord.ts';
import type { JsonObject } from './hubEvent.ts';

/** Milliseconds between two looks at whether anything was written, for what the system did not tell. */
const lookEvery = 2000;
/** Longest beginning of a task that is told, in UTF-16 units; the whole is in its record. */
const mostTask = 200;

export interface HandoffsOptions {
  readonly store: RecordStore;
  /** A handoff is in another state than before. False: it could not be told, and will be again. */
  readonly tell: (data: JsonObject) => boolean;
}

/** What is told of a handoff. */
export function handoffData({
  id,
  from,
  to,
  at,
  state,
  stateAt,
  sentBy,
  reason,
  launch,
  task,
}: HandoffRecord): JsonObject {
  return {
    kind: 'handoff',
    handoff: id,
    from,
    to,
    at,
    state,
    stateAt,
    sentBy,
    // Before the cut, so that no half of a secret is left.
    task: redact(task).slice(0, mostTask),
    ...(reason === undefined ? {} : { reason: redact(reason) }),
    ...(launch === undefined ? {} : { launch }),
  };
}

export class Handoffs {
  readonly #options: HandoffsOptions;
  /** The state of each that was told last, by id. */
  readonly #told = new Map<string, string>();
  #watcher: fs.FSWatcher | undefined;
  #timer: NodeJS.Timeout | undefined;
  #changedAt: number | undefined;

  constructor(options: HandoffsOptions) {
    this.#options = options;
  }

  /** Whether any was told. */
  get hasAny(): boolean {
    return this.#told.size > 0;
  }

  /** One that is in the journal already. `data`: of its event. */
  remember({ kind, handoff, state }: JsonObject): void {
    if (kind === 'handoff' && typeof handoff === 'string' && typeof state === 'string')
      this.#told.set(handoff, state);
  }

  /** What `remember` needs to go on from here. */
  toJson(): readonly JsonObject[] {
    return [...this.#told].map(([handoff, state]) => ({ kind: 'handoff', handoff, state }));
  }

  /** Looks until `end`. */
  begin(): void {
    this.#look();
    this.#watch();
    this.#timer = setInterval(() => {
      this.#watch();
      this.#look();
    }, lookEvery);
    this.#timer.unref();
  }

  end(): void {
    this.#watcher?.close();
    clearInterval(this.#timer);
  }

  #watch(): void {
    if (this.#watcher !== undefined) return;
    try {
      const folder = handoffFolder(this.#options.store.stateDirectory);
      this.#watcher = fs.watch(folder, { persistent: false }, () => this.#look(true));
      this.#watcher.on('error', () => {
        this.#watcher?.close();
        this.#watcher = undefined;
      });
    } catch {
      // Nothing was ever handed over here.
    }
  }

  /** `isTold`: the system says that something happened, however little time since the last look. */
  #look(isTold = false): void {
    const { store, tell } = this.#options;
    const folder = handoffFolder(store.stateDirectory);
    // Records are put in their place in one step, which changes the folder.
    const changedAt = fs.lstatSync(folder, { throwIfNoEntry: false })?.mtimeMs;
    if (changedAt === this.#changedAt && !isTold) return;
    const { handoffs } = readHandoffs(store);
    let isAllTold = true;
    for (const record of [...handoffs].reverse()) {
      if (this.#told.get(record.id) === record.state) continue;
      if (tell(handoffData(record))) this.#told.set(record.id, record.state);
      else isAllTold = false;
    }
    const there = new Set(handoffs.map(({ id }) => id));
    for (const id of this.#told.keys()) if (!there.has(id)) this.#told.delete(id);
    if (isAllTold) this.#changedAt = changedAt;
  }
}
