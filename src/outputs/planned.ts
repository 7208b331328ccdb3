// What generate would do, file by file, without doing it; what it would refuse, and what it leaves alone.
import type { Files } from '../files/files.ts';
import { type Finding, hasErrors } from '../findings/finding.ts';
import type { Draft, DraftChange } from './applyDraft.ts';
import { type DraftOptions, generateDraft } from './generateDraft.ts';
import { lockPath } from './lock.ts';
import { type Drift, isOutOfSync, type OutputKind } from './output.ts';

/** One file that generate would write. */
export interface PlannedChange {
  /** Relative to the workspace, with `/`. */
  readonly path: string;
  /** Absent for what all agents share. */
  readonly agent?: string;
  readonly kind: OutputKind | 'lock';
  readonly action: 'add' | 'change';
  /** Why it would be written; absent for the lock. */
  readonly drift?: Drift;
  /** Pointers of the settings that would be other than they are. */
  readonly keys: readonly string[];
  /** Somebody changed it, or it cannot be read: generate refuses, all of it, until it is told to write over such files. */
  readonly isHeldBack: boolean;
  /** What the file holds; undefined when it does not exist or is no text. */
  readonly before: string | undefined;
  readonly after: string;
}

/** The directory of an agent that is no longer in the registry; generate leaves it alone. */
export interface PlannedOrphan {
  /** Relative to the workspace, with `/`. */
  readonly directory: string;
  /** Those of its files that generate once wrote. */
  readonly files: readonly string[];
}

export interface Planned {
  /** What generate would say. With an error among them it would write nothing. */
  readonly findings: readonly Finding[];
  /** Agents in the order of the registry, what they share first, the lock last. */
  readonly changes: readonly PlannedChange[];
  readonly orphans: readonly PlannedOrphan[];
  /** How many files are as they should be. */
  readonly unchanged: number;
}

/** How many files would be added and changed, the lock apart, and what else there is. */
export interface PlannedCounts {
  readonly toAdd: number;
  readonly toChange: number;
  /** Held back since somebody changed it, and since it cannot be read. */
  readonly edited: number;
  readonly unreadable: number;
  readonly orphans: number;
  readonly unchanged: number;
}

/** Works out what generate would do with these options. Never throws for what a workspace contains. */
export function plannedChanges(options: DraftOptions, files: Files): Planned {
  const draft = generateDraft(options, files);
  const known = new Set(draft.changes.map(({ relative }) => relative));
  const forced = hasErrors(draft.findings) ? generateDraft({ ...options, force: true }, files) : draft;
  return {
    findings: draft.findings,
    changes: forced.changes.map((change) => plannedOf(change, !known.has(change.relative))),
    orphans: orphansOf(draft),
    unchanged: draft.unchanged,
  };
}

function plannedOf({ relative, before, text, state }: DraftChange, isHeldBack: boolean): PlannedChange {
  const isNew = state === undefined ? before === undefined : state.drift === 'missing';
  return {
    path: relative,
    ...(state?.agent === undefined ? {} : { agent: state.agent }),
    kind: state?.kind ?? 'lock',
    action: isNew ? 'add' : 'change',
    ...(state === undefined ? {} : { drift: state.drift }),
    keys: (state?.keys ?? []).filter(({ drift }) => isOutOfSync(drift)).map(({ pointer }) => pointer),
    isHeldBack,
    before,
    after: text,
  };
}

function orphansOf({ orphans = [] }: Draft): readonly PlannedOrphan[] {
  const byDirectory = new Map<string, string[]>();
  for (const file of orphans) {
    const directory = file.split('/').slice(0, 2).join('/');
    byDirectory.set(directory, [...(byDirectory.get(directory) ?? []), file]);
  }
  return [...byDirectory].map(([directory, files]) => ({ directory, files }));
}

export function plannedCounts({ changes, orphans, unchanged }: Planned): PlannedCounts {
  const free = changes.filter(({ kind, isHeldBack }) => kind !== 'lock' && !isHeldBack);
  const held = changes.filter(({ isHeldBack }) => isHeldBack);
  return {
    toAdd: free.filter(({ action }) => action === 'add').length,
    toChange: free.filter(({ action }) => action === 'change').length,
    edited: held.filter(({ drift }) => drift !== 'unreadable').length,
    unreadable: held.filter(({ drift }) => drift === 'unreadable').length,
    orphans: orphans.length,
    unchanged,
  };
}

/** `3 to change, 1 to add, 1 orphan left alone`; what there is none of is left out, `nothing to do` when there is none of anything. */
export function plannedWords(planned: Planned): string {
  const { toAdd, toChange, edited, unreadable, orphans } = plannedCounts(planned);
  const isLockBehind = planned.changes.some(({ path: at }) => at === lockPath);
  const parts = [
    toChange === 0 ? '' : `${toChange} to change`,
    toAdd === 0 ? '' : `${toAdd} to add`,
    edited === 0 ? '' : `${edited} edited since`,
    unreadable === 0 ? '' : `${unreadable} unreadable`,
    isLockBehind && toAdd + toChange + edited + unreadable === 0 ? 'only the lock to write' : '',
  ].filter((part) => part !== '');
  if (parts.length === 0) parts.push('nothing to do');
  if (orphans > 0) parts.push(`${orphans} ${orphans === 1 ? 'orphan' : 'orphans'} left alone`);
  return parts.join(', ');
}
