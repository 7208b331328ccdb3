// All spools of a workspace as they grow: each whole line becomes one event, once, also over restarts of the hub.
import fs from 'node:fs';
import type { AppendedFile } from '../files/appendedFiles.ts';
import type { SpoolLine } from '../protocol/spoolLine.ts';
import type { Draft, Passed } from './journal.ts';
import type { SpoolPosition } from './journalLine.ts';
import { SeenIds } from './seenIds.ts';
import { isSpoolName, lookAtSpool, spoolNames } from './spoolFolder.ts';
import { isWhereItWas, type Reading, readAtOnce, TailedFile } from './tailedFile.ts';

/** Files that are kept open, and milliseconds after which one that nobody writes to is closed. */
const mostHeld = 512;
const heldFor = 60_000;
/** Bytes that are taken in before others get their turn. */
const turnBytes = 512 * 1024;
/** Milliseconds between two looks at the folder, for what the system did not tell of; without its telling, shorter. */
const lookEvery = 500;
const lookEveryUntold = 25;
/** With more files than this, those that were not changed for an hour are looked at every so many looks only. */
const manyFiles = 500;
const oldMs = 60 * 60 * 1000;
const oldEvery = 20;
/** Bytes that may be passed over before the place is written down. */
const mostPassed = 1024 * 1024;

export interface SpoolTailOptions {
  /** Absolute; must exist. */
  readonly folder: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly draftOf: (line: SpoolLine) => Omit<Draft, 'from'>;
  /** Puts events into the journal, all or none. False: it could not, and gets them again. */
  readonly take: (drafts: readonly Draft[], passed: readonly Passed[]) => boolean;
  /** What the journal says of earlier. */
  readonly positions: readonly SpoolPosition[];
  /** Files that nothing is known of are read from their beginning when they were changed later than this, milliseconds since 1970. */
  readonly readFrom: number;
}

export class SpoolTail {
  readonly #options: SpoolTailOptions;
  readonly #seen = new SeenIds(Math.floor(Math.random() * 2 ** 32));
  readonly #files = new Map<string, TailedFile>();
  /** Those that may have something to read. */
  readonly #waiting = new Set<TailedFile>();
  readonly #buffer = Buffer.alloc(readAtOnce + 1024);
  /** What the journal says of files that were not met yet. */
  #earlier: Map<string, SpoolPosition>;
  /** Names behind which there is nothing that can be read. */
  #strange = new Set<string>();
  #isFolderUnreadable = false;
  #watcher: fs.FSWatcher | undefined;
  #timer: NodeJS.Timeout | undefined;
  #turn: NodeJS.Immediate | undefined;
  #looks = 0;
  #isLookWanted = false;
  #isEnded = false;
  ingested = 0;
  repeated = 0;
  broken = 0;
  vanished = 0;

  constructor(options: SpoolTailOptions) {
    this.#options = options;
    this.#earlier = new Map(options.positions.map((each) => [each.name, each]));
  }

  /** A line that is in the journal already: the same one again is left out. */
  remember(spool: string, id: string): void {
    this.#seen.add(spool, id);
  }

  /** Reads what is there, then what comes, until `end`. */
  begin(): void {
    this.#look();
    this.#read();
    this.#watch();
  }

