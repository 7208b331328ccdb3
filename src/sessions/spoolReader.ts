// Reads the spools of a workspace as they grow, each byte once, and keeps what they add up to. Bounded in files and bytes.
import path from 'node:path';
import type { AgentFirings } from '../claude/hookEvidence.ts';
import type { AppendedFiles } from '../files/appendedFiles.ts';
import { parseSpoolLine, wholeLines } from '../protocol/readSpool.ts';
import { firingsOf, LaunchTally } from './spoolTally.ts';

/** Spool files that are looked into: the ones changed last. */
const mostFiles = 200;
/** Bytes of a file that are read when it is met, from its end, and at one time later. */
const mostOfFile = 256 * 1024;
/** Bytes that one reading takes in altogether. */
const mostAtOnce = 8 * 1024 * 1024;

const ending = '.jsonl';

/** The folder of a workspace's spools in its state directory. */
export function spoolFolder(stateDirectory: string): string {
  return path.join(stateDirectory, 'spool');
}

interface Reading {
  readonly identity: number;
  readonly tally: LaunchTally;
  /** Bytes read so far, up to the end of a line. */
  offset: number;
}

export class SpoolReader {
  readonly #folder: string;
  readonly #disk: AppendedFiles;
  readonly #readings = new Map<string, Reading>();
  #isComplete = true;

  /** `folder` is absolute and need not exist. */
  constructor(folder: string, disk: AppendedFiles) {
    this.#folder = folder;
    this.#disk = disk;
  }

  /** Takes in what was appended: to all files, or to those named. True when anything changed. Never throws. */
  update(names?: readonly string[]): boolean {
    const asked = names ?? this.#disk.names(this.#folder, ending);
    const found = asked
      .filter((name) => name.endsWith(ending) && path.basename(name) === name)
      .flatMap((name) => this.#disk.look(this.#folder, name) ?? [])
      .sort((a, b) => b.changedAt - a.changedAt);
    let changed = false;
    const isThere = new Set(found.map(({ name }) => name));
    for (const name of names ?? [...this.#readings.keys()])
      if (!isThere.has(name) && this.#readings.delete(name)) changed = true;
    if (names === undefined) this.#isComplete = found.length <= mostFiles;
    let left = mostAtOnce;
    for (const file of found.slice(0, mostFiles)) {
      let reading = this.#readings.get(file.name);
      // Another file of that name, or one that was cut: what was read of it is of no file any more.
      if (reading !== undefined && (reading.identity !== file.identity || file.size < reading.offset)) {
        reading = undefined;
        changed = true;
      }
      if (reading === undefined) {
        const offset = Math.max(0, file.size - mostOfFile);
        reading = { identity: file.identity, tally: new LaunchTally(offset === 0), offset };
        this.#readings.set(file.name, reading);
        if (offset > 0) this.#skipLine(file.name, reading);
      }
      while (left > 0 && reading.offset < file.size) {
        const bytes = this.#disk.read(this.#folder, file.name, reading.offset, Math.min(mostOfFile, left));
        const taken = takeLines(bytes, reading.tally);
        if (taken === 0) break;
        reading.offset += taken;
        left -= taken;
        changed = true;
      }
    }
    for (const name of this.#surplus()) this.#readings.delete(name);
    return changed;
  }

  /** By agent. `now`: milliseconds since 1970. */
  firings(now: number): ReadonlyMap<string, AgentFirings> {
    const tallies = [...this.#readings.values()].map(({ tally }) => tally);
    return firingsOf(tallies, now, this.#isComplete);
  }

  /** Files beyond the bound, those that were met first. */
  #surplus(): readonly string[] {
    return [...this.#readings.keys()].slice(0, Math.max(0, this.#readings.size - 2 * mostFiles));
  }

  /** Moves past a line whose beginning lies before the offset. */
  #skipLine(name: string, reading: Reading): void {
    const bytes = this.#disk.read(this.#folder, name, reading.offset, mostOfFile);
    reading.offset += bytes.indexOf(0x0a) + 1;
  }
}

/** Adds the whole lines at the start of some bytes, and says how many bytes they took. A line too long for the format is skipped. */
function takeLines(bytes: Uint8Array, tally: LaunchTally): number {
  const end = bytes.lastIndexOf(0x0a) + 1;
  // A line that fills the whole reading is none of ours; without this it would never be passed.
  if (end === 0) return bytes.length >= mostOfFile ? bytes.length : 0;
  const { lines } = wholeLines(new TextDecoder().decode(bytes.subarray(0, end)));
  for (const text of lines) {
    const line = parseSpoolLine(text);
    if (line !== undefined) tally.add(line);
  }
  return end;
}
