// The hooks of a settings file, and what the CLI makes of malformed ones (CLAUDE-CODE-CONTRACT.md section 1.4).
import { nearMiss } from '../findings/nearMiss.ts';
import { visibleShort } from '../findings/visible.ts';
import { atLeast } from './cliVersion.ts';
import { guardEvents, type HookEventInfo, hookEventTable } from './hookEvents.ts';
import { handlerMistake } from './hookHandlers.ts';
import { isObject, type Json, type JsonObject, type JsonText, pointer } from './jsonText.ts';
import type { DeclaredHook, Mistake } from './settingsReport.ts';
import { holdsGuards, isEntry, strayGuards } from './strayGuards.ts';

/**
 * Since then a malformed hook drops the file under the guard events only, and there in whatever form; before, any
 * malformed entry dropped it, and an event without a list or guards elsewhere did not (2.1.197 and 2.1.329 were seen;
 * the first version that differs is not known).
 */
export const guardsCountSince = '2.1.198';

export interface Hooks {
  readonly hooks: readonly DeclaredHook[];
  readonly mistakes: readonly Mistake[];
  /** The pointer of what makes the CLI drop the file, if anything of the hooks does. */
  readonly droppedBy: string | undefined;
}

/** Why an entry of an event is malformed, its handlers aside, or undefined. */
function entryMistake(entry: Json): string | undefined {
  if (!isObject(entry)) return 'an entry must be an object';
  if (entry.matcher !== undefined && typeof entry.matcher !== 'string')
    return 'matcher must be a text, such as "Edit|Write"';
  return Array.isArray(entry.hooks) ? undefined : 'an entry needs a list "hooks" of handlers';
}

const isLegacy = (entry: Json): entry is JsonObject =>
  isObject(entry) && typeof entry.command === 'string' && entry.hooks === undefined;

const textOf = (value: Json | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined;

/** Takes the hooks of a settings file apart, as a version of the CLI does. */
export function declaredHooks(text: JsonText, value: Json | undefined, version: string): Hooks {
  const isNew = atLeast(version, guardsCountSince);
  const known = hookEventTable.filter((each: HookEventInfo) => atLeast(version, each.since ?? '0'));
  const hooks: DeclaredHook[] = [];
  const mistakes: Mistake[] = [];
  let droppedBy: string | undefined;
  const malformed = (
    event: string,
    key: string,
    why: string,
    drops = !isNew || guardEvents.has(event),
  ): void => {
    if (drops) droppedBy ??= key;
    mistakes.push({
      code: drops ? 'claude/dropped' : 'claude/entry-skipped',
      key,
      message: drops
        ? `The CLI drops this whole file, its deny rules and guards included: under ${event} ${why}.`
        : `The CLI skips this entry: under ${visibleShort(event, 40)} ${why}.`,
    });
  };
  if (value === undefined) return { hooks, mistakes, droppedBy };
  if (!isObject(value)) {
    // A list with an object in it might be the guards; any other, a text or null guards nothing.
    malformed(
      'hooks',
      '/hooks',
      'there must be an object of events',
      isNew && Array.isArray(value) && value.some((item: Json) => isObject(item)),
    );
    return { hooks, mistakes, droppedBy };
  }
  if (isNew && isEntry(value)) {
    malformed('hooks', '/hooks', 'an entry stands in the place of the events', true);
    return { hooks, mistakes, droppedBy };
  }
  for (const [event, entries] of Object.entries(value)) {
    const at = pointer('hooks', event);
    if (!known.some(({ name }) => name === event)) {
      if (isNew && holdsGuards(entries)) {
        droppedBy ??= at;
        mistakes.push(strayGuards(at));
        continue;
      }
      const near = nearMiss(
        event,
        known.map(({ name }) => name),
      );
      mistakes.push({
        code: near === undefined ? 'claude/unknown-event' : 'claude/misspelt-event',
        key: at,
        on: 'key',
        message: `There is no hook event ${visibleShort(JSON.stringify(event), 60)}, so this never runs${near === undefined ? '' : `: did you mean ${near}?`}${near === undefined ? '.' : ''}`,
        ...(near === undefined ? {} : { args: { suggestion: near } }),
      });
      continue;
    }
    if (!Array.isArray(entries)) {
      malformed(
        event,
        at,
        'there must be a list of entries',
        isNew && guardEvents.has(event) && entries !== null,
      );
      continue;
    }
    entries.forEach((entry: Json, index) => {
      const entryAt = at + pointer(index);
      if (isLegacy(entry)) {
        const drops = !isNew || guardEvents.has(event);
        if (drops) droppedBy ??= entryAt;
        mistakes.push({
          code: drops ? 'claude/legacy-hook' : 'claude/legacy-hook-skipped',
          key: entryAt,
          message: drops
            ? `This hook is in an old form, and the CLI drops the whole file for it, deny rules included. Migrate it: {"hooks": [{"type": "command", "command": …}]}.`
            : `This hook is in an old form, so the CLI skips it and it never runs. Migrate it: {"hooks": [{"type": "command", "command": …}]}.`,
        });
        hooks.push(hookOf(text, event, '', entryAt, entry, 'legacy'));
        return;
      }
      const why = entryMistake(entry);
      if (why !== undefined || !isObject(entry)) {
        malformed(event, entryAt, why ?? 'an entry must be an object');
        return;
      }
      const handlers = Array.isArray(entry.hooks) ? entry.hooks : [];
      handlers.forEach((handler: Json, position: number) => {
        const handlerAt = entryAt + pointer('hooks', position);
        const wrong = handlerMistake(handler, version);
        if (wrong !== undefined) malformed(event, handlerAt, wrong);
        if (!isObject(handler)) return;
        const isCommand = handler.type === 'command' && typeof handler.command === 'string';
        const form = !isCommand ? 'other' : Array.isArray(handler.args) ? 'exec' : 'shell';
        const hook = hookOf(text, event, textOf(entry.matcher) ?? '', handlerAt, handler, form);
        hooks.push(wrong === undefined ? hook : { ...hook, isMalformed: true });
      });
    });
  }
  return { hooks, mistakes, droppedBy };
}

function hookOf(
  text: JsonText,
  event: string,
  matcher: string,
  at: string,
  handler: JsonObject,
  form: DeclaredHook['form'],
): DeclaredHook {
  const range = text.rangeOfValue(`${at}/command`) ?? text.rangeOfValue(at);
  const command = textOf(handler.command);
  const url = textOf(handler.url);
  const onFailure = textOf(handler.onFailure);
  const { args, timeout } = handler;
  return {
    event,
    matcher,
    pointer: at,
    type: textOf(handler.type) ?? '',
    isAsync: handler.async === true,
    form,
    range: range ?? { line: 1, column: 1, endLine: 1, endColumn: 1 },
    ...(command === undefined ? {} : { command }),
    ...(url === undefined ? {} : { url }),
    ...(onFailure === undefined ? {} : { onFailure }),
    ...(typeof timeout === 'number' ? { timeout } : {}),
    ...(Array.isArray(args) ? { args: args.map(String) } : {}),
  };
}
