// The machine as those who start and stop sessions see it: where records are, which processes run, what time it is.
import type { Machine } from './programs.ts';
import type { RecordStore } from './sessionRecord.ts';

export interface SessionHost extends RecordStore {
  readonly machine: Machine;
  /** ISO 8601, milliseconds, `Z`. */
  readonly now: () => string;
  /** Sends a signal, as `process.kill` does, throwing the system's own error. */
  readonly kill: (pid: number, signal: NodeJS.Signals) => void;
  /** Resolves after that many milliseconds. */
  readonly wait: (ms: number) => Promise<void>;
}
