// What waits for one client, bounded by messages and bytes. Where it is full, updates that are superfluous go first. Pure.

export interface Queued {
  readonly bytes: Buffer;
  /** Of an update: what it is about. A later one of the same makes it superfluous. */
  readonly key?: string;
}

export class SendQueue {
  readonly #most: { readonly messages: number; readonly bytes: number };
  /** In the order of their arrival. */
  readonly #waiting = new Map<number, Queued>();
  /** Updates among them, and those of which a later one waits as well: the oldest first. */
  readonly #updates = new Map<number, string>();
  readonly #superseded = new Set<number>();
  readonly #latest = new Map<string, number>();
  #next = 0;
  #bytes = 0;

  constructor(most: { readonly messages: number; readonly bytes: number }) {
    this.#most = most;
  }

  get length(): number {
    return this.#waiting.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** True when more waits than may: what is left are events, none of which is superfluous. */
  get isOver(): boolean {
    return this.#waiting.size > this.#most.messages || this.#bytes > this.#most.bytes;
  }

  /**
   * Adds one, and drops updates while too much waits: those that a later one made superfluous, then the oldest. Gives how
   * many were dropped. Events are never dropped; `isOver` says when they are too many.
   */
  push(queued: Queued): number {
    const order = this.#next++;
    this.#waiting.set(order, queued);
    this.#bytes += queued.bytes.length;
    if (queued.key !== undefined) {
      const earlier = this.#latest.get(queued.key);
      if (earlier !== undefined) this.#superseded.add(earlier);
      this.#latest.set(queued.key, order);
      this.#updates.set(order, queued.key);
    }
    let dropped = 0;
    while (this.isOver) {
      const [oldest] = this.#superseded.size > 0 ? this.#superseded : this.#updates.keys();
      if (oldest === undefined) break;
      this.#remove(oldest);
      dropped++;
    }
    return dropped;
  }

  /** Takes the oldest out; undefined when nothing waits. */
  shift(): Queued | undefined {
    for (const [order, queued] of this.#waiting) {
      this.#remove(order);
      return queued;
    }
    return undefined;
  }

  clear(): void {
    this.#waiting.clear();
    this.#updates.clear();
    this.#superseded.clear();
    this.#latest.clear();
    this.#bytes = 0;
  }

  #remove(order: number): void {
    const queued = this.#waiting.get(order);
    if (queued === undefined) return;
    this.#waiting.delete(order);
    this.#bytes -= queued.bytes.length;
    if (queued.key === undefined) return;
    this.#updates.delete(order);
    this.#superseded.delete(order);
    if (this.#latest.get(queued.key) === order) this.#latest.delete(queued.key);
  }
}
