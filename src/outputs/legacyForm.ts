// The form of settings that earlier tooling wrote: what of a file is of it, and the file without it. Pure.
import { isObject, type Json, type JsonObject, pointer, readJson } from '../claude/jsonText.ts';
import { migrateHookEntry } from '../claude/migrateHook.ts';
import { legacyKeys } from '../claude/settingsKeys.ts';
import { isTooDeep } from './leaves.ts';

/** Keys of the legacy form besides those that belong to no other form: the CLI has no such settings. */
const describingKeys: readonly string[] = ['description', 'role', 'agentId'];

/** The script by which earlier tooling enforced what the guard does now. */
const earlierGuard = /(^|\/)\.claude\/hooks\/auto-deny(\.\w+)?["']?$/;

export interface LegacyHook {
  readonly event: string;
  /** RFC 6901, of the entry. */
  readonly pointer: string;
  readonly command: string;
  /** It is what our guard takes the place of. */
  readonly isEarlierGuard: boolean;
}

/** What of a settings file is of the legacy form. */
export interface LegacyForm {
  readonly value: JsonObject;
  readonly hooks: readonly LegacyHook[];
  /** Top-level keys. */
  readonly keys: readonly string[];
}

/** Takes a settings file apart; undefined when it has nothing of the legacy form, or is no JSON object. Never throws. */
export function legacyFormOf(text: string): LegacyForm | undefined {
  const { value } = readJson(text);
  if (!isObject(value) || isTooDeep(value)) return undefined;
  const hooks: LegacyHook[] = [];
  for (const [event, entries] of Object.entries(isObject(value.hooks) ? value.hooks : {})) {
    if (!Array.isArray(entries)) continue;
    for (const [index, entry] of (entries as readonly Json[]).entries()) {
      if (!isObject(entry) || typeof entry.command !== 'string' || entry.hooks !== undefined) continue;
      const { command } = entry;
      const isEarlierGuard = event === 'PreToolUse' && earlierGuard.test(command.trim());
      hooks.push({ event, pointer: pointer('hooks', event, index), command, isEarlierGuard });
    }
  }
  const own = Object.keys(value).filter((key) => legacyKeys.has(key));
  if (hooks.length === 0 && own.length === 0) return undefined;
  const describing = describingKeys.filter((key) => typeof value[key] === 'string');
  return { value, hooks, keys: [...own, ...describing] };
}

/**
 * The value of a file without its legacy form: its keys are left out, so are entries that the guard takes the place of,
 * and the other hooks are in the present form. Undefined when an entry cannot be rewritten.
 */
export function withoutLegacyForm({ value: written, hooks, keys }: LegacyForm): JsonObject | undefined {
  // Written anew, a key that stands twice in the file stands there once, as the CLI reads it.
  let rewritten = JSON.stringify(written);
  for (const { pointer: at, isEarlierGuard } of hooks) {
    const next = isEarlierGuard ? rewritten : migrateHookEntry(rewritten, at);
    if (next === undefined) return undefined;
    rewritten = next;
  }
  const { value } = readJson(rewritten);
  if (!isObject(value)) return undefined;
  const left = Object.entries(value).filter(([key]) => !keys.includes(key));
  const replaced = new Set(hooks.filter((hook) => hook.isEarlierGuard).map((hook) => hook.pointer));
  return Object.fromEntries(
    left.flatMap(([key, member]): [string, Json][] => {
      if (key !== 'hooks' || !isObject(member)) return [[key, member]];
      const events = Object.entries(member).flatMap(([event, entries]): [string, Json][] => {
        if (!Array.isArray(entries)) return [[event, entries]];
        const kept = entries.filter((_, index) => !replaced.has(pointer('hooks', event, index)));
        return kept.length === 0 && entries.length > 0 ? [] : [[event, kept]];
      });
      return events.length === 0 ? [] : [[key, Object.fromEntries(events)]];
    }),
  );
}
