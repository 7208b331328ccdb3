// One spool as the hub reads it: whole lines from a known place on, and nothing passes until it is in the journal.
import fs from 'node:fs';
import path from 'node:path';
import { parseSpoolLine } from '../protocol/readSpool.ts';
import { mostBytes, type SpoolLine } from '../protocol/spoolLine.ts';
import type { JournalSpool } from './journal.ts';
import type { SpoolPosition } from './journalLine.ts';
import { isOwnFile } from './spoolFolder.ts';

/** Bytes that are read at a time. */
export const readAtOnce = 64 * 1024;
/** Bytes before the place where reading goes on that must be what they were: longer than nearly every line. */
const mostRemembered = 400;

/** What a file has from its place on; it counts once `commit` was called with it. */
export interface Reading {
  /** Whole lines of the format, and where each ends in the file. */
  readonly lines: readonly { readonly line: SpoolLine; readonly end: number }[];
  /** Where the next reading begins. */
  readonly end: number;
  /** Lines that are none. */
  readonly broken: number;
  /** Whether that was all there is. */
  readonly isAll: boolean;
  readonly isInLongLine: boolean;
  /** The last bytes before `end`, as far as they are of this reading. */
  readonly last: Buffer;
}

const careful = fs.constants.O_RDONLY | (fs.constants.O_NOFOLLOW ?? 0) | (fs.constants.O_NONBLOCK ?? 0);

/** What stands before a place in a file. */
function bytesBefore(descriptor: number, offset: number, most: number): Buffer {
  const bytes = Buffer.alloc(Math.min(most, offset));
  return bytes.subarray(0, fs.readSync(descriptor, bytes, 0, bytes.length, offset - bytes.length));
}

export class TailedFile implements JournalSpool {
  readonly #folder: string;
  #position: SpoolPosition;
  #descriptor: number | undefined;
  /** What stands before the place where reading goes on: the last bytes of it, of which `#rememberedLength` count. */
  #remembered: Buffer | undefined;
  #rememberedLength = 0;
  #isInLongLine = false;
  /** When it was last read, by whatever clock the owner has. */
  readAt = 0;
  /** Bytes that were seen to be there. */
  size: number;
  /** When the file was last changed, milliseconds since 1970. */
  changedAt: number;
  /** Since when something may be unread, by the owner's clock; undefined when nothing is. */
  waitingSince: number | undefined;
  isUnreadable = false;

  constructor(folder: string, position: SpoolPosition, size: number, changedAt: number) {
    this.#folder = folder;
    this.#position = position;
    this.size = size;
    this.changedAt = changedAt;
  }

  /** Up to where it is in the journal. */
  get position(): SpoolPosition {
    return this.#position;
  }

  get name(): string {
    return this.#position.name;
  }

  get isHeld(): boolean {
    return this.#descriptor !== undefined;
  }

