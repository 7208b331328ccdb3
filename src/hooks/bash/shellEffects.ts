// From the text of a Bash command to what it would touch. The parser is loaded with this file and nowhere else.
import { Collector } from './collector.ts';
import type { ShellContext, ShellEffects } from './effects.ts';
import { Shell } from './evaluate.ts';
import { NotShell } from './notShell.ts';
import { TooMuch } from './tooMuch.ts';

/** Longer commands are not judged. No honest one is a tenth as long. */
const mostLength = 200_000;

/**
 * What a Bash command would touch, as far as its text tells; what it does not tell is `opaque`. More than can happen
 * is listed rather than less: both branches of an `if`, a `cd` that succeeds and one that fails. Never throws.
 */
export function shellEffects(command: string, context: ShellContext): ShellEffects {
  const collector = new Collector(command, context);
  if (command.length > mostLength) return collector.effects('The command is too long to be judged.');
  if (/\0/.test(command)) return collector.effects('The command holds a null character.');
  try {
    new Shell(collector).runAll();
    return collector.effects();
  } catch (error) {
    if (error instanceof NotShell)
      return collector.effects(
        `bash would not understand the command: ${error.message.replace(/\.+$/, '')}.`,
      );
    if (error instanceof TooMuch) return collector.effects(error.message);
    return collector.effects('The command cannot be judged.');
  }
}
