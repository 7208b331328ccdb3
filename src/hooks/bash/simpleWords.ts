// The arguments of a simple command, and what an assignment alone sets for what follows.
import type { Command } from 'unbash';
import { type Arg, isKnown, known, originsOf, unknown } from './arg.ts';
import { assignedValue } from './assignments.ts';
import type { Collector } from './collector.ts';
import type { Expander } from './expandWord.ts';
import { assigned } from './programs/wrappers.ts';
import { runProgram } from './programs.ts';
import { Run } from './run.ts';
import type { State, Value } from './state.ts';

/** A variable that is set for what follows. */
export function assignedInShell(name: string, value: Value, state: State, collector: Collector): void {
  const isExported =
    /\bset\s+-\w*a|allexport/.test(collector.source) ||
    state.vars.get(name)?.isExported === true ||
    collector.context.env?.[name] !== undefined;
  const run = new Run(collector, [known(name)], state.cwd, undefined, runProgram);
  if (isExported || /^(PATH|BASH_ENV|ENV|PROMPT_COMMAND|CDPATH|IFS|HISTFILE)$/.test(name))
    for (const item of value.items) assigned(run, name, item);
}

/** The words after the name; an argument that assigns, as of `export`, is one word. */
export function argsOf(node: Command, expander: Expander, collector: Collector): readonly Arg[] {
  return node.args.flatMap((arg): readonly Arg[] => {
    if (arg.type === 'Word') return expander.words(arg);
    const value = assignedValue(arg, expander, collector);
    const [first = known('')] = value.items;
    const text =
      arg.value.type === 'ArrayValue' || arg.index !== undefined ? unknown(originsOf(value.items)) : first;
    return [joinName(arg.name, text)];
  });
}

const joinName = (name: string, value: Arg): Arg =>
  isKnown(value)
    ? known(`${name}=${value.text}`)
    : { text: `${name}=`, origin: `${name}=${value.origin ?? ''}`, bare: `${name}=${value.bare ?? ''}` };
