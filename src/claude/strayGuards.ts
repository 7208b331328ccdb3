// Guard hooks in the wrong place of a settings file: the CLI drops the whole file rather than run without them.
import { visibleShort } from '../findings/visible.ts';
import { guardEvents, hookEvents } from './hookEvents.ts';
import { isObject, type Json, type JsonObject, pointerSegments } from './jsonText.ts';
import type { Mistake } from './settingsReport.ts';

const events: ReadonlySet<string> = new Set(hookEvents);

/** Keys below which the CLI does not look for hooks: their contents are names of a user's own. */
const unsearched: ReadonlySet<string> = new Set(
  'env mcpServers managedMcpServers lspServers pluginConfigs enabledPlugins extraKnownMarketplaces skillOverrides modelSettings'.split(
    ' ',
  ),
);

/** How many levels below a key the CLI looks. */
const depth = 3;

/** An object with a guard event in it that is neither null nor an empty list. */
function hasGuardEvent(value: JsonObject): boolean {
  return Object.entries(value).some(
    ([key, inner]) => guardEvents.has(key) && inner !== null && !(Array.isArray(inner) && inner.length === 0),
  );
}

/** An object of the shape `{matcher, hooks: […]}`. */
export function isEntry(value: JsonObject): boolean {
  const hasMatcher = Object.hasOwn(value, 'matcher');
  if (!hasMatcher && Object.keys(value).some((key) => events.has(key))) return false;
  const { hooks } = value;
  if (Array.isArray(hooks)) return hooks.length > 0;
  return isObject(hooks) && (hasMatcher || typeof hooks.type === 'string');
}

function search(value: Json, left: number, entriesCount: boolean): boolean {
  if (isObject(value)) {
    if (hasGuardEvent(value) || (entriesCount && isEntry(value))) return true;
    if (left === 0) return false;
    return Object.entries(value).some(
      ([key, inner]) => !unsearched.has(key) && search(inner, left - 1, entriesCount && !events.has(key)),
    );
  }
  return (
    left > 0 && Array.isArray(value) && value.some((inner: Json) => search(inner, left - 1, entriesCount))
  );
}

/** Whether what stands under a name that is no event holds guard hooks. A list may be an event of a newer CLI. */
export function holdsGuards(value: Json): boolean {
  return search(value, depth, isObject(value));
}

/** The top-level keys other than `hooks` that are, or hold, guard hooks (tried with `claude doctor` of 2.1.329). */
export function guardsOutsideHooks(root: JsonObject): readonly string[] {
  return Object.entries(root)
    .filter(([key]) => key !== 'hooks' && !unsearched.has(key))
    .filter(([key, value]) => hasGuardEvent({ [key]: value }) || search(value, depth, !events.has(key)))
    .map(([key]) => key);
}

/** The mistake at a key that holds guard hooks and must not. */
export function strayGuards(key: string): Mistake {
  const name = visibleShort(JSON.stringify(pointerSegments(key).at(-1) ?? ''), 60);
  return {
    code: 'claude/hooks-misplaced',
    key,
    on: 'key',
    message: `The CLI drops this whole file, its deny rules and guards included: ${name} holds hooks for PreToolUse or PermissionRequest, which must stand directly under "hooks".`,
  };
}
