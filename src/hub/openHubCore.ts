// The hub's core at work: spools into the journal, the journal to listeners, and what is so now.
import path from 'node:path';
import type { AppendedFiles } from '../files/appendedFiles.ts';
import { makePrivate } from '../files/stateDirectory.ts';
import type { SpoolLine } from '../protocol/spoolLine.ts';
import type { AgentsPoll } from '../sessions/agentsList.ts';
import type { LiveSession } from '../sessions/liveStates.ts';
import type { Machine } from '../sessions/programs.ts';
import type { RecordStore } from '../sessions/sessionRecord.ts';
import { spoolFolder } from '../sessions/spoolReader.ts';
import { alertOf } from './alerts.ts';
import { Coordination } from './coordination.ts';
import { hubFolder } from './discovery.ts';
import { eventOf } from './eventOf.ts';
import { Handoffs } from './handoffs.ts';
import { healthOf } from './health.ts';
import { HookFigures } from './hookFigures.ts';
import type { CoreFigures, HubCore, SnapshotType } from './hubCore.ts';
import { type Group, groups, type HubEvent, type JsonObject } from './hubEvent.ts';
import { type Draft, Journal, type JournalLimits, journalLimits, type Passed } from './journal.ts';
import { hasEnded, Live } from './live.ts';
import { redactJson } from './redact.ts';
import { SpoolTail } from './spoolTail.ts';

/** Milliseconds between two flushes to the disk. */
const flushEvery = 1000;
/** Milliseconds that changes of what is coordinated are gathered for, and between two looks at the hub's own health. */
const gatherMs = 250;
/** Milliseconds for which it holds that this hub is still the one. */
const stillMs = 100;

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
  /** Whether this hub is still the one that was elected; absent: it is. */
  readonly isStill?: () => boolean;
  /** Called once when it no longer is. The core has ended by then, but for `close`. */
  readonly onDeposed?: () => void;
  readonly limits?: Partial<JournalLimits>;
  /** Gets what a listener threw, which is a bug of ours. */
  readonly onBug: (error: unknown) => void;
}

