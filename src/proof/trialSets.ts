// What is tried in each session of a proof. Pure.
import { controlTrials } from './controlTrials.ts';
import { delegationTrials, sortOfType } from './delegationTrials.ts';
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
 * Enough to see that a session is not one in which everything is refused. An edit is the costliest: the CLI asks the
 * guard, wants the file to be read, and asks twice more.
 */
function someControls(all: readonly Trial[], isCostly: boolean): readonly Trial[] {
  const tools = isCostly ? ['Read', 'Write', 'TaskList'] : ['Read', 'Write', 'Bash', 'Edit', 'TaskList'];
  const controls = oneOfEach(
    all.filter(({ expected, tool }) => expected === 'allowed' && tools.includes(tool)).map(withoutInside),
    ({ tool }) => tool,
  );
  return controls;
}

function withoutInside(trial: Trial): Trial {
  const { inside: _, ...rest } = trial;
  return rest;
}

const ruleOf = ({ rule, origin }: Trial): string => `${rule} ${origin?.join('/')}`;

/** A start of a sub-agent of a forbidden type. */
const isForbiddenStart = ({ kind, tool, expected }: Trial): boolean =>
  kind === 'delegation' && tool === 'Agent' && expected === 'blocked';

/**
 * With everything in force the guard is asked about every command and every start of a sub-agent, which costs a process
 * each time. All of them are tried with rules alone or with the guard alone; here it is one command, and one type of
 * each sort.
 */
function forAll(all: readonly Trial[]): readonly Trial[] {
  const spared = (trial: Trial): boolean =>
    isForbiddenStart(trial) ||
    (trial.tool === 'Bash' && trial.expected === 'blocked' && trial.heldBy.length > 0);
  const kept = new Set(
    oneOfEach(all.filter(spared), (trial) =>
      isForbiddenStart(trial) ? `start ${sortOfType(trial.target)}` : trial.tool,
    ),
  );
  return all.filter((trial) => !spared(trial) || kept.has(trial));
}

/** With the guard alone: a write under each rule, each form of a command, each tool, one of each sort of delegation. */
function forGuard(held: readonly Trial[], isLaunch: boolean, hasDelegates: boolean): readonly Trial[] {
  // Each form of a command has a rule of its own; then files that are made by Write: nothing has to be read before.
  const rank = ({ kind, tool }: Trial): number =>
    isLaunch && kind === 'shell' ? 0 : tool === 'Write' ? 1 : 2;
  const sorted = [...held].sort((a, b) => rank(a) - rank(b));
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
    // To the guard a type is one of the delegates or none of them.
    if (kind === 'delegation') return hasDelegates ? `${kind} ${sortOfType(target)}` : kind;
    if (kind === 'interpreter' || kind === 'nested') return target;
    if (kind === 'tool') return tool;
    // A write by a file tool, one by a command and a deletion under one rule are one question to the guard.
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
