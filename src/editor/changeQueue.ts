// Changes on their way to the history: what comes in a flood is told in one. Pure; times are a clock's that never goes back.
import type { Noted } from '../outputs/historyFolder.ts';

/** Changes of one file that are told one by one within a minute. */
export const mostInMinute = 12;
const minute = 60_000;

export type QueuedChange = Omit<Noted, 'running'>;

export class ChangeQueue {
  readonly #ready: QueuedChange[] = [];
  /** What came too fast, one for each file. */
  readonly #held = new Map<string, QueuedChange>();
  readonly #times = new Map<string, number[]>();

  /** `now`: milliseconds. */
  add(change: QueuedChange, now: number): void {
    const held = this.#held.get(change.file);
    if (held === undefined && this.#mayPass(change.file, now)) {
      this.#ready.push(change);
      return;
    }
    this.#held.set(
      change.file,
      held === undefined ? change : { ...change, before: held.before, skipped: (held.skipped ?? 0) + 1 },
    );
  }

  /** Gives what may be told now, and forgets it. */
  take(now: number): readonly QueuedChange[] {
    for (const [file, change] of this.#held)
      if (this.#mayPass(file, now)) {
        this.#held.delete(file);
        this.#ready.push(change);
      }
    return this.#ready.splice(0);
  }

  /** Whether something waits for its minute to pass. */
  get holds(): boolean {
    return this.#held.size > 0;
  }

  #mayPass(file: string, now: number): boolean {
    const times = (this.#times.get(file) ?? []).filter((at) => now - at < minute);
    const passes = times.length < mostInMinute;
    if (passes) times.push(now);
    this.#times.set(file, times);
    return passes;
  }
}
