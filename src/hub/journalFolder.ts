// The journal as it lies on the disk when a hub opens it: which segments count, and what the last one ends with. Reads only.
import fs from 'node:fs';
import path from 'node:path';
import type { HubEvent, JsonObject } from './hubEvent.ts';
import {
  type JournalLine,
  parseHeader,
  parseLine,
  type SegmentHeader,
  type SpoolPosition,
} from './journalLine.ts';

/** A file of the journal, as far as it counts. */
export interface Segment {
  readonly name: string;
  /** Its first event's number, had it one. */
  readonly firstSeq: number;
  /** Smaller than `firstSeq` when it has none. */
  lastSeq: number;
  /** Up to where it counts: behind that may lie what a hub wrote that was no longer the one. */
  bytes: number;
  /** Where some events begin, ascending, so that a replay need not read all before it. */
  readonly marks: { readonly seq: number; readonly offset: number }[];
}

/** What a hub knows of the journal that it goes on with. */
export interface Recovered {
  readonly epoch: string;
  readonly seq: number;
  /** Of the present epoch, oldest first, without a gap. */
  readonly segments: readonly Segment[];
  readonly spools: readonly SpoolPosition[];
  readonly memory: JsonObject;
  /** The events of the last segment: they come after `memory`. */
  readonly events: readonly HubEvent[];
  /** The names of the spools of these events, by number of the event. */
  readonly spoolOf: ReadonlyMap<number, string>;
  /** False when what followed may be lost: it ends in the middle, or the system stopped before it was flushed. */
  readonly isWhole: boolean;
}

/** Bytes of a segment between two marks. */
export const markEvery = 64 * 1024;

const segmentName = /^(\d{6})-(\d{12})\.jsonl$/;
/** The generations of segments: each hub that opens the journal begins one. */
export const generationOf = (name: string): number => Number(segmentName.exec(name)?.[1] ?? 0);
export const nameOf = (generation: number, firstSeq: number): string =>
  `${String(generation).padStart(6, '0')}-${String(firstSeq).padStart(12, '0')}.jsonl`;

/** The names of the journal's files, oldest first. @throws Error of the system */
export function segmentNames(folder: string): readonly string[] {
  return fs
    .readdirSync(folder)
    .filter((name) => segmentName.test(name))
    .sort();
}

interface Found {
  readonly name: string;
  readonly header: SegmentHeader;
  readonly bytes: Buffer;
  /** Where its second line begins. */
  readonly start: number;
}

/** A segment of which no more than this is read is none of ours. */
const mostBytes = 256 * 1024 * 1024;

function open(folder: string, name: string): Found | undefined {
  const bytes = readOwn(path.join(folder, name));
  const end = bytes?.indexOf(0x0a) ?? -1;
  if (bytes === undefined || end < 0) return undefined;
  const header = parseHeader(bytes.toString('utf8', 0, end));
  return header && { name, header, bytes, start: end + 1 };
}

function readOwn(file: string): Buffer | undefined {
  let descriptor: number | undefined;
  try {
    const careful = (fs.constants.O_NOFOLLOW ?? 0) | (fs.constants.O_NONBLOCK ?? 0);
    descriptor = fs.openSync(file, fs.constants.O_RDONLY | careful);
    const entry = fs.fstatSync(descriptor);
    const isMine = process.getuid === undefined || entry.uid === process.getuid();
    return entry.isFile() && isMine && entry.size <= mostBytes ? fs.readFileSync(descriptor) : undefined;
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) fs.closeSync(descriptor);
  }
}

/** The header of a segment, read without the rest. */
function headerOf(folder: string, name: string): SegmentHeader | undefined {
  let descriptor: number | undefined;
  try {
    const careful = (fs.constants.O_NOFOLLOW ?? 0) | (fs.constants.O_NONBLOCK ?? 0);
    descriptor = fs.openSync(path.join(folder, name), fs.constants.O_RDONLY | careful);
    for (let most = 64 * 1024; most <= 64 * 1024 * 1024; most *= 8) {
      const bytes = Buffer.alloc(most);
      const length = fs.readSync(descriptor, bytes, 0, most, 0);
      const end = bytes.subarray(0, length).indexOf(0x0a);
      if (end >= 0) return parseHeader(bytes.toString('utf8', 0, end));
      if (length < most) return undefined;
    }
    return undefined;
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) fs.closeSync(descriptor);
  }
}

