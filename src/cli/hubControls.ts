// What an operator of the hub may do, done by the verbs themselves: same checks, same words, nobody to be asked.
import { isUserError } from '../findings/userError.ts';
import type { Controls } from '../hub/hubCore.ts';
import { restart } from './restart.ts';
import { send } from './send.ts';
import { start } from './start.ts';
import { stop } from './stop.ts';
import type { Io, Verb, VerbContext } from './verb.ts';

interface Wish {
  readonly verb: Verb;
  readonly positionals: readonly string[];
  readonly flags?: readonly string[];
  readonly options?: Readonly<Record<string, string>>;
}

/** Runs sessions in tmux: the hub has no terminal to lend. `onBug` gets what a verb threw and should not have. */
export function hubControls(context: VerbContext, onBug: (error: unknown) => void): Controls {
  const { io } = context;
  async function run({ verb, positionals, flags = [], options = {} }: Wish, isAgreed: boolean) {
    const said: string[] = [];
    const { ask: _, progress: __, ...quiet } = io;
    const own: Io = { ...quiet, out: () => {}, err: (text) => said.push(text), hasColour: false };
    try {
      const code = await verb.run({
        ...context,
        io: own,
        positionals,
        flag: (name) => flags.includes(name) || (name === 'yes' && isAgreed),
        option: (name) => options[name],
        format: 'text',
      });
      if (code === 0) return { ok: true };
      return { ok: false, error: said.join('').trim() || `${verb.name} ended with code ${code}.` };
    } catch (error) {
      if (isUserError(error)) return { ok: false, error: error.message };
      onBug(error);
      return { ok: false, error: 'It failed for a reason that is a bug of ours; the log has it.' };
    }
  }

  return {
    run(action, agent, text, { confirm }) {
      const positionals = agent === undefined ? [] : [agent];
      switch (action) {
        case 'start':
          return run({ verb: start, positionals, options: { runner: 'tmux' } }, confirm);
        case 'stop':
          return run({ verb: stop, positionals }, confirm);
        case 'restart':
          return run({ verb: restart, positionals }, confirm);
        case 'stop_all':
          return run({ verb: stop, positionals: [], flags: ['all'] }, confirm);
        case 'send_prompt':
          return run({ verb: send, positionals: [...positionals, text ?? ''] }, confirm);
      }
    },
  };
}
