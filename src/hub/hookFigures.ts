// What the lines of spools add up to for the metrics: hooks fired and failed, verdicts, times, and how late events come.
import type { SpoolLine } from '../protocol/spoolLine.ts';
import { failureCodes } from '../sessions/spoolTally.ts';
import type { CoreFigures, Histogram } from './hubCore.ts';

/** Times of the guard that are kept for the percentiles: the last ones. */
const mostTimes = 1000;

/** Bounds of how late an event is, in milliseconds. */
export const latencyBounds = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000] as const;

/** The value below which that part of the sorted values lies. */
const percentile = (sorted: readonly number[], part: number): number | undefined =>
  sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * part) - 1)];

export class HookFigures {
  /** Milliseconds since 1970: what was written before says nothing of how late events come. */
  readonly #startedAt: number;
  #fired = 0;
  #failed = 0;
  readonly #verdicts = { allow: 0, deny: 0 };
  readonly #times: number[] = [];
  #next = 0;
  readonly #late = latencyBounds.map(() => 0);
  #lateSum = 0;
  #lateCount = 0;

  constructor(startedAt: number) {
    this.#startedAt = startedAt;
  }

  /** A line that became an event; `now`: milliseconds since 1970, when subscribers get it. */
  add({ src, ms, verdict, code, t }: SpoolLine, now: number): void {
    this.#fired++;
    if (src === 'guard') {
      if (failureCodes.has(code ?? '')) this.#failed++;
      if (verdict !== undefined) this.#verdicts[verdict]++;
      if (ms !== undefined && ms >= 0) {
        this.#times[this.#next] = ms;
        this.#next = (this.#next + 1) % mostTimes;
      }
    }
    const written = Date.parse(t);
    // A clock that was put back makes a line come before it was written: that is no measurement.
    if (written < this.#startedAt || now < written) return;
    const late = now - written;
    this.#lateSum += late;
    this.#lateCount++;
    const at = latencyBounds.findIndex((bound) => late <= bound);
    if (at >= 0) this.#late[at] = (this.#late[at] ?? 0) + 1;
  }

  get hooks(): CoreFigures['hooks'] {
    const sorted = [...this.#times].sort((a, b) => a - b);
    const [p50, p95] = [percentile(sorted, 0.5), percentile(sorted, 0.95)];
    const times = p50 === undefined || p95 === undefined ? {} : { p50, p95 };
    return { fired: this.#fired, failed: this.#failed, ...times };
  }

  get verdicts(): CoreFigures['verdicts'] {
    return { ...this.#verdicts };
  }

  get latency(): Histogram {
    return {
      bounds: latencyBounds,
      counts: [...this.#late],
      sum: this.#lateSum,
      count: this.#lateCount,
    };
  }
}
