// The ladder of a hook in words: a name, one line for a row, and a line for each rung.
import { ageWords } from '../findings/age.ts';
import { visibleShort } from '../findings/visible.ts';
import { type Firing, timesOf } from './hookEvidence.ts';
import type { HookStatus } from './hookStatus.ts';
import { type Ladder, type Rung, rungWords } from './ladderOf.ts';

const marks = { reached: '✓', failed: '✗', unknown: '?', none: '–' } as const;

/** `Guard · PreToolUse`, or event and matcher of somebody else's hook. Escaped. */
export function hookName({ hook, ours }: HookStatus): string {
  if (ours !== undefined)
    return `${ours.kind === 'guard' ? 'Guard' : 'Report'} · ${visibleShort(hook.event, 40)}`;
  return visibleShort(hook.matcher === '' ? hook.event : `${hook.event} ${hook.matcher}`, 60);
}

/** `132 times, 3 refused, p50 41 ms, p95 60 ms`; "at least" where older lines were not read. */
export function firingWords(firing: Firing): string {
  const { count, refused, failures, isPartial } = firing;
  const times = timesOf(firing);
  return [
    `${isPartial ? 'at least ' : ''}${count === 1 ? 'once' : `${count} times`}`,
    ...(refused === 0 ? [] : [`${refused} refused`]),
    ...(failures === 0 ? [] : [`${failures} could not be judged`]),
    ...(times === undefined ? [] : [`p50 ${times.p50} ms`, `p95 ${times.p95} ms`]),
  ].join(', ');
}

/** `claude/not-executable` → `not executable`. */
const shortCode = (code: string): string => code.slice(code.indexOf('/') + 1).replaceAll('-', ' ');

const isBad = ({ severity }: { readonly severity: string }): boolean => severity !== 'information';

/** Whether something is amiss with a hook: a rung that failed, or one that only evidence shows to have. */
export function isBroken(status: HookStatus, ladder: Ladder): boolean {
  return status.findings.some(isBad) || ladder.rungs.some(({ state }) => state === 'failed');
}

/** How far a hook gets, or what stops it, and when it last fired; for a row. Escaped. `now`: milliseconds since 1970. */
export function ladderSummary(status: HookStatus, ladder: Ladder, now: number): string {
  const bad = status.findings.find(isBad);
  if (bad !== undefined) return shortCode(bad.code);
  const failed = ladder.rungs.find(({ state }) => state === 'failed');
  const fired = ladder.firing === undefined ? '' : ` · fired ${ageWords(ladder.firing.last, now)}`;
  if (failed?.name === 'fired') return `silent ${ageWords(failed.at ?? '', now)}`;
  if (failed?.name === 'proven') return `proof failed${fired}`;
  if (failed !== undefined) return `${failed.words}${fired}`;
  if (status.unknown !== undefined)
    return visibleShort(`${rungWords[status.rung]}, then unknown: ${status.unknown}`, 100) + fired;
  if (status.ours === undefined) return `${rungWords[status.rung]} · not ours`;
  return `${rungWords[ladder.reached]}${fired === '' ? ' · not seen to fire' : fired}`;
}

/** One rung in one line, ticked, with the age of its evidence. Escaped. */
export function rungLine(rung: Rung, ladder: Ladder, now: number): string {
  const age = rung.at === undefined ? '' : `, ${ageWords(rung.at, now)}`;
  const firing =
    rung.name === 'fired' && ladder.firing !== undefined ? ` (${firingWords(ladder.firing)})` : '';
  return `${marks[rung.state]} ${rung.words}${age}${firing}`;
}
