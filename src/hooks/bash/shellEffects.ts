// From the text of a Bash command to what it would touch. The parser is loaded with this file and nowhere else.
import { parse } from 'unbash';
import type { ShellContext, ShellEffects } from './effects.ts';

const nothing: ShellEffects = { writes: [], reads: [], opaque: [], starts: [], commands: [] };

/**
 * What a Bash command would touch, as far as its text tells; what it does not tell is `opaque`. More than can happen
 * is listed rather than less: both branches of an `if`, a `cd` that succeeds and one that fails. Never throws.
 */
export function shellEffects(command: string, context: ShellContext): ShellEffects {
  const script = parse(command);
  const [error] = script.errors ?? [];
  if (error !== undefined) return { ...nothing, syntaxError: error.message };
  return { ...nothing, opaque: [{ what: 'a command', text: `${context.cwd}\n${command}`, does: 'write' }] };
}
