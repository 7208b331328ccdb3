// From the words of one simple command to what it would touch, without the parser.
import { known } from './arg.ts';
import { Collector } from './collector.ts';
import type { ShellContext, ShellEffects } from './effects.ts';
import { runProgram } from './programs.ts';
import { Run } from './run.ts';

/** What `shellEffects` gives for the command that `plainWords` took apart, sooner. Never throws. */
export function wordEffects(words: readonly string[], context: ShellContext): ShellEffects {
  const collector = new Collector(words.join(' '), context);
  try {
    runProgram(new Run(collector, words.map(known), known(context.cwd), undefined, runProgram));
    return collector.effects();
  } catch (error) {
    return collector.effects(error instanceof Error ? error.message : 'The command cannot be judged.');
  }
}
