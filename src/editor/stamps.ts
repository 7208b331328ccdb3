// A second pair of eyes on files that matter most: their stamps are looked at again and again. Watchers of folders lose
// events in a flood, and of folders that go and come at once they may never tell again (seen with VS Code 1.139 on Linux).
import fs from 'node:fs';

/** Between two looks, and the least share of the time that is left to others. Milliseconds. */
const everyMs = 700;
const rest = 50;

/** What tells one state of a file from another without reading it; empty when nothing is there. */
function stampOf(file: string): string {
  try {
    const found = fs.statSync(file, { throwIfNoEntry: false });
    return found === undefined ? '' : `${found.mtimeMs} ${found.ctimeMs} ${found.size} ${found.ino}`;
  } catch {
    return ''; // a parent that may not be searched, or links in a circle
  }
}

export class Stamps {
  readonly #onChange: (files: readonly string[]) => void;
  #stamps = new Map<string, string>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isDisposed = false;

  /** `onChange` is told of files whose stamps changed. Nothing is looked at before `follow`. */
  constructor(onChange: (files: readonly string[]) => void) {
    this.#onChange = onChange;
  }

  /** From now on these files, absolute, are looked at. Those that are followed already keep their stamps. */
  follow(files: readonly string[]): void {
    this.#stamps = new Map(files.map((file) => [file, this.#stamps.get(file) ?? stampOf(file)]));
    if (this.#stamps.size > 0) this.#schedule(everyMs);
  }

  /** Some files, or all, are about to be read anyway: what they are now is no news. */
  renew(files: Iterable<string> = this.#stamps.keys()): void {
    for (const file of [...files]) if (this.#stamps.has(file)) this.#stamps.set(file, stampOf(file));
  }

  dispose(): void {
    this.#isDisposed = true;
    clearTimeout(this.#timer);
  }

  #schedule(milliseconds: number): void {
    if (!this.#isDisposed) this.#timer ??= setTimeout(() => this.#look(), milliseconds);
  }

  #look(): void {
    this.#timer = undefined;
    const started = performance.now();
    const changed: string[] = [];
    for (const [file, stamp] of this.#stamps) {
      const now = stampOf(file);
      if (now === stamp) continue;
      this.#stamps.set(file, now);
      changed.push(file);
    }
    // A slow disk must not cost more than a small part of the time.
    this.#schedule(Math.max(everyMs, (performance.now() - started) * rest));
    if (changed.length > 0) this.#onChange(changed);
  }
}