  /** The same file by another name. */
  renamed(name: string): TailedFile {
    const other = new TailedFile(this.#folder, { ...this.#position, name }, this.size, this.changedAt);
    other.#descriptor = this.#descriptor;
    other.#remembered = this.#remembered;
    other.#rememberedLength = this.#rememberedLength;
    other.#isInLongLine = this.#isInLongLine;
    this.#descriptor = undefined;
    return other;
  }

  /**
   * What came since; `changed`: what was read before is not what stands there now. `buffer`: for use until this is called
   * again, of `readAtOnce` and some more. Undefined when it can't be read.
   */
  read(buffer: Buffer): Reading | 'changed' | undefined {
    try {
      const descriptor = this.#open();
      if (descriptor === undefined) return undefined;
      const before = this.#rememberedLength;
      const { offset } = this.#position;
      const length = fs.readSync(descriptor, buffer, 0, before + readAtOnce, offset - before);
      if (length < before || this.#remembered?.compare(buffer, 0, before, 0, before) !== 0) return 'changed';
      this.isUnreadable = false;
      return this.#cut(buffer.subarray(before, length), offset, length < before + readAtOnce);
    } catch {
      this.letGo();
      this.isUnreadable = true;
      return undefined;
    }
  }

  /** What was read is in the journal. */
  commit({ end, lines, isInLongLine, last: bytes }: Reading): void {
    const line = lines.at(-1);
    const { name, inode } = this.#position;
    this.#position = {
      name,
      inode,
      offset: end,
      ...(line?.end === end ? { id: line.line.id } : {}),
    };
    this.#isInLongLine = isInLongLine;
    this.#remember(bytes);
    this.size = Math.max(this.size, end);
  }

  #remember(bytes: Buffer): void {
    const known = this.#remembered;
    if (known === undefined) return;
    const fresh = Math.min(bytes.length, mostRemembered);
    const kept = Math.min(this.#rememberedLength, mostRemembered - fresh);
    known.copyWithin(0, this.#rememberedLength - kept, this.#rememberedLength);
    bytes.copy(known, kept, bytes.length - fresh);
    this.#rememberedLength = kept + fresh;
  }

  /** Closes the file; reading opens it again. */
  letGo(): void {
    if (this.#descriptor !== undefined) fs.closeSync(this.#descriptor);
    this.#descriptor = undefined;
    this.#remembered = undefined;
  }

  #open(): number | undefined {
    if (this.#descriptor !== undefined) return this.#descriptor;
    const descriptor = fs.openSync(path.join(this.#folder, this.#position.name), careful);
    const entry = fs.fstatSync(descriptor);
    const { offset, inode, id } = this.#position;
    if (!isOwnFile(entry) || entry.ino !== inode || entry.size < offset) {
      fs.closeSync(descriptor);
      this.isUnreadable = !isOwnFile(entry);
      return undefined;
    }
    this.#descriptor = descriptor;
    this.#remembered = Buffer.alloc(mostRemembered);
    this.#rememberedLength = bytesBefore(descriptor, offset, mostRemembered).copy(this.#remembered);
    // What stands before is no line end: a line too long for the format was being passed over.
    const last = this.#remembered[this.#rememberedLength - 1];
    this.#isInLongLine = id === undefined && offset > 0 && last !== 0x0a;
    return descriptor;
  }

  #cut(bytes: Buffer, offset: number, isAll: boolean): Reading {
    const lines: { line: SpoolLine; end: number }[] = [];
    let broken = 0;
    let isInLongLine = this.#isInLongLine;
    let at = 0;
    for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, at)) {
      const text = isInLongLine || end - at >= mostBytes ? undefined : bytes.toString('utf8', at, end);
      const line = text === undefined ? undefined : parseSpoolLine(text);
      if (line !== undefined) lines.push({ line, end: offset + end + 1 });
      // The rest of a line that was told of when it began, and an empty one, are nothing that is missing.
      else if (!isInLongLine && text !== '') broken++;
      isInLongLine = false;
      at = end + 1;
    }
    if (bytes.length - at >= mostBytes) {
      if (!isInLongLine) broken++;
      isInLongLine = true;
      at = bytes.length;
    } else if (isInLongLine) at = bytes.length;
    // A copy: the next file is read into the same buffer before this reading counts.
    const last = Buffer.from(bytes.subarray(Math.max(0, at - mostRemembered), at));
    return { lines, end: offset + at, broken, isAll, isInLongLine, last };
  }
}

/**
 * Whether a file is the one that a position was noted of: as long at least, and with the line that was read last where
 * it was. Its inode may be another one, as that of a copy that was put back is. Undefined: it cannot be read now.
 */
export function isWhereItWas(folder: string, { name, offset, id }: SpoolPosition): boolean | undefined {
  let descriptor: number | undefined;
  try {
    descriptor = fs.openSync(path.join(folder, name), careful);
    if (fs.fstatSync(descriptor).size < offset) return false;
    if (id === undefined) return true;
    const before = bytesBefore(descriptor, offset, mostBytes + 1);
    if (before.at(-1) !== 0x0a) return false;
    const start = before.lastIndexOf(0x0a, before.length - 2) + 1;
    return parseSpoolLine(before.toString('utf8', start, before.length - 1))?.id === id;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? false : undefined;
  } finally {
    if (descriptor !== undefined) fs.closeSync(descriptor);
  }
}
