// The vocabulary of this room: what an output is, and how it can differ from the file on disk.
import type { Json } from '../claude/jsonText.ts';
import type { IgnoreEntry } from '../registry/model.ts';

export type OutputKind = 'settings' | 'memory' | 'policy' | 'guard' | 'bash' | 'report';

/** The kinds of the hook programs, which all agents share. */
export const hookKinds: ReadonlySet<OutputKind> = new Set(['guard', 'bash', 'report']);

/** A committed file that the registry determines, with the contents it should have. */
export interface Output {
  /** Relative to the workspace, with `/`. */
  readonly path: string;
  /** Absent for the hooks that all agents share. */
  readonly agent?: string;
  readonly kind: OutputKind;
  /** LF, final newline. For memory: only our part, without the markers. */
  readonly text: string;
  /** For settings: the value that `text` spells; absent where a template makes something else than a JSON object of it. */
  readonly value?: Json;
  /** A template left places for the time in `text` and `value` (`stampPlace`). */
  readonly isStamped?: true;
  /** Why its contents are not known: the template that says them cannot be read. Ends a sentence that begins with "since". */
  readonly problem?: string;
}

/** The hook programs that the package brings; their text becomes an output. */
export interface HookSources {
  readonly guard: string;
  /** The part of the guard that judges shell commands; the guard loads the one that it was built with and no other. */
  readonly bash: string;
  readonly report: string;
}

/** DESIGN.md section 5, file by file and JSON key by JSON key. `ignored`: would be drift, but the registry says to live with it. */
export type Drift =
  | 'inSync'
  | 'stale'
  | 'edited'
  | 'conflict'
  | 'converged'
  | 'ignored'
  | 'missing'
  | 'orphan'
  | 'foreign'
  | 'unreadable';

/** One JSON key that differs. `expected` is absent when the plan has no such key, `found` when the file has none. */
export interface KeyDrift {
  /** RFC 6901. */
  readonly pointer: string;
  readonly drift: Drift;
  readonly expected?: Json;
  readonly found?: Json;
  /** Set exactly when `drift` is `ignored`. */
  readonly ignored?: IgnoreEntry;
}

/** An output beside the file on disk. */
export interface OutputState {
  readonly path: string;
  readonly agent?: string;
  readonly kind: OutputKind;
  readonly drift: Drift;
  /** For settings: the keys that differ, foreign ones included; empty otherwise. */
  readonly keys: readonly KeyDrift[];
  /** What generate would write, ignored differences left as they are; absent for an orphan and when the file is unreadable. */
  readonly wanted?: string;
  /** Why it cannot be read, for `unreadable`. */
  readonly reason?: string;
  /** The lock does not know the output, so the comparison is two-way: it is unknown who changed what. */
  readonly isTwoWay?: true;
  /** Nothing of ours is in a memory file, so that what is in it stays and ours comes before it. */
  readonly isAllTheirs?: true;
  /** For a file without keys whose drift is `ignored`. */
  readonly ignored?: IgnoreEntry;
}

/** Whether a class of drift means that somebody or some tool changed what was applied last. */
export function isEdit(drift: Drift): boolean {
  return drift === 'edited' || drift === 'conflict';
}

/** Whether a class of drift puts the agent out of sync (DESIGN.md section 5, "Sync"). */
export function isOutOfSync(drift: Drift): boolean {
  return (
    drift === 'stale' ||
    drift === 'edited' ||
    drift === 'conflict' ||
    drift === 'missing' ||
    drift === 'orphan'
  );
}
