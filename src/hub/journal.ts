// The append-only journal: numbers events, keeps them in segments, gives them again. One process writes it at a time.
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { UserError } from '../findings/userError.ts';
import type { EventType, Group, HubEvent, JsonObject } from './hubEvent.ts';
import {
  generationOf,
  markEvery,
  nameOf,
  type Recovered,
  recoverJournal,
  type Segment,
  segmentNames,
} from './journalFolder.ts';
import {
  isCoalescible,
  renderClosed,
  renderEvent,
  renderHeader,
  renderSpool,
  type SpoolPosition,
} from './journalLine.ts';
import { readSegments } from './readSegments.ts';

/** A spool as the journal refers to it. Another object is another file, even of the same name. */
export interface JournalSpool {
  /** Up to where it is in the journal. */
  readonly position: SpoolPosition;
}

/** That a spool was read up to there, without an event that says so. */
export interface Passed {
  readonly spool: JournalSpool;
  readonly position: SpoolPosition;
}

/** What happened, before it has a number. */
export interface Draft {
  readonly group: Group;
  readonly type: EventType;
  readonly agent?: string;
  readonly data: JsonObject;
  /** The spool that it is from, and where its line ends there. */
  readonly from?: { readonly spool: JournalSpool; readonly end: number };
}

export interface JournalOptions {
  /** Absolute; must exist. */
  readonly folder: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Of the system's start; absent where the system does not say. */
  readonly boot?: string;
  /** That the numbers must not go on: another hub may still be using them. */
  readonly isAnew?: boolean;
  /** What a segment begins with, so that it can do without those before it. */
  readonly checkpoint: () => { readonly spools: readonly SpoolPosition[]; readonly memory: JsonObject };
  readonly limits?: Partial<JournalLimits>;
}

export interface JournalLimits {
  /** Bytes of a segment after which another one is begun. */
  readonly segmentBytes: number;
  /** Milliseconds after which another one is begun: what is too old goes by segments, also where little happens. */
  readonly segmentAge: number;
  /** Bytes of all segments together; the oldest are removed. */
  readonly mostBytes: number;
  /** Milliseconds after which a segment is removed. */
  readonly mostAge: number;
}

export const journalLimits: JournalLimits = {
  segmentBytes: 8 * 1024 * 1024,
  segmentAge: 24 * 60 * 60 * 1000,
  mostBytes: 128 * 1024 * 1024,
  mostAge: 7 * 24 * 60 * 60 * 1000,
};

/** The highest number of a hub that opened the journal. */
const mostGenerations = 999_999;

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';

export class Journal {
  readonly epoch: string;
  /** What the journal ended with when it was opened; undefined when it was begun anew. */
  readonly recovered: Recovered | undefined;
  readonly #options: JournalOptions;
  readonly #limits: JournalLimits;
  readonly #generation: number;
  readonly #segments: Segment[];
  #descriptor: number | undefined;
  /** The numbers of spools in this segment. */
  #numbers = new Map<JournalSpool, number>();
  /** What is being written, in bytes: one buffer for all, since there are thousands in a second. */
  #scratch = Buffer.alloc(64 * 1024);
  #seq: number;
  /** When the segment was begun, by a clock that never goes back. */
  #begunAt = 0;
  #error: string | undefined;
  #isDirty = false;
  #isSyncing = false;
  /** Bytes of the segment that are no whole lines: something could be written in part only. */
  #isTorn = false;

