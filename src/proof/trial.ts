// One thing to be tried, before it is: the call that the model makes, and how one sees afterwards whether it happened.
import type { Attempt } from './proofRecord.ts';

/**
 * How one sees that a call did what it tries. `bytes`: a file's content is another one, or the file is there or gone;
 * the path is relative to the workspace, or absolute. `word`: the result holds what stands in a file. `ran`: the tool
 * gave a result that is no error, for tools that leave no trace. `answered`: a sub-agent with that task asked the model.
 */
export type Effect =
  | { readonly sign: 'bytes'; readonly path: string }
  | { readonly sign: 'word'; readonly word: string }
  | { readonly sign: 'ran' }
  | { readonly sign: 'answered'; readonly task: string };

/** Who is expected to refuse it alone. */
export type Holder = 'rules' | 'guard';

export interface Trial
  extends Pick<
    Attempt,
    'kind' | 'tool' | 'target' | 'expected' | 'enforceable' | 'note' | 'rule' | 'origin' | 'subagent'
  > {
  readonly input: Readonly<Record<string, unknown>>;
  readonly effect: Effect;
  /** Those that must refuse it without the other's help. */
  readonly heldBy: readonly Holder[];
  /** What the sub-agent that this one starts tries. */
  readonly inside?: readonly Trial[];
  /** There is no call to make; it is recorded as not run, with its note. */
  readonly isUntriable?: true;
}

/** A file that must be there before the session starts; its path as in `Effect`. */
export interface StandIn {
  readonly path: string;
  readonly text: string;
}

/** What is to be tried in one session, and what must be there for it. */
export interface Trials {
  readonly trials: readonly Trial[];
  readonly standIns: readonly StandIn[];
}
