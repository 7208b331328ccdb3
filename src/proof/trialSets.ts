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

/** One of each of these: enough to see that a session is not one in which everything is refused. */
function someControls(all: readonly Trial[], isCostly: boolean): readonly Trial[] {
  const tools = ['Read', 'Write', 'Bash', 'Edit', 'TaskList'];
  const controls = oneOfEach(
    all.filter(({ expected, tool }) => expected === 'allowed' && tools.includes(tool)).map(withoutInside),
    ({ tool }) => tool,
  );
  return isCostly ? controls.slice(0, 2) : controls;
}

function withoutInside(trial: Trial): Trial {
  const { inside: _, ...rest } = trial;
  return rest;
}

const ruleOf = ({ rule, origin }: Trial): string => `${rule} ${origin?.join('/')}`;

/**
 * With everything in force the guard is asked about every command, which costs a process each time: one command of each
 * kind then, and all of them with rules alone.
 */
function forAll(all: readonly Trial[]): readonly Trial[] {
  const spared = (trial: Trial): boolean =>
    trial.tool === 'Bash' &&
    trial.expected === 'blocked' &&
    ['delete', 'protected', 'read', 'shell'].includes(trial.kind);
  const kept = new Set(oneOfEach(all.filter(spared), ({ kind }) => kind));
  return all.filter((trial) => !spared(trial) || kept.has(trial));
}

/** With the guard alone: a write under each rule, each form of a command, each tool, one of each sort of delegation. */
function forGuard(held: readonly Trial[], isLaunch: boolean, hasDelegates: boolean): readonly Trial[] {
  // Files first that are made by Write: nothing has to be read before.
  const sorted = [...held].sort((a, b) => Number(b.tool === 'Write') - Number(a.tool === 'Write'));
  if (!isLaunch)
    return oneOfEach(sorted, ({ kind, tool }) =>
      ['protected', 'write', 'edit', 'notebook', 'read'].includes(kind)
        ? 'file'
        : tool === 'Bash'
          ? 'Bash'
          : kind,
    );
  return oneOfEach(sorted, (trial) => {
    const { kind, tool, target } = trial;
    if (kind === 'delegation') return hasDelegates ? `delegation ${target}` : kind;
    if (kind === 'shell' || kind === 'interpreter' || kind === 'nested') return target;
    if (kind === 'tool') return tool;
    // A read, a write and a deletion under one rule are one question to the guard, put to it by two tools.
    return trial.rule === undefined ? `${kind} ${target}` : `${ruleOf(trial)} ${kind === 'read' ? tool : ''}`;
  });
}

/**
 * What is tried in a session of these settings. Every file, tool and delegation is tried with everything in force, which
 * shows the rules of the launch copy at work, since the CLI asks them before the guard; every rule is tried in the
 * committed form, with rules alone, on files and commands; and every rule with the guard of the launch copy alone. The
 * committed guard has the same policy to the hash: there it is tried once for each sort.
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
  if (carrier === 'all') return { trials: forAll(all), standIns };
  const held = all.filter(
    ({ expected, heldBy }) =>
      expected === 'blocked' && heldBy.includes(carrier === 'rules' ? 'rules' : 'guard'),
  );
  const hasDelegates = Object.keys(subject.policy.delegates).length > 0;
  const chosen = carrier === 'guard' ? forGuard(held, isLaunch, hasDelegates) : held;
  return { trials: [...chosen, ...someControls(all, carrier === 'guard')], standIns };
}
