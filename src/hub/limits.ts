// The limits of the hub, and the bucket that counts messages against time. Pure.
import { UserError } from '../findings/userError.ts';

export interface Limits {
  readonly messagesPerSecond: number;
  readonly messageBurst: number;
  readonly noticeEveryMs: number;
  readonly frameBytes: number;
  readonly subscriptions: number;
  readonly queueMessages: number;
  readonly queueBytes: number;
  readonly backpressureAttempts: number;
  readonly pingEveryMs: number;
  readonly connections: number;
  readonly controlsAtOnce: number;
  readonly headersMs: number;
  readonly requestMs: number;
  readonly ticketMs: number;
  readonly closeMs: number;
}

/**
 * What each limit means, for GET …/limits and docs/hub.md; before it what it is unless configured, and the least it may be;
 * after it the most, where there is one.
 */
export const limitTable = {
  messagesPerSecond: [20, 1, 'messages a second that a connection may send, pings of the protocol included'],
  messageBurst: [40, 1, 'messages that it may send at once after a rest'],
  noticeEveryMs: [5_000, 0, 'between two `rate_limited` errors on a connection'],
  frameBytes: [65_536, 1_024, 'of one frame of a client, and of the body of a request'],
  // More would not be of the schema.
  subscriptions: [10, 1, 'groups in one list', 10],
  queueMessages: [2_048, 8, 'that wait for one client'],
  queueBytes: [1_048_576, 65_536, 'that wait for one client'],
  backpressureAttempts: [
    5,
    1,
    'deliveries in a row that find the queue full before the client is disconnected',
  ],
  pingEveryMs: [
    30_000,
    50,
    'between pings of the protocol; a client that has not answered one by the next is gone',
  ],
  connections: [256, 1, 'WebSocket connections at the same time'],
  controlsAtOnce: [8, 1, 'controls of one connection that are under way at the same time'],
  headersMs: [5_000, 50, 'for a client to send the head of a request'],
  requestMs: [10_000, 50, 'for a client to send a whole request'],
  ticketMs: [30_000, 50, 'that a ticket for the login page is good for, once'],
  closeMs: [1_000, 10, 'for a client to close what the hub closes; then the connection is cut'],
} as const satisfies Readonly<
  Record<keyof Limits, readonly [usual: number, least: number, meaning: string, most?: number]>
>;

const names = Object.keys(limitTable) as readonly (keyof Limits)[];

/** The limits with those that are given otherwise. @throws UserError for one that there is not, or that makes no sense. */
export function limitsWith(given: Readonly<Record<string, unknown>> = {}): Limits {
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(limitTable, name));
  if (unknown !== undefined)
    throw new UserError(`There is no limit ${JSON.stringify(unknown)}; there are ${names.join(', ')}.`);
  const limits = names.map((name) => {
    const [usual, least, , most = 2 ** 31 - 1] = limitTable[name] as readonly [
      number,
      number,
      string,
      number?,
    ];
    const value = given[name] ?? usual;
    if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most)
      throw new UserError(
        `The limit ${name} is a whole number from ${least} to ${most}, not ${JSON.stringify(value)}.`,
      );
    return [name, value] as const;
  });
  return Object.fromEntries(limits) as unknown as Limits;
}

/** Allows so many in a second, and a burst after a rest. Times in milliseconds of a clock that never goes back. */
export class TokenBucket {
  readonly #perMs: number;
  readonly #burst: number;
  #left: number;
  #at: number;

  constructor(perSecond: number, burst: number, now: number) {
    this.#perMs = perSecond / 1000;
    this.#burst = burst;
    this.#left = burst;
    this.#at = now;
  }

  /** Takes one; false when there is none. */
  take(now: number): boolean {
    this.#refill(now);
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }

  /** Milliseconds until there is one again, rounded up; 0 when there is. */
  waitMs(now: number): number {
    this.#refill(now);
    return this.#left >= 1 ? 0 : Math.ceil((1 - this.#left) / this.#perMs);
  }

  #refill(now: number): void {
    this.#left = Math.min(this.#burst, this.#left + Math.max(0, now - this.#at) * this.#perMs);
    this.#at = Math.max(this.#at, now);
  }
}