/**
 * What the journal in a folder ends with; undefined when there is none that could be gone on with. `boot`: the system's
 * start of now, absent where the system does not say. @throws Error of the system when the folder can't be listed.
 */
export function recoverJournal(folder: string, boot: string | undefined): Recovered | undefined {
  const names = segmentNames(folder);
  for (let at = names.length - 1; at >= 0; at--) {
    // One that was begun when its hub was killed has no whole first line.
    const last = open(folder, names[at] ?? '');
    if (last === undefined) continue;
    const { segment, end, isClosed, ...read } = scan(last);
    const isWhole = end === 'whole' && (isClosed || boot === undefined || last.header.boot === boot);
    return {
      epoch: last.header.epoch,
      seq: segment.lastSeq,
      segments: [...before(folder, last.header), segment],
      memory: last.header.memory,
      ...read,
      isWhole,
    };
  }
  return undefined;
}

/** The segments of the same epoch that lead to one, oldest first. */
function before(folder: string, of: SegmentHeader): readonly Segment[] {
  const found: Segment[] = [];
  for (let next = of; next.previous !== undefined; ) {
    const { name, bytes } = next.previous;
    const header = segmentName.test(name) ? headerOf(folder, name) : undefined;
    // What retention removed, or another epoch: before it nothing can be replayed.
    if (header === undefined || header.epoch !== of.epoch || header.seq > next.seq) break;
    found.unshift({ name, firstSeq: header.seq + 1, lastSeq: next.seq, bytes, marks: [] });
    if (found.length > 100_000) break; // a circle
    next = header;
  }
  return found;
}

function scan({ name, header, bytes, start }: Found) {
  const segment: Segment = { name, firstSeq: header.seq + 1, lastSeq: header.seq, bytes: start, marks: [] };
  const spools = new Map(header.spools.map((each) => [each.name, each]));
  const numbers = new Map<number, SpoolPosition>();
  const events: HubEvent[] = [];
  const spoolOf = new Map<number, string>();
  let isClosed = false;
  let marked = Number.NEGATIVE_INFINITY;
  const take = (line: JournalLine, offset: number): boolean => {
    isClosed = line.kind === 'closed';
    if (line.kind === 'closed') return true;
    if (line.kind === 'spool') {
      numbers.set(line.file, line.position);
      spools.set(line.position.name, line.position);
      return true;
    }
    if (line.event.seq !== segment.lastSeq + 1) return false;
    if (line.from !== undefined) {
      const [file, end] = line.from;
      const known = numbers.get(file);
      if (known === undefined) return false;
      const { name: spool, inode } = known;
      const { id } = line.event.data;
      spools.set(spool, { name: spool, inode, offset: end, ...(typeof id === 'string' ? { id } : {}) });
      spoolOf.set(line.event.seq, spool);
    }
    segment.lastSeq = line.event.seq;
    events.push(line.event);
    if (offset - marked >= markEvery) {
      segment.marks.push({ seq: line.event.seq, offset });
      marked = offset;
    }
    return true;
  };
  let end: 'whole' | 'broken' = 'whole';
  for (let at = start; ; ) {
    const newline = bytes.indexOf(0x0a, at);
    // Behind the last line end is at most what was being written when the hub was killed.
    if (newline < 0) break;
    const line = parseLine(bytes.toString('utf8', at, newline));
    if (line === undefined || !take(line, at)) {
      end = 'broken';
      break;
    }
    at = newline + 1;
    segment.bytes = at;
  }
  return { segment, end, isClosed, spools: [...spools.values()], events, spoolOf };
}