  /**
   * Goes on with what is there. @throws UserError when its files are numbered to the end; Error of the system; with code
   * `EEXIST` when another hub opened it at the same moment.
   */
  constructor(options: JournalOptions) {
    this.#options = options;
    this.#limits = { ...journalLimits, ...options.limits };
    const names = segmentNames(options.folder);
    this.#generation = Math.max(0, ...names.map(generationOf)) + 1;
    if (this.#generation > mostGenerations)
      throw new UserError(
        `The folder ${options.folder} has a file with the highest number that there is, which no hub has made. Remove it: ${names.at(-1)}`,
      );
    this.recovered = recoverJournal(options.folder, options.boot);
    const goesOn = this.recovered?.isWhole === true && options.isAnew !== true;
    this.epoch = goesOn && this.recovered ? this.recovered.epoch : randomUUID();
    this.#seq = goesOn && this.recovered ? this.recovered.seq : 0;
    this.#segments = goesOn && this.recovered ? [...this.recovered.segments] : [];
  }

  /** Begins to write, once what the checkpoint needs is known. @throws as the constructor does */
  begin(): void {
    this.#startSegment();
    this.prune();
  }

  /** Of the last event. */
  get seq(): number {
    return this.#seq;
  }

  /** The number of the first event that is kept; `seq + 1` when none is. */
  get oldestSeq(): number {
    return this.#segments[0]?.firstSeq ?? this.#seq + 1;
  }

  get bytes(): number {
    return this.#segments.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  get segmentCount(): number {
    return this.#segments.length;
  }

  /** Why nothing can be written, as the system's code; undefined when the last try went well. */
  get error(): string | undefined {
    return this.#error;
  }

  /**
   * Writes down what happened, all or nothing, and gives the events; undefined when it could not be written. They
   * survive a kill of this process as soon as this returns.
   */
  append(drafts: readonly Draft[], passed: readonly Passed[] = []): readonly HubEvent[] | undefined {
    try {
      const current = this.#segments.at(-1);
      const { segmentBytes, segmentAge } = this.#limits;
      const isOld = performance.now() - this.#begunAt >= segmentAge;
      if (this.#isTorn || isOld || (current?.bytes ?? 0) >= segmentBytes) {
        this.#startSegment();
        this.prune();
      }
      const at = new Date(this.#options.now()).toISOString();
      const [events, text, marks] = this.#render(drafts, passed, at);
      this.#write(text);
      const segment = this.#segments.at(-1);
      if (segment !== undefined) segment.marks.push(...marks);
      this.#seq += events.length;
      if (segment !== undefined) segment.lastSeq = this.#seq;
      this.#error = undefined;
      return events;
    } catch (error) {
      this.#numbers.clear(); // what named them may not have been written
      this.#error = codeOf(error);
      return undefined;
    }
  }

  /** Later events up to the present one; undefined when they are not kept. */
  since(epoch: string, seq: number): AsyncIterable<readonly HubEvent[]> | undefined {
    if (epoch !== this.epoch || !Number.isSafeInteger(seq)) return undefined;
    if (seq < this.oldestSeq - 1 || seq > this.#seq) return undefined;
    const wanted = this.#segments.filter(({ lastSeq }) => lastSeq > seq);
    return readSegments(this.#options.folder, wanted, seq, this.#seq);
  }

  /** Removes the segments that are too many or too old; those of other epochs, which nobody can ask for, too. */
  prune(): void {
    const { folder, now } = this.#options;
    const oldest = now() - this.#limits.mostAge;
    const isTooMuch = (): boolean => this.bytes > this.#limits.mostBytes;
    const isTooOld = ({ name }: Segment): boolean => {
      const changed = fs.statSync(path.join(folder, name), { throwIfNoEntry: false })?.mtimeMs;
      return changed === undefined || changed < oldest;
    };
    for (
      let [first] = this.#segments;
      first !== undefined && this.#segments.length > 1;
      [first] = this.#segments
    ) {
      if (!isTooMuch() && !isTooOld(first)) break;
      this.#segments.shift();
    }
    const kept = new Set(this.#segments.map(({ name }) => name));
    try {
      // Those of an epoch that is over can't be asked for, but may be looked into.
      const names = segmentNames(folder).filter((name) => !kept.has(name));
      const sizes = names.map((name) => fs.lstatSync(path.join(folder, name)).size);
      let total = this.bytes + sizes.reduce((sum, size) => sum + size, 0);
      names.forEach((name, index) => {
        const file = path.join(folder, name);
        const isKept = total <= this.#limits.mostBytes && fs.lstatSync(file).mtimeMs >= oldest;
        if (isKept || generationOf(name) > this.#generation) return;
        fs.rmSync(file, { force: true });
        total -= sizes[index] ?? 0;
      });
    } catch {
      // What can't be removed now is tried again with the next segment.
    }
  }

  /** Flushes to the disk what was written since the last time: only a system that stops needs it, not a kill. */
  sync(): void {
    const descriptor = this.#descriptor;
    if (!this.#isDirty || this.#isSyncing || descriptor === undefined) return;
    this.#isDirty = false;
    this.#isSyncing = true;
    fs.fdatasync(descriptor, (error) => {
      this.#isSyncing = false;
      if (error !== null && error.code !== 'EBADF') this.#isDirty = true;
    });
  }

  /** Completes it. Nothing may be appended afterwards. `isOurs`: that no other hub goes on with it already. */
  close(isOurs = true): void {
    if (this.#descriptor === undefined) return;
    try {
      if (isOurs && !this.#isTorn) this.#write(renderClosed());
      fs.fsyncSync(this.#descriptor);
    } catch {
      // Then it ends as one of a hub that was killed.
    }
    fs.closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  #render(
    drafts: readonly Draft[],
    passed: readonly Passed[],
    at: string,
  ): [events: HubEvent[], text: string, marks: { seq: number; offset: number }[]] {
    const events: HubEvent[] = [];
    const marks: { seq: number; offset: number }[] = [];
    const segment = this.#segments.at(-1);
    let [text, seq] = ['', this.#seq];
    const start = segment?.bytes ?? 0;
    // Of a piece of text only its beginning is known in bytes.
    if (drafts.length > 0 && start - (segment?.marks.at(-1)?.offset ?? Number.NEGATIVE_INFINITY) >= markEvery)
      marks.push({ seq: seq + 1, offset: start });
    const numberOf = (spool: JournalSpool): number => {
      const known = this.#numbers.get(spool);
      if (known !== undefined) return known;
      const number = this.#numbers.size;
      this.#numbers.set(spool, number);
      text += renderSpool(number, spool.position);
      return number;
    };
    for (const { group, type, agent, data, from } of drafts) {
      seq++;
      const optional = agent === undefined ? {} : { agent };
      const event: HubEvent = { seq, at, group, type, ...optional, isCoalescible: isCoalescible(type), data };
      const source = from === undefined ? undefined : ([numberOf(from.spool), from.end] as const);
      text += renderEvent(event, source);
      events.push(event);
    }
    for (const { spool, position } of passed) {
      const number = this.#numbers.get(spool) ?? this.#numbers.size;
      this.#numbers.set(spool, number);
      text += renderSpool(number, position);
    }
    return [events, text, marks];
  }

  /** All of it, or nothing that counts. @throws Error of the system */
  #write(text: string): void {
    const segment = this.#segments.at(-1);
    if (text === '' || segment === undefined || this.#descriptor === undefined) return;
    const length = Buffer.byteLength(text);
    if (this.#scratch.length < length) this.#scratch = Buffer.alloc(2 * length);
    this.#scratch.write(text);
    try {
      for (let at = 0; at < length; )
        at += fs.writeSync(this.#descriptor, this.#scratch, at, length - at, segment.bytes + at);
    } catch (error) {
      this.#isTorn = true;
      // A disk that is full takes a part, which must not stand before what comes later.
      fs.ftruncateSync(this.#descriptor, segment.bytes);
      this.#isTorn = false;
      throw error;
    }
    segment.bytes += length;
    this.#isDirty = true;
  }

  #startSegment(): void {
    const { folder, boot, checkpoint } = this.#options;
    const last = this.#segments.at(-1);
    const firstSeq = this.#seq + 1;
    const isSame = last !== undefined && nameOf(this.#generation, firstSeq) === last.name;
    if (isSame) {
      // Nothing but its header counts, and that can't be made a second time: it is cut to its whole lines.
      if (this.#descriptor !== undefined) fs.ftruncateSync(this.#descriptor, last.bytes);
      this.#isTorn = false;
      return;
    }
    const name = nameOf(this.#generation, firstSeq);
    const file = path.join(folder, name);
    const header = Buffer.from(
      renderHeader({
        epoch: this.epoch,
        seq: this.#seq,
        ...(boot === undefined ? {} : { boot }),
        ...(last === undefined ? {} : { previous: { name: last.name, bytes: last.bytes } }),
        ...checkpoint(),
      }),
    );
    const descriptor = fs.openSync(file, 'wx', 0o600);
    try {
      for (let at = 0; at < header.length; )
        at += fs.writeSync(descriptor, header, at, header.length - at, at);
    } catch (error) {
      fs.closeSync(descriptor);
      fs.rmSync(file, { force: true });
      throw error;
    }
    if (this.#descriptor !== undefined) fs.closeSync(this.#descriptor);
    this.#descriptor = descriptor;
    this.#begunAt = performance.now();
    this.#numbers = new Map();
    this.#isTorn = false;
    this.#isDirty = true;
    this.#segments.push({ name, firstSeq, lastSeq: this.#seq, bytes: header.length, marks: [] });
  }
}
