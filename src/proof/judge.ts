// From what was seen of a trial to the attempt that is recorded. The disk decides what happened, the CLI's words only by whom it was refused. Pure.
import { visibleShort } from '../findings/visible.ts';
import type { Outcome } from './play.ts';
import type { Attempt, Blocker, Carrier, SettingsForm } from './proofRecord.ts';
import type { Trial } from './trial.ts';

/** What else was seen of a session. */
export interface Witness {
  readonly form: SettingsForm;
  readonly carrier: Carrier;
  /** Ids of the calls that the guard refused, by its spool. */
  readonly refusedByGuard: ReadonlySet<string>;
  readonly isSandboxed: boolean;
  /** The folder of the session's scratch copy, for words in which it has no place. */
  readonly folder: string;
}

// The CLI's words are those of 2.1.329 and 2.1.197.
const byRule =
  /denied by your permission settings|Permission to \w+ .* (?:has been|was) denied|has been denied by permission rule|denied by permission/s;
/** What a bare deny rule makes of a tool; `--tools=` says it too. */
const byBareRule = /is disabled for this session/;
const byToolList = /No such tool available|Agent type '.*' not found/s;
const byHook = /^(?:<tool_use_error>)?(?:Error: )?PreToolUse:\S+ hook\b|hook error|Hook PreToolUse/;
const bySandbox = /Read-only file system|Operation not permitted|EROFS/;

/** Who refused a call, by its result and the guard's spool; undefined: nobody that we know of. */
export function blockerOf(outcome: Outcome, witness: Witness): Blocker | undefined {
  const text = outcome.result?.isError ? outcome.result.text : '';
  if (byBareRule.test(text)) return witness.carrier === 'rules' ? 'rule' : 'tool-list';
  if (byToolList.test(text)) return 'tool-list';
  if (byRule.test(text) && !byHook.test(text)) return 'rule';
  if (outcome.callIds.some((id) => witness.refusedByGuard.has(id)) || byHook.test(text)) return 'guard';
  return witness.isSandboxed && bySandbox.test(text) ? 'sandbox' : undefined;
}

const noteOf = (trial: Trial, words: string): string =>
  trial.note === undefined ? words : `${words}; ${trial.note}`;

/** The attempt that a trial was. */
export function judge(trial: Trial, outcome: Outcome | undefined, witness: Witness): Attempt {
  const { kind, tool, target, expected, enforceable, note, rule, origin, subagent } = trial;
  const facts = {
    ...{ kind, tool, target, expected, enforceable, form: witness.form, carrier: witness.carrier },
    ...(rule === undefined ? {} : { rule }),
    ...(origin === undefined ? {} : { origin }),
    ...(subagent === undefined ? {} : { subagent }),
  };
  const noted = note === undefined ? {} : { note };
  if (trial.isUntriable) return { ...facts, ...noted, got: 'not-run' };
  if (outcome?.happened) return { ...facts, ...noted, got: 'allowed' };
  if (outcome?.result === undefined)
    return { ...facts, got: 'not-run', note: noteOf(trial, 'the session gave no result for it') };
  const by = blockerOf(outcome, witness);
  if (by !== undefined) {
    // It says so in the spool when it refuses; a hook that refuses without a word of it has failed.
    const hasFailed =
      by === 'guard' &&
      expected === 'allowed' &&
      !outcome.callIds.some((id) => witness.refusedByGuard.has(id));
    const failed = hasFailed
      ? { note: noteOf(trial, 'the guard itself failed, and then everything is refused') }
      : noted;
    return { ...facts, ...failed, got: 'blocked', by };
  }
  // Neither refused nor done: it shows nothing of the rules.
  const said = outcome.result.text.replace(/<\/?tool_use_error>/g, '').replaceAll(witness.folder, '…');
  return { ...facts, got: 'not-run', note: noteOf(trial, `the CLI said: ${visibleShort(said, 160)}`) };
}
