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

/** Reads first, then one change of each tool: enough to see that a session is not one in which everything is refused. */
const someControls = (trials: readonly Trial[]): readonly Trial[] =>
  oneOfEach(
    trials.filter(({ expected }) => expected === 'allowed').map(withoutInside),
    ({ tool }) => tool,
  ).filter(({ tool }) => ['Bash', 'Edit', 'Read', 'TaskList', 'Write'].includes(tool));

function withoutInside(trial: Trial): Trial {
  const { inside: _, ...rest } = trial;
  return rest;
}

const ruleOf = ({ rule, origin }: Trial): string => `${rule} ${origin?.join('/')}`;

/** Every rule is deleted under with rules alone; beside the guard, which costs a process each time, only where they differ. */
function isSpared(trial: Trial, index: number, all: readonly Trial[]): boolean {
  if (trial.kind !== 'protected' || trial.tool !== 'Bash') return false;
  return all.slice(0, index).filter(({ kind, tool }) => kind === 'protected' && tool === 'Bash').length >= 2;
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
 * What is tried in a session of these settings. Everything is tried with everything in force and with rules alone; with
 * the guard alone, where each attempt costs a process, once for each rule, and in the committed form, whose policy is
 * the same to the hash, once for each sort.
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
  if (carrier === 'all')
    return { trials: all.filter((trial, index) => !isSpared(trial, index, all)), standIns };
  const held = all.filter(
    ({ expected, heldBy }) =>
      expected === 'blocked' && heldBy.includes(carrier === 'rules' ? 'rules' : 'guard'),
  );
  const hasDelegates = Object.keys(subject.policy.delegates).length > 0;
  const chosen =
    carrier === 'guard'
      ? forGuard(held, isLaunch, hasDelegates)
      : // The rules of a launch copy are seen at work with everything in force, but for those on commands: there the guard is first.
        held.filter(({ tool }) => !isLaunch || tool === 'Bash');
  return { trials: [...chosen, ...someControls(all)], standIns };
}
