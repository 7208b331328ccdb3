// The hub's core at work: spools into the journal, the journal to listeners, and what is so now.
import path from 'node:path';
import type { AppendedFiles } from '../files/appendedFiles.ts';
import { makePrivate } from '../files/stateDirectory.ts';
import type { SpoolLine } from '../protocol/spoolLine.ts';
import type { AgentsPoll } from '../sessions/agentsList.ts';
import type { Machine } from '../sessions/programs.ts';
import type { RecordStore } from '../sessions/sessionRecord.ts';
import { spoolFolder } from '../sessions/spoolReader.ts';
import { eventOf } from './eventOf.ts';
import { HookFigures } from './hookFigures.ts';
import type { CoreFigures, HubCore } from './hubCore.ts';
import type { HubEvent, JsonObject } from './hubEvent.ts';
import { type Draft, Journal, type JournalLimits, journalLimits, type Passed } from './journal.ts';
import { SpoolTail } from './spoolTail.ts';

/** Milliseconds between two flushes to the disk. */
const flushEvery = 1000;

export interface HubCoreOptions {
  readonly store: RecordStore;
  readonly disk: AppendedFiles;
  readonly machine: Pick<Machine, 'files' | 'platform' | 'run'>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Asks the CLI for its sessions; absent where it is not to be asked. */
  readonly poll?: () => Promise<AgentsPoll | undefined>;
  /** That another hub may still be numbering events: this one begins an epoch. */
  readonly isAnew?: boolean;
  readonly limits?: Partial<JournalLimits>;
  /** Gets what a listener threw, which is a bug of ours. */
  readonly onBug: (error: unknown) => void;
}

/** The folder of the journal in a workspace's folder of the state directory. */
export const journalFolder = (stateDirectory: string): string => path.join(stateDirectory, 'hub', 'journal');

/**
 * Opens the journal, takes in what spools have that is not in it, and goes on doing so. Only who was elected may call it.
 * @throws UserError when the state directory can't be written; Error of the system for the journal.
 */
export async function openHubCore(options: HubCoreOptions): Promise<HubCore> {
  const { files, stateRoot, stateDirectory } = options.store;
  await makePrivate(files, stateRoot, spoolFolder(stateDirectory));
  await makePrivate(files, stateRoot, journalFolder(stateDirectory));
  const core = new Core(options);
  core.begin();
  return core;
}

class Core implements HubCore {
  readonly #journal: Journal;
  readonly #tail: SpoolTail;
  readonly #now: () => number;
  readonly #onBug: (error: unknown) => void;
  readonly #listeners = new Set<(events: readonly HubEvent[]) => void>();
  readonly #figures: HookFigures;
  readonly #timers: NodeJS.Timeout[] = [];
  #published = 0;
  #unwritten = 0;

  constructor({ store, disk, machine, now, isAnew, limits, onBug }: HubCoreOptions) {
    this.#now = now;
    this.#onBug = onBug;
    this.#figures = new HookFigures(now());
    const boot = machine.files.read('/proc/sys/kernel/random/boot_id')?.text?.trim();
    this.#journal = new Journal({
      folder: journalFolder(store.stateDirectory),
      now,
      ...(boot ? { boot } : {}),
      ...(isAnew === undefined ? {} : { isAnew }),
      ...(limits === undefined ? {} : { limits }),
      checkpoint: () => ({ spools: this.#tail.positions, memory: {} }),
    });
    const { recovered } = this.#journal;
    this.#tail = new SpoolTail({
      folder: spoolFolder(store.stateDirectory),
      disk,
      now,
      draftOf: eventOf,
      take: (drafts, passed) => this.#take(drafts, passed),
      positions: recovered?.spools ?? [],
      readFrom: now() - (limits?.mostAge ?? journalLimits.mostAge),
    });
    for (const { seq, data } of recovered?.events ?? []) {
      const spool = recovered?.spoolOf.get(seq);
      if (spool !== undefined && typeof data.id === 'string') this.#tail.remember(spool, data.id);
    }
  }

  begin(): void {
    this.#journal.begin();
    this.#tail.begin();
    this.#timers.push(setInterval(() => this.#journal.sync(), flushEvery));
    for (const timer of this.#timers) timer.unref();
  }

  get epoch(): string {
    return this.#journal.epoch;
  }

  get seq(): number {
    return this.#journal.seq;
  }

  since(epoch: string, seq: number): AsyncIterable<readonly HubEvent[]> | undefined {
    return this.#journal.since(epoch, seq);
  }

  onEvents(listener: (events: readonly HubEvent[]) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  snapshot(): JsonObject | undefined {
    return undefined;
  }

  figures(): CoreFigures {
    const { bytes, since } = this.#tail.lag;
    const { error } = this.#journal;
    return {
      ingested: this.#tail.ingested,
      repeated: this.#tail.repeated,
      published: this.#published,
      spoolLagBytes: bytes,
      spoolLagMs: since === undefined ? 0 : Math.max(0, this.#now() - since),
      spoolFiles: this.#tail.fileCount,
      spoolsUnreadable: this.#tail.unreadable,
      lost: { broken: this.#tail.broken, unwritten: this.#unwritten, vanished: this.#tail.vanished },
      ...(error === undefined ? {} : { journalError: error }),
      journalBytes: this.#journal.bytes,
      journalSegments: this.#journal.segmentCount,
      oldestSeq: this.#journal.oldestSeq,
      hooks: this.#figures.hooks,
      verdicts: this.#figures.verdicts,
      latency: this.#figures.latency,
    };
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    this.#tail.end();
    this.#listeners.clear();
    this.#journal.close();
  }

  #take(drafts: readonly Draft[], passed: readonly Passed[]): boolean {
    const events = this.#journal.append(drafts, passed);
    if (events === undefined) return false;
    const now = this.#now();
    for (const { data } of events) this.#figures.add(data as unknown as SpoolLine, now);
    this.#publish(events);
    return true;
  }

  #publish(events: readonly HubEvent[]): void {
    if (events.length === 0) return;
    this.#published += events.length;
    for (const listener of [...this.#listeners]) {
      try {
        listener(events);
      } catch (error) {
        this.#onBug(error);
      }
    }
  }
}
