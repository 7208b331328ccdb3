// What the server knows of the hub's core: events with their order, what is so now, and measured figures. Types alone.
import type { StateName } from '../sessions/crossCheck.ts';
import type { Group, HubEvent, JsonObject } from './hubEvent.ts';

/** Counted and timed values of one kind. Milliseconds. */
export interface Histogram {
  /** Upper bounds, ascending; what is beyond the last counts in `count` alone. */
  readonly bounds: readonly number[];
  /** By bound: values at most that, and above the bound before. */
  readonly counts: readonly number[];
  readonly sum: number;
  readonly count: number;
}

/** Why events did not get to subscribers. */
export interface Lost {
  /** Lines of spools that are none: torn by a full disk, garbage, or longer than a line may be. */
  readonly broken: number;
  /** What the hub itself had to tell while its journal could not be written. Lines of spools wait instead. */
  readonly unwritten: number;
  /** Times that a spool was cut or went away before all of it was read. */
  readonly vanished: number;
}

/** Since this hub started, unless it says otherwise. A figure without a source is absent. */
export interface CoreFigures {
  /** Lines of spools that became events. */
  readonly ingested: number;
  /** Lines that were there a second time and were left out. */
  readonly repeated: number;
  /** Events of all kinds that got into the journal. */
  readonly published: number;
  /** Bytes in spools that are not read yet, and for how long, in milliseconds, the oldest of them have been waiting. */
  readonly spoolLagBytes: number;
  readonly spoolLagMs: number;
  readonly spoolFiles: number;
  /** Spools that could not be read when last tried. */
  readonly spoolsUnreadable: number;
  readonly lost: Lost;
  /** Why the journal can't be written now, as a code of the system such as `ENOSPC`. */
  readonly journalError?: string;
  readonly journalBytes: number;
  readonly journalSegments: number;
  /** Events of before this are not kept; `seq + 1` when nothing is. */
  readonly oldestSeq: number;
  /** Sessions by state; absent until they were looked at. */
  readonly sessions?: Readonly<Partial<Record<StateName, number>>>;
  readonly hooks: {
    readonly fired: number;
    /** Calls that the guard could not judge, and refused. */
    readonly failed: number;
    /** Of the guard's whole process, of the last ones, in milliseconds; absent before the first. */
    readonly p50?: number;
    readonly p95?: number;
  };
  readonly verdicts: { readonly allow: number; readonly deny: number };
  /** From a hook's own time on its line to the call of the listeners; lines of before this hub started are not counted. */
  readonly latency: Histogram;
}

/** What a `request_data` may ask for. */
export type SnapshotType = 'agent_status' | 'coordination_metrics' | 'system_health';

export interface HubCore {
  /** UUID of the journal; a new one only when its end may be lost. */
  readonly epoch: string;
  /** Of the last event; 0 before the first. */
  readonly seq: number;
  /**
   * All events later than `seq`, up to the one that is the last at the time of the call, oldest first and in pieces;
   * undefined when that is beyond what is kept, or of another epoch. To miss none, call `onEvents` in the same turn.
   */
  since(epoch: string, seq: number): AsyncIterable<readonly HubEvent[]> | undefined;
  /**
   * Called synchronously and in order, each event once, after it is in the journal. A listener that throws is the
   * caller's bug and stops no other. Gives what ends it.
   */
  onEvents(listener: (events: readonly HubEvent[]) => void): () => void;
  /**
   * Puts an event of the hub's own into the journal, without secrets, and thereby to the listeners. Undefined when the
   * journal cannot be written. Absent where nothing is written.
   */
  publish?(event: Omit<HubEvent, 'seq' | 'at'>): Promise<HubEvent | undefined>;
  /** The groups that something tells of; absent: all. */
  readonly sources?: readonly Group[];
  /** How it is now; undefined: there is no source for it. */
  snapshot(type: SnapshotType): JsonObject | undefined;
  figures(): CoreFigures;
  /** Ends the reading and completes the journal. Nothing is called afterwards. */
  close(): Promise<void>;
}

export interface ControlOptions {
  /** What the command line would ask is agreed to: to end what is at work, to start in a mode that asks nobody. */
  readonly confirm: boolean;
}

/** Does what an operator asks for; settles after it happened. */
export interface Controls {
  run(
    action: 'start' | 'stop' | 'restart' | 'stop_all' | 'send_prompt',
    agent: string | undefined,
    text: string | undefined,
    options: ControlOptions,
  ): Promise<{ readonly ok: boolean; readonly error?: string }>;
}