/** The folder of the journal in a workspace's folder of the state directory. */
export const journalFolder = (stateDirectory: string): string =>
  path.join(hubFolder(stateDirectory), 'journal');

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
  readonly #options: HubCoreOptions;
  readonly #journal: Journal;
  readonly #tail: SpoolTail;
  readonly #live: Live;
  readonly #coordination = new Coordination();
  readonly #handoffs: Handoffs;
  readonly #figures: HookFigures;
  readonly #listeners = new Set<(events: readonly HubEvent[]) => void>();
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #startedAt: string;
  #published = 0;
  #unwritten = 0;
  #health = '';
  #isCoordinationNew = false;
  #stillUntil = 0;
  #isOver = false;

  constructor(options: HubCoreOptions) {
    this.#options = options;
    const { store, disk, machine, now, poll, isAnew, limits } = options;
    this.#startedAt = new Date(now()).toISOString();
    this.#figures = new HookFigures(now());
    const boot = machine.files.read('/proc/sys/kernel/random/boot_id')?.text?.trim();
    this.#journal = new Journal({
      folder: journalFolder(store.stateDirectory),
      now,
      ...(boot ? { boot } : {}),
      ...(isAnew === undefined ? {} : { isAnew }),
      ...(limits === undefined ? {} : { limits }),
      checkpoint: () => ({
        spools: this.#tail.positions,
        memory: { coordination: this.#coordination.toJson(), handoffs: this.#handoffs.toJson() },
      }),
    });
    const { recovered } = this.#journal;
    this.#tail = new SpoolTail({
      folder: spoolFolder(store.stateDirectory),
      now,
      draftOf: eventOf,
      take: (drafts, passed) => this.#take(drafts, passed),
      positions: recovered?.spools ?? [],
      readFrom: now() - (limits?.mostAge ?? journalLimits.mostAge),
    });
    this.#coordination.restore(recovered?.memory.coordination);
    this.#handoffs = new Handoffs({ store, tell: (data) => this.#tellHandoff(data) });
    const known = recovered?.memory.handoffs;
    for (const each of Array.isArray(known) ? known : [])
      if (typeof each === 'object' && each !== null) this.#handoffs.remember(each);
    for (const { seq, group, data } of recovered?.events ?? []) {
      if (group === 'tasks') this.#handoffs.remember(data);
      const spool = recovered?.spoolOf.get(seq);
      if (spool === undefined || typeof data.id !== 'string') continue;
      this.#tail.remember(spool, data.id);
      this.#coordination.add(data as unknown as SpoolLine);
    }
    this.#live = new Live({
      store,
      disk,
      machine,
      now,
      ...(poll === undefined ? {} : { poll }),
      tell: (agent, data, before, session) => this.#tellSession(agent, data, before, session),
    });
  }

  begin(): void {
    this.#journal.begin();
    this.#tail.begin();
    this.#live.begin();
    this.#handoffs.begin();
    this.#timers.push(
      setInterval(() => this.#journal.sync(), flushEvery),
      setInterval(() => this.#look(), gatherMs),
    );
    for (const timer of this.#timers) timer.unref();
  }

  get epoch(): string {
    return this.#journal.epoch;
  }

  get seq(): number {
    return this.#journal.seq;
  }

  get sources(): readonly Group[] {
    const hasTasks = this.#coordination.hasTasks || this.#handoffs.hasAny;
    return groups.filter((group) => group !== 'tasks' || hasTasks);
  }

  since(epoch: string, seq: number): AsyncIterable<readonly HubEvent[]> | undefined {
    return this.#journal.since(epoch, seq);
  }

  onEvents(listener: (events: readonly HubEvent[]) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async publish({ group, type, agent, data }: Omit<HubEvent, 'seq' | 'at'>): Promise<HubEvent | undefined> {
    const optional = agent === undefined ? {} : { agent };
    return this.#tell({ group, type, ...optional, data: redactJson(data) as JsonObject });
  }

  snapshot(type: SnapshotType): JsonObject | undefined {
    switch (type) {
      case 'agent_status':
        return this.#live.snapshot();
      case 'coordination_metrics':
        return this.#coordination.snapshot(this.#options.now());
      case 'system_health':
        return { ...this.#healthNow(), startedAt: this.#startedAt, epoch: this.epoch, seq: this.seq };
    }
  }

  figures(): CoreFigures {
    const { bytes, since } = this.#tail.lag;
    const { error } = this.#journal;
    const sessions = this.#live.counts;
    return {
      ingested: this.#tail.ingested,
      repeated: this.#tail.repeated,
      published: this.#published,
      spoolLagBytes: bytes,
      spoolLagMs: since === undefined ? 0 : Math.max(0, this.#options.now() - since),
      spoolFiles: this.#tail.fileCount,
      spoolsUnreadable: this.#tail.unreadable,
      lost: { broken: this.#tail.broken, unwritten: this.#unwritten, vanished: this.#tail.vanished },
      ...(error === undefined ? {} : { journalError: error }),
      journalBytes: this.#journal.bytes,
      journalSegments: this.#journal.segmentCount,
      oldestSeq: this.#journal.oldestSeq,
      ...(sessions === undefined ? {} : { sessions }),
      hooks: this.#figures.hooks,
      verdicts: this.#figures.verdicts,
      latency: this.#figures.latency,
    };
  }

  async close(): Promise<void> {
    this.#end();
    this.#journal.close(this.#isStill());
  }

  #end(): void {
    this.#isOver = true;
    for (const timer of this.#timers) clearInterval(timer);
    this.#tail.end();
    this.#live.end();
    this.#handoffs.end();
    this.#listeners.clear();
  }

  /** Whether this hub may write. One that was held up for a while asks before it goes on. */
  #isStill(): boolean {
    const { isStill, onDeposed } = this.#options;
    if (isStill === undefined || performance.now() < this.#stillUntil) return true;
    if (isStill()) {
      this.#stillUntil = performance.now() + stillMs;
      return true;
    }
    if (this.#isOver) return false;
    this.#isOver = true;
    // Not in the middle of what is being read.
    setImmediate(() => {
      this.#end();
      onDeposed?.();
    });
    return false;
  }

  /** What came in spools: into the journal, together with what it is an alarm for, and out. */
  #take(lines: readonly Draft[], passed: readonly Passed[]): boolean {
    const drafts = lines.flatMap((draft): readonly Draft[] => {
      const { agent } = draft;
      const alert = alertOf(draft.data as unknown as SpoolLine);
      if (alert === undefined) return [draft];
      const optional = agent === undefined ? {} : { agent };
      return [draft, { group: 'alerts', type: 'critical_alert', ...optional, data: alert }];
    });
    const events = this.#isStill() ? this.#journal.append(drafts, passed) : undefined;
    if (events === undefined) return false;
    const now = this.#options.now();
    for (const { data } of lines) {
      const line = data as unknown as SpoolLine;
      this.#figures.add(line, now);
      if (this.#coordination.add(line)) this.#isCoordinationNew = true;
      this.#live.heard(line.agent);
    }
    this.#publish(events);
    return true;
  }

  /** Something of the hub's own. It is not kept for later: whoever tells it knows better then. */
  #tell(...drafts: readonly Draft[]): HubEvent | undefined {
    if (this.#isOver || !this.#isStill()) return undefined;
    const events = this.#journal.append(drafts);
    if (events === undefined) this.#unwritten += drafts.length;
    else this.#publish(events);
    return events?.[0];
  }

  #tellSession(
    agent: string,
    data: JsonObject,
    before: LiveSession | undefined,
    session: LiveSession,
  ): boolean {
    if (hasEnded(before, session) && this.#coordination.over(session.record.launch))
      this.#isCoordinationNew = true;
    const update: Draft = { group: 'agents', type: 'agent_update', agent, data };
    const { state, since } = session.state;
    // One that had crashed before the hub looked is no news.
    const isCrash = state === 'crashed' && before !== undefined && before.state.state !== 'crashed';
    const { launch } = session.record;
    const alert: Draft = {
      group: 'alerts',
      type: 'critical_alert',
      agent,
      data: { kind: 'crashed', agent, launch, since },
    };
    return this.#tell(update, ...(isCrash ? [alert] : [])) !== undefined;
  }

  #tellHandoff(data: JsonObject): boolean {
    const agent = typeof data.to === 'string' ? { agent: data.to } : {};
    return this.#tell({ group: 'tasks', type: 'task_event', ...agent, data }) !== undefined;
  }

  #healthNow(): JsonObject {
    const { status, problems } = healthOf(this.figures());
    return { status, problems };
  }

  /** What changed of the whole, and whether this hub is still the one. */
  #look(): void {
    if (!this.#isStill()) return;
    if (this.#isCoordinationNew) {
      const data = this.#coordination.snapshot(this.#options.now());
      const told = this.#tell({ group: 'coordination', type: 'coordination_update', data });
      this.#isCoordinationNew = told === undefined;
    }
    const health = this.#healthNow();
    const text = JSON.stringify(health);
    if (text === this.#health) return;
    if (this.#tell({ group: 'system', type: 'system_update', data: health }) !== undefined)
      this.#health = text;
  }

  #publish(events: readonly HubEvent[]): void {
    if (events.length === 0) return;
    this.#published += events.length;
    for (const listener of [...this.#listeners]) {
      try {
        listener(events);
      } catch (error) {
        this.#options.onBug(error);
      }
    }
  }
}
