// Words that several surfaces say in the same way.
import type { Health, Sync } from '../outputs/fleet.ts';
import type { Drift, OutputKind } from '../outputs/output.ts';

/** `1 agent`, `2 agents`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

export const outputNames: Readonly<Record<OutputKind, string>> = {
  settings: 'Settings',
  memory: 'Memory',
  policy: 'Policy',
  guard: 'Guard',
  bash: 'Shell guard',
  report: 'Report',
};

/** What a class of drift is called beside a file; empty when there is nothing to say. */
export const driftWords: Readonly<Record<Drift, string>> = {
  inSync: '',
  stale: 'registry is newer',
  edited: 'edited',
  conflict: 'edited, and the registry is newer',
  converged: '',
  ignored: 'difference ignored',
  missing: 'missing',
  orphan: 'no longer in the registry',
  foreign: 'not ours',
  unreadable: 'cannot be read',
};

export const syncWords: Readonly<Record<Sync, string>> = {
  inSync: 'in sync',
  outOfSync: 'out of sync',
  unknown: 'unknown',
};

export const healthWords: Readonly<Record<Health, string>> = {
  disarmed: 'disarmed',
  missing: 'no settings yet',
  degraded: 'degraded',
  unknown: 'unknown',
  healthy: 'healthy',
};

/** Hours and minutes as the user's machine writes them. */
export function clock(time: Date): string {
  return `${String(time.getHours()).padStart(2, '0')}:${String(time.getMinutes()).padStart(2, '0')}`;
}

/** The same with seconds. */
export function preciseClock(time: Date): string {
  return `${clock(time)}:${String(time.getSeconds()).padStart(2, '0')}`;
}
