// All clients, and what each event means for them: who gets it, now or after what it missed.
import { setImmediate } from 'node:timers';
import type { Connection } from './connection.ts';
import type { HubCounts } from './counts.ts';
import { type EventFrame, frameOfEvent } from './frames.ts';
import type { HubCore } from './hubCore.ts';
import type { HubEvent } from './hubEvent.ts';
import type { HubLog } from './hubLog.ts';
import { Slabs } from './slabs.ts';

/** Events that are given out in one turn: between turns, sockets take what waits for them. */
const mostInTurn = 256;
/** Where more than this wait to be given out, a turn takes a part of them that catches up. */
const mostWaiting = 8 * mostInTurn;

export interface ConnectionsOptions {
  readonly core: HubCore;
  readonly counts: HubCounts;
  readonly log: HubLog;
  /** Milliseconds since 1970, as events have them. */
  readonly wallNow: () => number;
}

export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #open = new Map<string, Connection>();
  readonly #slabs = new Slabs();
  readonly #unsubscribe: () => void;
  #waiting: HubEvent[] = [];
  #turn: NodeJS.Immediate | undefined;

  constructor(options: ConnectionsOptions) {
    this.#options = options;
    this.#unsubscribe = options.core.onEvents((events) => this.#publish(events));
  }

  get size(): number {
    return this.#open.size;
  }

  get all(): Iterable<Connection> {
    return this.#open.values();
  }

  find(id: string): Connection | undefined {
    return this.#open.get(id);
  }

  add(connection: Connection): void {
    connection.cursor = this.#options.core.seq;
    this.#open.set(connection.id, connection);
  }

  remove(connection: Connection): void {
    this.#open.delete(connection.id);
    connection.dispose();
  }

  /** Whether what follows `seq` is still to be had. If so it begins to come, followed by live events. */
  replay(connection: Connection, epoch: string, seq: number): boolean {
    const { core, counts, log } = this.#options;
    const first = core.since(epoch, seq);
    if (first === undefined) {
      counts.replaysUnavailable++;
      return false;
    }
    connection.cursor = seq;
    connection.isReplaying = true;
    this.#giveOlder(connection, epoch, first)
      .catch(() => false)
      .then((isWhole) => {
        if (isWhole) return;
        counts.replaysUnavailable++;
        connection.isReplaying = false;
        connection.cursor = core.seq;
        log('warn', 'replay ended early', { connection: connection.id });
        connection.refuse('unavailable', 'The rest of what was missed can no longer be read.');
      });
    return true;
  }

  /** Asks every client whether it is there. */
  pingAll(): void {
    for (const connection of this.#open.values()) connection.ping();
  }

  dispose(): void {
    this.#unsubscribe();
    if (this.#turn !== undefined) clearImmediate(this.#turn);
    this.#turn = undefined;
    this.#waiting = [];
  }

  /**
   * True when the connection has all up to the last event, and live events follow, or when it is over; false when some
   * is gone.
   */
  async #giveOlder(
    connection: Connection,
    epoch: string,
    first: AsyncIterable<readonly HubEvent[]>,
  ): Promise<boolean> {
    const { core, counts } = this.#options;
    let pieces: AsyncIterable<readonly HubEvent[]> | undefined = first;
    // What happened while older events were read is read as well, until nothing has.
    while (pieces !== undefined) {
      const before: number = connection.cursor;
      for await (const events of pieces)
        for (const event of events) {
          if (connection.endReason !== undefined) return true;
          if (event.seq <= connection.cursor) continue;
          // Somebody changed what is on the disk.
          if (event.seq !== connection.cursor + 1) return false;
          connection.cursor = event.seq;
          if (!connection.subscriptions.has(event.group)) continue;
          connection.give(frameOfEvent(event, this.#slabs));
          connection.flush();
          await connection.roomy();
        }
      if (connection.endReason !== undefined) return true;
      if (connection.cursor >= core.seq) {
        counts.replays++;
        // In this turn: what happens next is live.
        connection.isReplaying = false;
        return true;
      }
      if (connection.cursor === before) return false;
      pieces = core.since(epoch, connection.cursor);
    }
    return false;
  }

  #publish(events: readonly HubEvent[]): void {
    if (this.#open.size === 0) return;
    this.#waiting.push(...events);
    if (this.#turn === undefined) this.#giveOut();
  }

  #giveOut(): void {
    this.#turn = undefined;
    const most = Math.max(mostInTurn, this.#waiting.length > mostWaiting ? this.#waiting.length / 4 : 0);
    const events = this.#waiting.splice(0, most);
    const { counts, wallNow, log } = this.#options;
    for (const event of events) {
      let frame: EventFrame | undefined;
      let recipients = 0;
      for (const connection of this.#open.values()) {
        if (connection.isReplaying || event.seq <= connection.cursor) continue;
        connection.cursor = event.seq;
        if (!connection.subscriptions.has(event.group)) continue;
        frame ??= frameOfEvent(event, this.#slabs);
        connection.give(frame);
        recipients++;
      }
      counts.fanOut.add(recipients);
      if (frame !== undefined) {
        const { type, group, seq } = event;
        const { correlationId } = frame;
        log('debug', 'sent', {
          correlation_id: correlationId,
          type,
          subscription: group,
          seq,
          count: recipients,
        });
      }
    }
    for (const connection of this.#open.values()) if (!connection.isReplaying) connection.delivered();
    const sentAt = wallNow();
    for (const { at } of events) {
      const ms = sentAt - Date.parse(at);
      // A clock that was set back says nothing about how long it took.
      if (ms >= 0) counts.latency.add(ms);
    }
    if (this.#waiting.length > 0) this.#turn = setImmediate(() => this.#giveOut());
  }
}
