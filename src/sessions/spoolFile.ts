// One spool file as it grows: each whole line once, from near its end when it is met. Bounded in bytes.
import type { AppendedFile, AppendedFiles } from '../files/appendedFiles.ts';
import { parseSpoolLine, wholeLines } from '../protocol/readSpool.ts';
import type { SpoolLine } from '../protocol/spoolLine.ts';

/** Bytes of a file that are read when it is met, from its end, and at one time later. */
const mostOfFile = 256 * 1024;

export class SpoolFile {
  readonly #disk: AppendedFiles;
  readonly #folder: string;
  readonly #name: string;
  readonly #identity: number;
  readonly #isWhole: boolean;
  /** Bytes read so far, up to the end of a line. */
  #offset: number;

  /** `folder` is absolute, `file` what was found in it. */
  constructor(disk: AppendedFiles, folder: string, file: AppendedFile) {
    this.#disk = disk;
    this.#folder = folder;
    this.#name = file.name;
    this.#identity = file.identity;
    this.#offset = Math.max(0, file.size - mostOfFile);
    this.#isWhole = this.#offset === 0;
    if (this.#isWhole) return;
    // Past the line whose beginning lies before.
    this.#offset += this.#bytes(mostOfFile).indexOf(0x0a) + 1;
  }

  /** Whether it is read from its beginning. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** False for another file of that name, or one that was cut: what was read of it is of no file any more. */
  isStill({ identity, size }: AppendedFile): boolean {
    return identity === this.#identity && size >= this.#offset;
  }

  /** Reads what came, at most `most` bytes; gives how many were taken in. Lines that are none are skipped. */
  read(size: number, most: number, add: (line: SpoolLine) => void): number {
    let total = 0;
    while (total < most && this.#offset < size) {
      const taken = takeLines(this.#bytes(Math.min(mostOfFile, most - total)), add);
      if (taken === 0) break;
      this.#offset += taken;
      total += taken;
    }
    return total;
  }

  #bytes(most: number): Uint8Array {
    return this.#disk.read(this.#folder, this.#name, this.#offset, most);
  }
}

/** Gives the whole lines at the start of some bytes, and says how many bytes they took. A line too long for the format is skipped. */
function takeLines(bytes: Uint8Array, add: (line: SpoolLine) => void): number {
  const end = bytes.lastIndexOf(0x0a) + 1;
  // A line that fills the whole reading is none of ours; without this it would never be passed.
  if (end === 0) return bytes.length >= mostOfFile ? bytes.length : 0;
  const { lines } = wholeLines(new TextDecoder().decode(bytes.subarray(0, end)));
  for (const text of lines) {
    const line = parseSpoolLine(text);
    if (line !== undefined) add(line);
  }
  return end;
}
