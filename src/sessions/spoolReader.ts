// Reads the spools of a workspace as they grow, each byte once, and keeps what they add up to. Bounded in files and bytes.
import path from 'node:path';
import type { AgentFirings } from '../claude/hookEvidence.ts';
import type { AppendedFile, AppendedFiles } from '../files/appendedFiles.ts';
import { SpoolFile } from './spoolFile.ts';
import { firingsOf, LaunchTally } from './spoolTally.ts';

/** Spool files that are read: the ones changed last. */
const mostFiles = 200;
/** Bytes that one update takes in altogether. */
const mostAtOnce = 8 * 1024 * 1024;
/** With more files than this, those that lie long behind the newest are looked at every so many updates only. */
const manyFiles = 500;
const oldMs = 60 * 60 * 1000;
const oldEvery = 20;

const ending = '.jsonl';

/** The folder of a workspace's spools in its state directory. */
export function spoolFolder(stateDirectory: string): string {
  return path.join(stateDirectory, 'spool');
}

interface Reading {
  readonly file: SpoolFile;
  readonly tally: LaunchTally;
}

export class SpoolReader {
  readonly #folder: string;
  readonly #disk: AppendedFiles;
  readonly #readings = new Map<string, Reading>();
  /** Every file of the folder as it was last looked at. */
  #known = new Map<string, AppendedFile>();
  #updates = 0;
  #isComplete = true;

  /** `folder` is absolute and need not exist. */
  constructor(folder: string, disk: AppendedFiles) {
    this.#folder = folder;
    this.#disk = disk;
  }

  /** Takes in what was appended since the last time. True when anything changed. Never throws. */
  update(): boolean {
    this.#look();
    const newestFirst = [...this.#known.values()].sort((a, b) => b.changedAt - a.changedAt);
    this.#isComplete = newestFirst.length <= mostFiles;
    const wanted = newestFirst.slice(0, mostFiles);
    const names = new Set(wanted.map(({ name }) => name));
    let changed = false;
    for (const name of this.#readings.keys())
      if (!names.has(name) && this.#readings.delete(name)) changed = true;
    let left = mostAtOnce;
    for (const file of wanted) {
      const taken = this.#readFile(file, left);
      if (taken > 0) changed = true;
      left -= taken;
    }
    return changed;
  }

  /** By agent. `now`: milliseconds since 1970. */
  firings(now: number): ReadonlyMap<string, AgentFirings> {
    const tallies = [...this.#readings.values()].map(({ tally }) => tally);
    return firingsOf(tallies, now, this.#isComplete);
  }

  /** Looks which files there are and how large. */
  #look(): void {
    const names = this.#disk.names(this.#folder, ending);
    const newest = Math.max(0, ...[...this.#known.values()].map(({ changedAt }) => changedAt));
    const looksAtAll = names.length <= manyFiles || this.#updates % oldEvery === 0;
    this.#updates++;
    const known = new Map<string, AppendedFile>();
    for (const name of names) {
      const before = this.#known.get(name);
      const isOld = before !== undefined && before.changedAt < newest - oldMs;
      const file = isOld && !looksAtAll ? before : this.#disk.look(this.#folder, name);
      if (file !== undefined) known.set(name, file);
    }
    this.#known = known;
  }

  /** Reads what came in one file, at most `most` bytes; gives how many were taken in. */
  #readFile(found: AppendedFile, most: number): number {
    let reading = this.#readings.get(found.name);
    if (reading === undefined || !reading.file.isStill(found)) {
      const file = new SpoolFile(this.#disk, this.#folder, found);
      reading = { file, tally: new LaunchTally(file.isWhole) };
      this.#readings.set(found.name, reading);
    }
    const { file, tally } = reading;
    return file.read(found.size, most, (line) => tally.add(line));
  }
}
