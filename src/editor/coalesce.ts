// Many events, one run: the first event starts a short wait that all the others share; a flood makes it longer.

/** Milliseconds that events are gathered for. A refresh starts no later than this after the first event, but for a flood. */
export const gatherMs = 25;

export interface Coalesced {
  /** Asks for a run; any number of calls before it starts ask for the same one. */
  request(): void;
  /** No run starts after this. */
  dispose(): void;
}

/** When many events in one wait are a flood, such as a checkout, and how it is waited out. Milliseconds. */
export interface Flood {
  /** So many requests in the first wait are a flood. */
  readonly from: number;
  /** The run then waits until nothing came for this long… */
  readonly quietMs: number;
  /** …but no longer than this after the first request. */
  readonly longestMs: number;
}

export interface CoalesceOptions {
  readonly waitMs?: number;
  /** Absent: any number of requests is waited for alike. */
  readonly flood?: Flood;
  /**
   * The least share of time that is left to others: after a run that took 50 ms, none starts within `rest` × 50 ms.
   * Absent: no rest.
   */
  readonly rest?: number;
  readonly now?: () => number;
}

/** `run` must not throw. Requests that arrive while it runs (it is synchronous) cannot exist. */
export function coalesce(
  run: () => void,
  { waitMs = gatherMs, flood, rest = 0, now = () => performance.now() }: CoalesceOptions = {},
): Coalesced {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isDisposed = false;
  let requests = 0;
  let firstAt = 0;
  let lastAt = 0;
  let restsUntil = Number.NEGATIVE_INFINITY;

  const due = (): void => {
    const at = now();
    if (flood !== undefined && requests >= flood.from) {
      const wanted = Math.min(lastAt + flood.quietMs, firstAt + flood.longestMs) - at;
      if (wanted > 0) {
        timer = setTimeout(due, wanted);
        return;
      }
    }
    timer = undefined;
    requests = 0;
    run();
    const end = now();
    restsUntil = end + rest * (end - at);
  };
  return {
    request() {
      if (isDisposed) return;
      lastAt = now();
      requests++;
      if (timer !== undefined) return;
      firstAt = lastAt;
      timer = setTimeout(due, Math.max(waitMs, restsUntil - lastAt));
    },
    dispose() {
      isDisposed = true;
      if (timer !== undefined) clearTimeout(timer);
      timer = undefined;
    },
  };
}
