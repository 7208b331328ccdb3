// From the words of one simple command to what it would touch, without the parser.
import type { ShellContext, ShellEffects } from './effects.ts';

/** What `shellEffects` gives for the command that `plainWords` took apart, sooner. Never throws. */
export function wordEffects(words: readonly string[], context: ShellContext): ShellEffects {
  return {
    writes: [],
    reads: [],
    opaque: [{ what: 'a command', text: `${context.cwd}\n${words.join(' ')}`, does: 'write' }],
    starts: [],
    commands: [words],
  };
}
