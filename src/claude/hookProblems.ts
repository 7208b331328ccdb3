// Hooks that the CLI takes as they are written, and that still do not do what they look like.
import { visibleShort } from '../findings/visible.ts';
import { atLeast } from './cliVersion.ts';
import { guardEvents, hookEventInfo, refusedTypes } from './hookEvents.ts';
import { handlerMistake, onFailureSince } from './hookHandlers.ts';
import { isObject, type Json, type JsonObject, pointer } from './jsonText.ts';
import { matcherProblem } from './matchers.ts';
import type { Mistake } from './settingsReport.ts';

const isMatcher = (value: Json | undefined): boolean => value === undefined || typeof value === 'string';

/** The mistakes of well-formed entries and handlers; malformed ones are `declaredHooks`' business. */
export function* hookProblems(hooks: Json | undefined, version: string): Generator<Mistake> {
  if (!isObject(hooks)) return;
  for (const [event, entries] of Object.entries(hooks)) {
    if (hookEventInfo(event) === undefined || !Array.isArray(entries)) continue;
    for (const [index, entry] of entries.entries()) {
      if (!isObject(entry) || !Array.isArray(entry.hooks) || !isMatcher(entry.matcher)) continue;
      const at = pointer('hooks', event, index);
      const wrong = typeof entry.matcher === 'string' ? matcherProblem(entry.matcher, event) : undefined;
      if (wrong !== undefined)
        yield {
          code: 'claude/matcher-never-matches',
          key: `${at}/matcher`,
          message: `This hook is left out: its matcher ${wrong.why}.`,
          ...(wrong.suggestion === undefined ? {} : { args: { suggestion: wrong.suggestion } }),
        };
      for (const [position, handler] of entry.hooks.entries())
        if (isObject(handler) && handlerMistake(handler, version) === undefined)
          yield* handlerProblems(handler, event, at + pointer('hooks', position), version);
    }
  }
}

/** Whether a hook is meant to refuse, by what it is called: a log beside the call is rightly asynchronous. */
function soundsLikeGuard({ command, args, url }: JsonObject): boolean {
  const words = [command, url, ...(Array.isArray(args) ? args : [])].filter(
    (word) => typeof word === 'string',
  );
  return /guard|den(y|ied)|block|protect|restrict|enforce|policy|forbid|prevent/i.test(words.join(' '));
}

function* handlerProblems(
  handler: JsonObject,
  event: string,
  at: string,
  version: string,
): Generator<Mistake> {
  const { type, onFailure } = handler;
  const isAsync = handler.async === true;
  if (typeof type === 'string' && refusedTypes.get(event)?.includes(type) === true) {
    yield {
      code: 'claude/handler-type',
      key: `${at}/type`,
      message: `A handler of type ${visibleShort(type, 20)} can’t run for ${event}, so this hook never does anything. Use "command".`,
    };
    return;
  }
  const blocks = guardEvents.has(event) || hookEventInfo(event)?.blocks !== undefined;
  if (isAsync && guardEvents.has(event) && (onFailure !== undefined || soundsLikeGuard(handler)))
    yield {
      code: 'claude/async-guard',
      key: `${at}/async`,
      message: `The CLI does not wait for this hook, so it can’t stop anything under ${event}. Take "async" out if it is to guard.`,
    };
  if (onFailure !== 'block') {
    if (
      guardEvents.has(event) &&
      !isAsync &&
      onFailure === undefined &&
      ['command', 'http'].includes(String(type))
    )
      yield {
        code: 'claude/no-on-failure',
        key: at,
        message: `When this hook fails, the call goes through. If it is to guard, add "onFailure": "block".`,
      };
    return;
  }
  const why = !atLeast(version, onFailureSince)
    ? `the CLI ${visibleShort(version, 20)} does not know it: ${onFailureSince} or later does`
    : isAsync
      ? 'the CLI does not wait for an async hook'
      : blocks
        ? undefined
        : `there is nothing to block under ${event}`;
  if (why !== undefined)
    yield {
      code: 'claude/on-failure-idle',
      key: `${at}/onFailure`,
      message: `"onFailure": "block" does nothing here: ${why}.`,
    };
}
