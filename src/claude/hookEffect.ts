// What the CLI does when a hook fails to do its work: hooks fail open, but for some accidents and for `onFailure`.
import { hookEventInfo } from './hookEvents.ts';
import type { DeclaredHook } from './settingsReport.ts';

/** `open`: what the hook should stop goes on. `closed`: everything is stopped. `nothing`: there was nothing to stop. */
export type Effect = 'open' | 'closed' | 'closed-by-choice' | 'depends' | 'nothing';

/** The end of a sentence that says what is wrong with the hook. */
export const effectWords: Readonly<Record<Effect, string>> = {
  open: 'the hook fails and everything that it should stop goes through.',
  closed: 'its interpreter exits with 2, which the CLI takes for a refusal: every call is locked out.',
  'closed-by-choice': 'the hook fails and, since onFailure is "block", every call is locked out.',
  depends:
    'the hook fails. Where sh exits with 2 every call is locked out; elsewhere everything goes through.',
  nothing: 'the hook does nothing.',
};

/**
 * What follows when the hook's process ends with an exit code (CLAUDE-CODE-CONTRACT.md sections 0.3, 0.4 and 2.3).
 * `undefined` means that the code depends on the machine.
 */
export function effectOfFailure(hook: DeclaredHook, exitCode: number | undefined): Effect {
  const blocks = hookEventInfo(hook.event)?.blocks !== undefined;
  // An asynchronous hook is not waited for, so it can't stop anything; nor can one whose event has nothing to stop.
  if (hook.isAsync || !(blocks || hook.event === 'PermissionRequest')) return 'nothing';
  if (hook.onFailure === 'block') return 'closed-by-choice';
  if (!blocks) return 'open';
  if (exitCode === undefined) return 'depends';
  return exitCode === 2 ? 'closed' : 'open';
}
