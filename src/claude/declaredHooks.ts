// The hooks of a settings file, and what the CLI makes of malformed ones (CLAUDE-CODE-CONTRACT.md section 1.4).
import { nearMiss } from '../findings/nearMiss.ts';
import { visibleShort } from '../findings/visible.ts';
import type { ClaudeCode } from './codes.ts';
import { guardEvents, handlerTypes, hookEvents } from './hookEvents.ts';
import { isObject, type Json, type JsonObject, type JsonText, pointer } from './jsonText.ts';
import type { DeclaredHook } from './settingsReport.ts';

/** A mistake at a place of the file. */
export interface Mistake {
  readonly code: ClaudeCode;
  readonly key: string;
  readonly message: string;
  readonly args?: Readonly<Record<string, string>>;
  readonly on?: 'key' | 'value';
}

export interface Hooks {
  readonly hooks: readonly DeclaredHook[];
  readonly mistakes: readonly Mistake[];
  /** The pointer of what makes the CLI drop the file, if anything of the hooks does. */
  readonly droppedBy: string | undefined;
}

/** Why a handler is malformed, or undefined. */
function handlerMistake(handler: Json): string | undefined {
  if (!isObject(handler)) return 'a handler must be an object';
  const { type, command, url, timeout, onFailure, args } = handler;
  if (typeof type !== 'string') return 'a handler needs a type, such as "command"';
  if (!handlerTypes.has(type)) return `there is no handler type ${visibleShort(JSON.stringify(type), 40)}`;
  if (type === 'command' && typeof command !== 'string') return 'a handler of type "command" needs a command';
  if (type === 'http' && typeof url !== 'string') return 'a handler of type "http" needs a url';
  if (timeout !== undefined && typeof timeout !== 'number') return 'timeout must be a number of seconds';
  if (onFailure !== undefined && onFailure !== 'block' && onFailure !== 'continue')
    return 'onFailure must be "block" or "continue"';
  if (args !== undefined && !(Array.isArray(args) && args.every((word) => typeof word === 'string')))
    return 'args must be a list of texts';
  return undefined;
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

/** Takes the hooks of a settings file apart. */
export function declaredHooks(text: JsonText, value: Json | undefined): Hooks {
  const hooks: DeclaredHook[] = [];
  const mistakes: Mistake[] = [];
  let droppedBy: string | undefined;
  const malformed = (event: string, key: string, why: string): void => {
    const drops = guardEvents.has(event);
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
    mistakes.push({
      code: 'claude/entry-skipped',
      key: '/hooks',
      message: 'hooks must be an object of events, so the CLI skips all of it.',
    });
    return { hooks, mistakes, droppedBy };
  }
  for (const [event, entries] of Object.entries(value)) {
    const at = pointer('hooks', event);
    if (!hookEvents.some((known) => known === event)) {
      const near = nearMiss(event, hookEvents);
      mistakes.push({
        code: near === undefined ? 'claude/unknown-event' : 'claude/misspelt-event',
        key: at,
        on: 'key',
        message: `There is no hook event ${visibleShort(JSON.stringify(event), 60)}, so this never runs${near === undefined ? '' : `: did you mean ${near}?`}${near === undefined ? '.' : ''}`,
        ...(near === undefined ? {} : { args: { suggestion: near } }),
      });
    }
    if (!Array.isArray(entries)) {
      malformed(event, at, 'there must be a list of entries');
      continue;
    }
    entries.forEach((entry: Json, index) => {
      const entryAt = at + pointer(index);
      if (isLegacy(entry)) {
        const drops = guardEvents.has(event);
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
        const wrong = handlerMistake(handler);
        if (wrong !== undefined) malformed(event, handlerAt, wrong);
        if (!isObject(handler)) return;
        const isCommand = handler.type === 'command' && typeof handler.command === 'string';
        const form = !isCommand ? 'other' : Array.isArray(handler.args) ? 'exec' : 'shell';
        hooks.push(hookOf(text, event, textOf(entry.matcher) ?? '', handlerAt, handler, form));
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