  /** Nothing is read afterwards. */
  end(): void {
    this.#isEnded = true;
    this.#watcher?.close();
    clearTimeout(this.#timer);
    clearImmediate(this.#turn);
    for (const file of this.#files.values()) file.letGo();
  }

  get fileCount(): number {
    return this.#files.size;
  }

  /** Names in the folder that nothing can be read of, and the folder itself as one. */
  get unreadable(): number {
    const files = [...this.#files.values()].filter(
      (file) => file.isUnreadable && !this.#strange.has(file.name),
    );
    return files.length + this.#strange.size + (this.#isFolderUnreadable ? 1 : 0);
  }

  /** Bytes that are known to be there and not read, and since when some are, milliseconds since 1970. */
  get lag(): { readonly bytes: number; readonly since: number | undefined } {
    let bytes = 0;
    let since: number | undefined;
    for (const file of this.#waiting) {
      const found = lookAtSpool(this.#options.folder, file.name);
      if (found.kind === 'file') bytes += Math.max(0, found.size - file.position.offset);
      if (file.waitingSince !== undefined) since = Math.min(since ?? file.waitingSince, file.waitingSince);
    }
    return { bytes, since };
  }

  /** Up to where each is in the journal. */
  get positions(): readonly SpoolPosition[] {
    const earlier = [...this.#earlier.values()].filter(({ name }) => !this.#files.has(name));
    return [...earlier, ...[...this.#files.values()].map(({ position }) => position)];
  }

  #watch(): void {
    if (this.#isEnded) return;
    const { folder } = this.#options;
    if (this.#watcher === undefined) {
      try {
        this.#watcher = fs.watch(folder, { persistent: false }, (what, name) => this.#told(what, name));
        this.#watcher.on('error', () => this.#unwatch());
      } catch {
        // As where the system's number of watches is used up: then it is looked more often.
      }
    }
    const every = this.#watcher === undefined ? lookEveryUntold : lookEvery;
    this.#timer = setTimeout(() => {
      this.#look();
      this.#later();
      this.#watch();
    }, every);
    this.#timer.unref();
  }

  #unwatch(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
  }

  /** The system says that something happened to a file of that name. */
  #told(what: string, name: string | null): void {
    if (name === null || !isSpoolName(name)) return;
    const known = this.#files.get(name);
    // One that is new may be one that is known, by another name: that is only told from all of them.
    if (known === undefined || what === 'rename') this.#isLookWanted = true;
    else this.#wait(known);
    this.#later();
  }

  #wait(file: TailedFile): void {
    this.#waiting.add(file);
    file.waitingSince ??= this.#options.now();
  }

  #later(): void {
    if (this.#isEnded || (this.#waiting.size === 0 && !this.#isLookWanted)) return;
    this.#turn ??= setImmediate(() => {
      this.#turn = undefined;
      if (this.#isLookWanted) this.#look();
      this.#read();
    });
  }

  /** Looks which files there are, what became of those that were known, and which have grown. */
  #look(): void {
    this.#isLookWanted = false;
    const { folder, now } = this.#options;
    const names = spoolNames(folder);
    // What cannot be seen has not gone away for that.
    this.#isFolderUnreadable = names === undefined;
    if (names === undefined) return;
    if (names.length === 0 && this.#files.size > 0) this.#unwatch(); // the folder may be another one now
    const looksAtAll = names.length <= manyFiles || this.#looks++ % oldEvery === 0;
    const strangers: AppendedFile[] = [];
    const present = new Set<TailedFile>();
    const strange = new Set<string>();
    for (const name of names) {
      const known = this.#files.get(name);
      if (known !== undefined && !looksAtAll && known.changedAt < now() - oldMs) {
        present.add(known);
        continue;
      }
      const found = lookAtSpool(folder, name);
      if (found.kind === 'gone') continue;
      if (found.kind === 'strange') {
        strange.add(name);
        if (known !== undefined && (found.identity ?? known.position.inode) === known.position.inode)
          present.add(known);
      } else if (known === undefined || found.identity !== known.position.inode) strangers.push(found);
      else {
        present.add(known);
        this.#grown(known, found);
      }
    }
    this.#strange = strange;
    const gone = [...this.#files.values()].filter((file) => !present.has(file));
    for (const found of strangers) this.#renamedOrMet(found, gone);
    for (const file of gone) this.#drop(file);
    this.#forgetEarlier();
    this.#closeIdle();
  }

  /** What the journal says is of no file any more, but for those that nothing can be said of now. */
  #forgetEarlier(): void {
    for (const name of [...this.#earlier.keys()]) if (!this.#strange.has(name)) this.#earlier.delete(name);
  }

  #grown(file: TailedFile, { size, changedAt }: AppendedFile): void {
    const isShorter = size < file.position.offset;
    file.size = size;
    file.changedAt = changedAt;
    if (isShorter) this.#again(file);
    else if (size > file.position.offset) this.#wait(file);
  }

  #renamedOrMet(found: AppendedFile, gone: TailedFile[]): void {
    const at = gone.findIndex(
      ({ position }) => position.inode === found.identity && position.offset <= found.size,
    );
    const [before] = at < 0 ? [] : gone.splice(at, 1);
    if (before === undefined) {
      const same = gone.findIndex(({ name }) => name === found.name);
      const [replaced] = same < 0 ? [] : gone.splice(same, 1);
      if (replaced !== undefined) this.#drop(replaced);
      this.#meet(found);
      return;
    }
    this.#files.delete(before.name);
    this.#waiting.delete(before);
    const file = before.renamed(found.name);
    this.#files.set(file.name, file);
    // A hub that starts later finds it by this name, while another file may have the one of before.
    this.#options.take([], [{ spool: file, position: file.position }]);
    this.#wait(file);
  }

  /** A file that is not known: where the journal says, else from its beginning. */
  #meet(found: AppendedFile): void {
    const { folder, readFrom } = this.#options;
    const { name, identity, size, changedAt } = found;
    const earlier =
      this.#earlier.get(name) ?? [...this.#earlier.values()].find(({ inode }) => inode === identity);
    const position = { ...earlier, name, inode: identity, offset: earlier?.offset ?? 0 };
    const isKnown = earlier === undefined ? false : isWhereItWas(folder, position);
    if (isKnown === undefined) {
      // Met when it can be read: from its beginning, all of it would be told again.
      if (earlier !== undefined && earlier.name !== name) this.#earlier.delete(earlier.name);
      this.#earlier.set(name, position);
      this.#strange.add(name);
      return;
    }
    if (earlier !== undefined && !isKnown) this.vanished++;
    const isLongAgo = earlier === undefined && changedAt < readFrom;
    const start = { name, inode: identity, offset: isLongAgo ? size : 0 };
    const file = new TailedFile(folder, isKnown ? position : start, size, changedAt);
    this.#files.set(name, file);
    if (size > file.position.offset) this.#wait(file);
  }

