// A core of the hub that keeps its events in memory, for tests of what is in front of it.
import type { CoreFigures, HubCore, SnapshotType } from '../../src/hub/hubCore.ts';
import type { Group, HubEvent, JsonObject } from '../../src/hub/hubEvent.ts';

const eventTypes = { agents: 'agent_event', tasks: 'task_event', system: 'system_event' } as const;
const updateTypes = { agents: 'agent_update', tasks: 'task_update', system: 'system_update' } as const;

export interface PublishMany {
  readonly count: number;
  readonly group?: 'agents' | 'tasks' | 'system';
  readonly isUpdate?: boolean;
  readonly agent?: string;
  /** Of padding in each. */
  readonly bytes?: number;
}

export class MemoryCore implements HubCore {
  readonly epoch = '00000000-0000-4000-8000-000000000001';
  sources?: readonly Group[];
  #events: HubEvent[] = [];
  #seq = 0;
  #isBare = false;
  readonly #listeners = new Set<(events: readonly HubEvent[]) => void>();

  get seq(): number {
    return this.#seq;
  }

  /** From now on it has no source for anything but agents. */
  makeBare(): void {
    this.#isBare = true;
    this.sources = ['agents', 'system', 'alerts'];
  }

  publishMany({ count, group = 'agents', isUpdate = false, agent, bytes = 0 }: PublishMany): void {
    const events = Array.from({ length: count }, () =>
      this.#make({
        group,
        type: (isUpdate ? updateTypes : eventTypes)[group],
        agent: agent ?? 'code-agent',
        isCoalescible: isUpdate,
        data: { n: this.#seq, pad: 'x'.repeat(bytes) },
      }),
    );
    this.#tell(events);
  }

  async publish(event: Omit<HubEvent, 'seq' | 'at'>): Promise<HubEvent | undefined> {
    if (this.#isBare) return undefined;
    const made = this.#make(event);
    this.#tell([made]);
    return made;
  }

  /** No longer keeps what was before. */
  forget(before: number): void {
    this.#events = this.#events.filter(({ seq }) => seq >= before);
  }

  since(epoch: string, seq: number): AsyncIterable<readonly HubEvent[]> | undefined {
    const first = this.#events[0]?.seq ?? this.#seq + 1;
    if (epoch !== this.epoch || seq > this.#seq || seq + 1 < first) return undefined;
    const found = this.#events.filter((event) => event.seq > seq);
    return (async function* () {
      for (let at = 0; at < found.length; at += 100) yield found.slice(at, at + 100);
    })();
  }

  onEvents(listener: (events: readonly HubEvent[]) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  snapshot(type: SnapshotType): JsonObject | undefined {
    return this.#isBare ? undefined : { type, agents: [] };
  }

  figures(): CoreFigures {
    return {
      ingested: this.#seq,
      repeated: 0,
      published: this.#seq,
      spoolLagBytes: 0,
      spoolLagMs: 0,
      spoolFiles: 1,
      spoolsUnreadable: 0,
      lost: { broken: 0, unwritten: 0, vanished: 0 },
      journalBytes: 4711,
      journalSegments: 1,
      oldestSeq: this.#events[0]?.seq ?? this.#seq + 1,
      ...(this.#isBare ? {} : { sessions: { working: 1, unknown: 2 } }),
      hooks: { fired: 3, failed: 1, ...(this.#isBare ? {} : { p50: 20, p95: 40 }) },
      verdicts: { allow: 2, deny: 1 },
      latency: { bounds: [1, 10], counts: [1, 2], sum: 9, count: 4 },
    };
  }

  async close(): Promise<void> {
    this.#listeners.clear();
  }

  #make(event: Omit<HubEvent, 'seq' | 'at'>): HubEvent {
    const made = { ...event, seq: ++this.#seq, at: new Date().toISOString() };
    this.#events.push(made);
    return made;
  }

  #tell(events: readonly HubEvent[]): void {
    for (const listener of this.#listeners) listener(events);
  }
}
