// Loops, run until nothing new comes of another round.
import type { CompoundList, For, Select, Statement, SyntaxNode, While } from 'unbash';
import { type Arg, type Input, isKnown, originsOf, unknown, unknownFrom } from './arg.ts';
import type { Frame } from './builtin.ts';
import type { Collector } from './collector.ts';
import { Expander, type Substitutes } from './expandWord.ts';
import { type Flow, isSameStates, join, nowhere, type State, setText, widen } from './state.ts';

/** More words than this, and what a loop runs over is one unknown word. */
const mostRounds = 64;

/** What compound commands and loops need of the shell that runs them. */
export interface CompoundShell extends Substitutes {
  readonly collector: Collector;
  /** The text that positions in the nodes count in. */
  readonly text: string;
  frame: Frame;
  list(statements: readonly Statement[], states: readonly State[], input: Input | undefined): Flow;
  each(states: readonly State[], run: (state: State) => Flow): Flow;
  inSubshell(run: () => void): void;
  arithmetic(part: SyntaxNode, state: State): void;
}

export function repeated(
  shell: CompoundShell,
  node: While,
  states: readonly State[],
  input: Input | undefined,
): Flow {
  return untilSame(shell, states, (from) => {
    const test = shell.list(node.clause.commands, from, input);
    const enters = node.kind === 'while' ? test.ok : test.fail;
    const leaves = node.kind === 'while' ? test.fail : test.ok;
    const flow = enters.length === 0 ? nowhere : shell.list(node.body.commands, enters, input);
    return { again: join(flow.ok, flow.fail), out: leaves };
  });
}

export function repeatedBody(
  shell: CompoundShell,
  body: CompoundList,
  states: readonly State[],
  input: Input | undefined,
): Flow {
  return untilSame(shell, states, (from) => {
    const flow = shell.list(body.commands, from, input);
    const again = join(flow.ok, flow.fail);
    return { again, out: join(from, again) };
  });
}

/** Runs until nothing new comes of it; after some rounds by what they have in common. */
function untilSame(
  shell: CompoundShell,
  states: readonly State[],
  round: (from: readonly State[]) => { again: readonly State[]; out: readonly State[] },
): Flow {
  const { breaks } = shell.frame;
  shell.frame = { ...shell.frame, breaks: [] };
  let from = states;
  let out: readonly State[] = [];
  for (let count = 0; count < 6 && from.length > 0; count++) {
    const result = round(from);
    out = join(out, result.out, shell.frame.breaks);
    const next = join(from, result.again, shell.frame.breaks);
    if (isSameStates(from, next)) break;
    const wide = count >= 2 ? widen(next) : undefined;
    from = wide === undefined ? next : [wide];
  }
  out = join(out, shell.frame.breaks);
  shell.frame = { ...shell.frame, breaks };
  return { ok: out, fail: out };
}

export function forEach(
  shell: CompoundShell,
  node: For | Select,
  state: State,
  input: Input | undefined,
): Flow {
  const expander = new Expander(state, shell.collector, shell);
  const words =
    node.wordlist === undefined ? state.positional : node.wordlist.flatMap((word) => expander.words(word));
  const name = node.name.value;
  const { breaks } = shell.frame;
  shell.frame = { ...shell.frame, breaks: [] };
  let now: readonly State[] = [expander.state];
  let out: readonly State[] = now;
  const isMany =
    words.length > mostRounds ||
    node.type === 'Select' ||
    words.some((word) => !isKnown(word) && word.isNumber !== true);
  if (isMany) {
    const wide = rangeOf(words);
    const flow = repeatedBody(
      shell,
      node.body,
      now.map((each) => setText(each, name, wide)),
      input,
    );
    out = join(now, flow.ok);
  } else
    for (const word of words) {
      const flow = shell.list(
        node.body.commands,
        now.map((each) => setText(each, name, word)),
        input,
      );
      now = join(flow.ok, flow.fail, shell.frame.breaks);
      out = join(out, now);
      if (now.length === 0) break;
    }
  out = isMany || words.length === 0 ? join(out, shell.frame.breaks) : join(now, shell.frame.breaks);
  shell.frame = { ...shell.frame, breaks };
  return { ok: out, fail: out };
}

const rangeOf = (words: readonly Arg[]): Arg =>
  words.every((word) => word.isNumber === true || /^-?\d+$/.test(word.text))
    ? { ...unknown('0'), isNumber: true }
    : unknownFrom(originsOf(words), ...words);
