// Whether a text may be typed into a session now. Pure: what types it is pasteInto of tmux.ts.
import { visibleShort } from '../findings/visible.ts';
import type { ListedSession } from './agentsList.ts';
import type { SessionState } from './crossCheck.ts';

/** Characters of a prompt: tmux takes more, a person at a prompt does not. */
const mostCharacters = 100_000;

/** Why a text can't be typed as it is, as a sentence; undefined when it can. */
export function promptProblem(text: string): string | undefined {
  if (text.trim() === '') return 'The prompt is empty.';
  if (text.length > mostCharacters)
    return `The prompt has ${text.length} characters, and at most ${mostCharacters} are typed. Put it in a file and name that.`;
  // The CLI takes these out of a paste, and then waits for a person to press Enter (seen with 2.1.329).
  if (/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/.test(text))
    return 'The prompt has invisible marks that reorder text, as a copy from a web page may. claude takes those out and does not begin by itself. Take them out.';
  // An escape could end the paste, and what follows it would be keys.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what it looks for
  return /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]|\r(?!\n)/.test(text)
    ? 'The prompt has control characters other than line ends and tabs. Take them out.'
    : undefined;
}

/** Why nothing is typed into a session as it is now, as the end of a sentence; undefined when it waits at its prompt, or works. */
export function sendRefusal(
  state: SessionState | undefined,
  listed: ListedSession | undefined,
): string | undefined {
  if (state === undefined) return 'nothing is known of its session';
  if (listed === undefined)
    return 'claude does not say what it does, so a question may be open on its screen';
  if (listed.status === 'waiting')
    return `it waits for a person (${visibleShort(listed.waitingFor ?? 'a question', 60)}), and what is typed would answer that`;
  if (listed.status === undefined) return 'it is not at its prompt yet';
  if (state.state === 'idle' || state.state === 'working') return undefined;
  if (state.state !== 'needsYou') return `its state is ${state.state}: ${visibleShort(state.evidence, 80)}`;
  return state.need === 'done' || state.need === 'failed'
    ? undefined
    : `it waits for a person (${state.need ?? 'a question'}), and what is typed would answer that`;
}
