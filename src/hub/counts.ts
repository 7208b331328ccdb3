// What the server counts while it runs: plain numbers that metrics and statistics are made of. Each is a thing that happened.
import type { DisconnectReason, ErrorCode } from '../protocol/wsMessages.generated.ts';
import type { Histogram } from './hubCore.ts';

/** Why a connection is no more: what the hub said, or that the client left, did not answer, or broke the protocol. */
export type EndReason = DisconnectReason | 'client' | 'no_pong' | 'protocol';

/** Why a request was cut: it did not come to its end in time, has a head that is too long, or is none. */
export type CutReason = 'slow' | 'head_too_long' | 'malformed';

/** Values sorted into buckets as they come. */
export class Tally implements Histogram {
  readonly bounds: readonly number[];
  readonly counts: number[];
  sum = 0;
  count = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.counts = bounds.map(() => 0);
  }

  add(value: number): void {
    this.sum += value;
    this.count++;
    const at = this.bounds.findIndex((bound) => value <= bound);
    if (at >= 0) this.counts[at] = (this.counts[at] ?? 0) + 1;
  }
}

export interface HubCounts {
  messagesSent: number;
  sendFailures: number;
  messagesReceived: number;
  bytesSent: number;
  bytesReceived: number;
  droppedRate: number;
  droppedBackpressure: number;
  connectionsOpened: number;
  connectionsRefused: number;
  tokenDenied: number;
  originDenied: number;
  controlsDone: number;
  controlsFailed: number;
  replays: number;
  replaysUnavailable: number;
  readonly errorsSent: Map<ErrorCode, number>;
  readonly ended: Map<EndReason, number>;
  /** Requests that were cut before they could be answered. */
  readonly requestsCut: Map<CutReason, number>;
  /** Clients that each event was meant for. */
  readonly fanOut: Tally;
  /** Milliseconds from the time of an event to its being handed to the sockets. */
  readonly latency: Tally;
}

export function newCounts(): HubCounts {
  return {
    messagesSent: 0,
    sendFailures: 0,
    messagesReceived: 0,
    bytesSent: 0,
    bytesReceived: 0,
    droppedRate: 0,
    droppedBackpressure: 0,
    connectionsOpened: 0,
    connectionsRefused: 0,
    tokenDenied: 0,
    originDenied: 0,
    controlsDone: 0,
    controlsFailed: 0,
    replays: 0,
    replaysUnavailable: 0,
    errorsSent: new Map(),
    ended: new Map(),
    requestsCut: new Map(),
    fanOut: new Tally([0, 1, 2, 5, 10, 25, 50, 100, 250]),
    latency: new Tally([1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 5000]),
  };
}

/** One more of a kind. */
export function countOne<Kind>(counts: Map<Kind, number>, kind: Kind): void {
  counts.set(kind, (counts.get(kind) ?? 0) + 1);
}
