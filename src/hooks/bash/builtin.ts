// What a command of the shell itself is given, and what it gives back.
import type { Arg, Input } from './arg.ts';
import type { Run } from './run.ts';
import type { Flow, State } from './state.ts';

/** What a function or loop gathers while it runs. */
export interface Frame {
  readonly returns: State[];
  readonly breaks: State[];
  readonly locals: Set<string>;
}

export interface BuiltinCall {
  readonly run: Run;
  readonly state: State;
  readonly args: readonly Arg[];
  readonly input: Input | undefined;
  readonly frame: Frame;
  runText(text: string, from: State): Flow;
  runWords(words: readonly Arg[], from: State): Flow;
  alias(name: string, text: string): void;
  trap(text: string): void;
  lookup(name: string): readonly Arg[];
  mayRun(items: readonly Arg[]): void;
}

/** Gives undefined when the command is to be looked at as an ordinary program. */
export type Builtin = (call: BuiltinCall) => Flow | undefined;

export const either = (state: State): Flow => ({ ok: [state], fail: [state] });
