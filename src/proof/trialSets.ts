// What is tried in each session of a proof. Pure.
import { controlTrials } from './controlTrials.ts';
import { delegationTrials } from './delegationTrials.ts';
import { fileTrials, type Subject } from './fileTrials.ts';
import type { Carrier, SettingsForm } from './proofRecord.ts';
import { shellTrials } from './shellTrials.ts';
import { toolTrials } from './toolTrials.ts';
import type { Trial, Trials } from './trial.ts';

/** Of attempts that differ in nothing that a carrier alone could fail at, the first of each sort. */
function oneOfEach(trials: readonly Trial[], sortOf: (trial: Trial) => string): readonly Trial[] {
  const seen = new Set<string>();
  return trials.filter((trial) => {
    const sort = sortOf(trial);
    if (seen.has(sort)) return false;
    seen.add(sort);
    return true;
  });
}

/**
 * What is tried in a session of these settings. With the guard alone each attempt costs a process, so there it is tried
 * once per rule, and in the committed form, whose policy is the same, once per sort of rule.
 */
export function trialsOf(subject: Subject, form: SettingsForm, carrier: Carrier): Trials {
  const isLaunch = form === 'launch';
  const parts = [
    fileTrials(subject, isLaunch),
    shellTrials(subject),
    toolTrials(subject),
    delegationTrials(subject),
    controlTrials(subject),
  ];
  const all = parts.flatMap(({ trials }) => trials);
  const standIns = parts.flatMap((part) => part.standIns);
  if (carrier === 'all') return { trials: all, standIns };
  // Sub-agents come with the launch line; a committed file alone has none.
  const controls = all.filter(
    ({ expected, kind }) => expected === 'allowed' && (isLaunch || kind !== 'delegation'),
  );
  const held = all.filter(
    ({ expected, heldBy }) =>
      expected === 'blocked' && heldBy.includes(carrier === 'rules' ? 'rules' : 'guard'),
  );
  if (carrier === 'rules') return { trials: [...held, ...controls.map(withoutInside)], standIns };
  const sortOf = ({ kind, tool, rule, target, origin }: Trial): string =>
    isLaunch
      ? `${rule === undefined ? target : `${rule} ${origin?.join('/')} ${kind === 'read' || kind === 'shell' ? tool : ''}`}`
      : `${kind} ${String(origin?.[2])}`;
  const writesFirst = [...held].sort((a, b) => Number(b.tool === 'Write') - Number(a.tool === 'Write'));
  return {
    trials: [...oneOfEach(writesFirst, sortOf), ...(isLaunch ? controls : controls.map(withoutInside))],
    standIns,
  };
}

function withoutInside(trial: Trial): Trial {
  const { inside: _, ...rest } = trial;
  return rest;
}