  /** What was read of it is of no file any more: it is read from its beginning, without the lines that are known. */
  #again(file: TailedFile): void {
    this.vanished++;
    file.letGo();
    this.#waiting.delete(file);
    const { name, inode } = file.position;
    const anew = new TailedFile(this.#options.folder, { name, inode, offset: 0 }, file.size, file.changedAt);
    this.#files.set(name, anew);
    this.#wait(anew);
  }

  /** A file that went away: what it still has is read, if it is open. */
  #drop(file: TailedFile): void {
    const isRead = this.#drain(file);
    if (!isRead) this.vanished++;
    file.letGo();
    this.#waiting.delete(file);
    if (this.#files.get(file.name) === file) this.#files.delete(file.name);
  }

  #drain(file: TailedFile): boolean {
    if (!file.isHeld) return file.size <= file.position.offset;
    for (;;) {
      const reading = file.read(this.#buffer);
      if (reading === undefined || reading === 'changed' || !this.#takeIn([[file, reading]])) return false;
      if (reading.isAll) return true;
    }
  }

  #closeIdle(): void {
    const held = [...this.#files.values()].filter(({ isHeld }) => isHeld);
    const now = performance.now();
    held.sort((a, b) => a.readAt - b.readAt);
    held.forEach((file, index) => {
      const isTooMany = index < held.length - mostHeld;
      if (!this.#waiting.has(file) && (isTooMany || now - file.readAt > heldFor)) file.letGo();
    });
  }

  /** One turn: something of each file that waits. */
  #read(): void {
    const readings: [TailedFile, Reading][] = [];
    let bytes = 0;
    for (const file of [...this.#waiting]) {
      if (bytes >= turnBytes) break;
      const reading = file.read(this.#buffer);
      file.readAt = performance.now();
      if (reading === 'changed') this.#again(file);
      if (reading === undefined || reading === 'changed') {
        if (reading === undefined) this.#waiting.delete(file); // the next look finds it again
        continue;
      }
      bytes += reading.end - file.position.offset;
      readings.push([file, reading]);
    }
    // What can't be written down is read again at the next look.
    if (this.#takeIn(readings)) this.#later();
  }

  #takeIn(readings: readonly (readonly [TailedFile, Reading])[]): boolean {
    const { draftOf, take } = this.#options;
    const drafts: Draft[] = [];
    const passed: Passed[] = [];
    const fresh = new Set<string>();
    let repeated = 0;
    for (const [file, { lines, end }] of readings) {
      const before = drafts.length;
      for (const { line, end: lineEnd } of lines) {
        const key = `${file.name}/${line.id}`;
        if (fresh.has(key) || this.#seen.has(file.name, line.id)) repeated++;
        else {
          fresh.add(key);
          drafts.push({ ...draftOf(line), from: { spool: file, end: lineEnd } });
        }
      }
      const { position } = file;
      if (drafts.length === before && end - position.offset >= mostPassed)
        passed.push({ spool: file, position: { name: position.name, inode: position.inode, offset: end } });
    }
    if ((drafts.length > 0 || passed.length > 0) && !take(drafts, passed)) return false;
    this.repeated += repeated;
    this.ingested += drafts.length;
    for (const [file, reading] of readings) {
      this.broken += reading.broken;
      for (const { line } of reading.lines) this.#seen.add(file.name, line.id);
      file.commit(reading);
      this.#waiting.delete(file);
      if (reading.isAll) file.waitingSince = undefined;
      else this.#waiting.add(file); // after the others
    }
    return true;
  }
}
