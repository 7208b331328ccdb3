// The guard's verdict on an event, as a plain function: what the guard answers, without its process around it.
import type { Verdict } from '../policy/call.ts';
import { decide } from '../policy/decide.ts';
import type { Policy } from '../policy/policy.ts';
import { type CallEvent, callOf, eventOf } from './callOf.ts';
import { refusalFor } from './refusal.ts';
import type { Root } from './resolvePath.ts';

/** What `judgeCommand` of the bundle for shell commands is. */
export type JudgeCommand = (event: CallEvent, policy: Policy, root: Root) => Verdict;

export interface Judge {
  /** Of the agent whose session it is. */
  readonly policy: Policy;
  readonly root: Root;
  /** Asked for only when a call has a command. When it rejects, the call is refused. */
  readonly loadJudgeCommand: () => Promise<JudgeCommand>;
  /** Runs the work, and throws when it takes too long; absent: it may take as long as it does. */
  readonly within?: (work: () => Verdict) => Verdict;
}

/** Judges a PreToolUse event of the CLI. Never rejects: whatever it cannot decide, it refuses. */
export async function judgeEvent(event: unknown, judge: Judge): Promise<Verdict> {
  const { policy, root, loadJudgeCommand, within = (work) => work() } = judge;
  try {
    const parts = eventOf(event);
    if (parts.commands.length > 0) {
      const judgeCommand = await loadJudgeCommand();
      return within(() => judgeCommand(parts, policy, root));
    }
    // A file tool's path takes no time worth a bound, which costs a third of a millisecond: globs that could run away
    // are not compiled.
    const verdict = (): Verdict => decide(policy, callOf(parts, policy.agent, root));
    return parts.named === undefined ? verdict() : within(verdict);
  } catch (problem) {
    return refusalFor(problem);
  }
}
