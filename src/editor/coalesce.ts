// Many events, one run: the first event starts a short wait that all the others share.

/** Milliseconds that events are gathered for. A refresh starts no later than this after the first event. */
export const gatherMs = 25;

export interface Coalesced {
  /** Asks for a run; any number of calls before it starts ask for the same one. */
  request(): void;
  /** No run starts after this. */
  dispose(): void;
}

/** `run` must not throw. Requests that arrive while it runs (it is synchronous) cannot exist. */
export function coalesce(run: () => void, waitMs = gatherMs): Coalesced {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isDisposed = false;
  return {
    request() {
      if (isDisposed || timer !== undefined) return;
      timer = setTimeout(() => {
        timer = undefined;
        run();
      }, waitMs);
    },
    dispose() {
      isDisposed = true;
      if (timer !== undefined) clearTimeout(timer);
      timer = undefined;
    },
  };
}
