// One client: its subscriptions, what waits for it, and how it ends. A client that does not read delays nobody else.
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { DisconnectReason, ErrorCode, ErrorMessage, Role } from '../protocol/wsMessages.generated.ts';
import { countOne, type EndReason, type HubCounts } from './counts.ts';
import { frameOf, type Unsent } from './frames.ts';
import type { Group } from './hubEvent.ts';
import type { HubLog } from './hubLog.ts';
import { type Limits, TokenBucket } from './limits.ts';
import { type Queued, SendQueue } from './sendQueue.ts';

/** Bytes that are with the system at a time; what is more waits in the queue, where it can still be superseded. */
const windowBytes = 256 * 1024;

/** Close codes of RFC 6455; 1013 is "try again later" of the IANA registry. */
const closeCodes: Readonly<Record<DisconnectReason, number>> = {
  shutdown: 1001,
  operator: 1000,
  too_large: 1009,
  backpressure: 1013,
};

export interface ConnectionOptions {
  readonly id: string;
  readonly role: Role;
  readonly route: string;
  readonly may: readonly Group[];
  readonly subscriptions: readonly Group[];
  readonly socket: WebSocket;
  /** What the WebSocket is made of: held back while several frames are written, so that they go out as one. */
  readonly stream: Duplex;
  readonly limits: Limits;
  readonly counts: HubCounts;
  readonly log: HubLog;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  /** ISO 8601. */
  readonly openedAt: string;
}

export class Connection {
  readonly id: string;
  readonly role: Role;
  readonly route: string;
  /** What may be subscribed to at its route. */
  readonly may: readonly Group[];
  readonly subscriptions: Set<Group>;
  readonly openedAt: string;
  /** The last event that it was given, or that is not for it: replay ends and live events begin after it. */
  cursor = 0;
  /** Live events are not given to it while it gets older ones. */
  isReplaying = false;
  controlsUnderWay = 0;
  sent = 0;
  received = 0;
  dropped = 0;

  readonly #options: ConnectionOptions;
  readonly #queue: SendQueue;
  readonly #bucket: TokenBucket;
  #noticedAt = Number.NEGATIVE_INFINITY;
  #inFlight = 0;
  #attempts = 0;
  #isOverflowing = false;
  #isFlushing = false;
  #isCorked = false;
  #isAlive = true;
  #end: EndReason | undefined;
  #cut: NodeJS.Timeout | undefined;
  #room: (() => void) | undefined;

  constructor(options: ConnectionOptions) {
    const { limits } = options;
    this.#options = options;
    this.id = options.id;
    this.role = options.role;
    this.route = options.route;
    this.may = options.may;
    this.subscriptions = new Set(options.subscriptions);
    this.openedAt = options.openedAt;
    this.#queue = new SendQueue({ messages: limits.queueMessages, bytes: limits.queueBytes });
    this.#bucket = new TokenBucket(limits.messagesPerSecond, limits.messageBurst, options.now());
    options.socket.on('pong', () => {
      this.#isAlive = true;
    });
  }

