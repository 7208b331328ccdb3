// What generate would do, for a person and for a program.
import { visible, visibleShort } from '../findings/visible.ts';
import type { Drift } from '../outputs/output.ts';
import { hookKinds } from '../outputs/output.ts';
import { type Planned, type PlannedChange, plannedCounts, plannedWords } from '../outputs/planned.ts';
import { textDiff } from '../outputs/textDiff.ts';
import { printDiff } from './printApplied.ts';
import { coloured, plural } from './render.ts';
import type { Io } from './verb.ts';

const reasons: Readonly<Partial<Record<Drift, string>>> = {
  stale: 'the registry is newer',
  edited: 'edited since it was generated',
  conflict: 'edited since it was generated, and the registry is newer',
  unreadable: 'cannot be read',
};

function changeLine(io: Io, { path, kind, action, drift, keys, isHeldBack }: PlannedChange): string {
  const mark = isHeldBack
    ? coloured(io, 'warning', '!')
    : action === 'add'
      ? coloured(io, 'information', '+')
      : '~';
  const why = kind === 'lock' ? '' : ((drift && reasons[drift]) ?? '');
  const which = keys.length === 0 ? '' : `: ${visibleShort(keys.join(', '), 160)}`;
  return `${mark} ${visible(path)}${why === '' ? '' : `  ${why}${which}`}\n`;
}

/** Whether the difference is one that a person can read: the hooks are programs, the lock is hashes. */
const isReadable = ({ kind }: PlannedChange): boolean =>
  kind !== 'lock' && !(hookKinds as ReadonlySet<string>).has(kind);

/** The plan, a line for each file, the difference beneath with `withDiffs`; then the sum. */
export function printPlanned(io: Io, planned: Planned, withDiffs: boolean): void {
  const { changes, orphans, unchanged } = planned;
  for (const change of changes) {
    io.out(changeLine(io, change));
    if (withDiffs && change.action === 'change' && isReadable(change))
      printDiff(io, { relative: change.path, before: change.before, text: change.after });
  }
  for (const { directory } of orphans)
    io.out(`? ${visible(directory)}  not in the registry any more; generate leaves it alone\n`);
  const rest = unchanged === 0 ? '' : `, ${plural(unchanged, 'file')} as they should be`;
  io.out(`${plannedSum(planned)}${rest}.\n`);
}

/** `Plan: 3 to change, 1 to add, 1 orphan left alone`. */
export const plannedSum = (planned: Planned): string => `Plan: ${plannedWords(planned)}`;

/** The plan as JSON says it, each change with its difference. */
export function plannedJson(planned: Planned): Readonly<Record<string, unknown>> {
  return {
    changes: planned.changes.map((change) => ({
      file: change.path,
      agent: change.agent ?? null,
      kind: change.kind,
      action: change.action,
      drift: change.drift ?? null,
      keys: change.keys,
      heldBack: change.isHeldBack,
      diff: textDiff(change.before, change.after),
    })),
    orphans: planned.orphans,
    plan: plannedCounts(planned),
  };
}
