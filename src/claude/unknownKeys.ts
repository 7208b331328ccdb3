// Keys that the CLI does not know, at any depth where we know all that it does: it ignores them without a word.
import { nearMiss } from '../findings/nearMiss.ts';
import { visibleShort } from '../findings/visible.ts';
import { hookEventInfo } from './hookEvents.ts';
import { isObject, type Json, type JsonObject, pointer } from './jsonText.ts';
import type { Mistake } from './settingsReport.ts';

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** CLAUDE-CODE-CONTRACT.md section 1.2. */
const permissionKeys = words(
  'allow deny ask defaultMode additionalDirectories disableBypassPermissionsMode disableAutoMode',
);
/** CLAUDE-CODE-CONTRACT.md section 2.1. */
const entryKeys = words('matcher hooks');
const handlerKeys = words(`
  type command args async asyncRewake if once onFailure shell statusMessage timeout url headers allowedEnvVars
  prompt model server tool input continueOnBlock rewakeMessage rewakeSummary
`);

/** The mistake of a key that is not among the known ones; a warning where one of them was probably meant. */
export function unknownKey(key: string, at: string, known: ReadonlySet<string>, noun: string): Mistake {
  const near = nearMiss(key, known);
  const shown = visibleShort(JSON.stringify(key), 60);
  if (near === undefined)
    return {
      code: 'claude/unknown-key',
      key: at,
      on: 'key',
      message: `The CLI as we know it has no ${noun} ${shown} and ignores it.`,
    };
  return {
    code: 'claude/misspelt-key',
    key: at,
    on: 'key',
    args: { suggestion: near },
    message: `The CLI has no ${noun} ${shown} and ignores it: did you mean ${near}?`,
  };
}

function* below(
  holder: JsonObject,
  at: string,
  known: ReadonlySet<string>,
  noun: string,
): Generator<Mistake> {
  for (const key of Object.keys(holder))
    if (!known.has(key)) yield unknownKey(key, at + pointer(key), known, noun);
}

/** Unknown keys in `permissions`, in the entries of hooks and in their handlers. */
export function* nestedKeys(root: JsonObject): Generator<Mistake> {
  const { permissions, hooks } = root;
  if (isObject(permissions))
    yield* below(permissions, '/permissions', permissionKeys, 'setting of permissions');
  if (!isObject(hooks)) return;
  for (const [event, entries] of Object.entries(hooks)) {
    if (hookEventInfo(event) === undefined || !Array.isArray(entries)) continue;
    for (const [index, entry] of entries.entries()) {
      // An entry of the old form is told of as a whole.
      if (!isObject(entry) || !Array.isArray(entry.hooks)) continue;
      const at = pointer('hooks', event, index);
      yield* below(entry, at, entryKeys, 'key of a hook’s entry');
      for (const [position, handler] of entry.hooks.entries() as Iterable<[number, Json]>)
        if (isObject(handler))
          yield* below(handler, at + pointer('hooks', position), handlerKeys, 'key of a handler');
    }
  }
}