  get queued(): { readonly messages: number; readonly bytes: number } {
    return { messages: this.#queue.length, bytes: this.#queue.bytes + this.#inFlight };
  }

  /** Why it ended, as far as the hub decided it. */
  get endReason(): EndReason | undefined {
    return this.#end;
  }

  /** Charges one message, before anything of it is read. False: it is to be dropped; the client was told, or was lately. */
  charge(): boolean {
    const { now, limits, counts } = this.#options;
    const at = now();
    if (this.#bucket.take(at)) return true;
    counts.droppedRate++;
    this.dropped++;
    if (at - this.#noticedAt >= limits.noticeEveryMs) {
      this.#noticedAt = at;
      const retry = this.#bucket.waitMs(at);
      this.refuse('rate_limited', 'Too many messages; this one was not read.', undefined, {
        retry_after_ms: retry,
      });
    }
    return false;
  }

  /** Sends an error. */
  refuse(
    code: ErrorCode,
    message: string,
    correlationId?: string,
    more: Pick<ErrorMessage, 'supported_versions' | 'retry_after_ms'> = {},
  ): void {
    countOne(this.#options.counts.errorsSent, code);
    this.#options.log('debug', 'refused', {
      connection: this.id,
      code,
      ...(correlationId === undefined ? {} : { correlation_id: correlationId }),
    });
    this.reply({ type: 'error', code, message, ...more }, correlationId);
  }

  /** Sends a message that is no event. It is never dropped. */
  reply(message: Unsent, correlationId?: string): void {
    this.give({ bytes: frameOf(message, correlationId) });
    this.delivered();
  }

  /** Puts a frame behind what waits; `flush` sends. */
  give(frame: Queued): void {
    if (this.#end !== undefined) return;
    const dropped = this.#queue.push(frame);
    this.dropped += dropped;
    this.#options.counts.droppedBackpressure += dropped;
    this.#isOverflowing ||= dropped > 0 || this.#queue.isOver;
  }

  /** Ends one delivery: sends what the system takes, and closes where the queue was full for too many in a row. */
  delivered(): void {
    if (this.#end !== undefined) return;
    this.flush();
    if (!this.#isOverflowing) return;
    this.#isOverflowing = false;
    if (++this.#attempts >= this.#options.limits.backpressureAttempts) this.disconnect('backpressure');
  }

  flush(): void {
    if (this.#isFlushing || this.#end !== undefined) return;
    this.#isFlushing = true;
    while (this.#inFlight < windowBytes) {
      const next = this.#queue.shift();
      if (next === undefined) break;
      this.#send(next.bytes);
    }
    this.#isFlushing = false;
    const { limits } = this.#options;
    const isRoomy =
      this.#queue.length <= limits.queueMessages / 2 && this.#queue.bytes <= limits.queueBytes / 2;
    if (!isRoomy) return;
    this.#attempts = 0;
    this.#room?.();
    this.#room = undefined;
  }

  /** Resolves when at most half of what may wait does, or when the connection ends. */
  async roomy(): Promise<void> {
    const { limits } = this.#options;
    const isRoomy =
      this.#queue.length <= limits.queueMessages / 2 && this.#queue.bytes <= limits.queueBytes / 2;
    if (this.#end !== undefined || isRoomy) return;
    await new Promise<void>((resolve) => {
      this.#room = resolve;
    });
  }

  /** Asks the client whether it is there. False: it has not answered the last time, and is cut off. */
  ping(): boolean {
    if (!this.#isAlive) {
      this.ended('no_pong');
      this.#options.socket.terminate();
      return false;
    }
    this.#isAlive = false;
    if (this.#end === undefined) this.#options.socket.ping();
    return true;
  }

  /** Tells the client why, closes, and cuts the connection when the client does not close its side. What waited is gone. */
  disconnect(reason: DisconnectReason): void {
    if (this.#end !== undefined) return;
    const { socket, limits, log } = this.#options;
    this.#queue.clear();
    this.#send(frameOf({ type: 'disconnect_notice', reason }));
    this.ended(reason);
    log('info', 'disconnecting', { connection: this.id, reason });
    socket.close(closeCodes[reason], reason);
    this.#cut = setTimeout(() => socket.terminate(), limits.closeMs);
  }

  /** Sends the error for a frame that the library refused, while the connection can still take one. */
  tooLarge(): void {
    if (this.#end !== undefined) return;
    this.#queue.clear();
    const { counts } = this.#options;
    countOne(counts.errorsSent, 'too_large');
    this.#send(frameOf({ type: 'error', code: 'too_large', message: 'The frame is longer than may be.' }));
    this.#send(frameOf({ type: 'disconnect_notice', reason: 'too_large' }));
    this.ended('too_large');
    this.#cut = setTimeout(() => this.#options.socket.terminate(), this.#options.limits.closeMs);
  }

  /** Notes why it ends; the first reason holds. */
  ended(reason: EndReason): void {
    this.#end ??= reason;
    this.#room?.();
    this.#room = undefined;
  }

  /** To be called when the socket is closed. */
  dispose(): void {
    this.ended('client');
    clearTimeout(this.#cut);
    this.#queue.clear();
  }

  #send(bytes: Buffer): void {
    const { socket, stream, counts } = this.#options;
    // All frames of this turn go to the system in one write.
    if (!this.#isCorked) {
      this.#isCorked = true;
      stream.cork();
      process.nextTick(() => {
        this.#isCorked = false;
        stream.uncork();
      });
    }
    this.#inFlight += bytes.length;
    socket.send(bytes, { binary: false }, (error) => {
      this.#inFlight -= bytes.length;
      if (error) counts.sendFailures++;
      else {
        counts.messagesSent++;
        counts.bytesSent += bytes.length;
        this.sent++;
      }
      this.flush();
    });
  }
}
