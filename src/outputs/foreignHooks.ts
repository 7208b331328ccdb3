// The entries of a hook event, taken apart: those that run a hook of ours, and those that somebody else put beside them.
import { isObject, type Json } from '../claude/jsonText.ts';

const ourScript = /(^|\/)agents\/\.orchestrator\/(guard|report)\.mjs$/;

/** Whether an entry is one that we write: all that it runs is a hook of ours. */
function isOurs(entry: Json): boolean {
  const handlers = isObject(entry) ? entry.hooks : undefined;
  if (!Array.isArray(handlers) || handlers.length === 0) return false;
  return handlers.every(
    (handler: Json) =>
      isObject(handler) &&
      Array.isArray(handler.args) &&
      handler.args.some((arg: Json) => typeof arg === 'string' && ourScript.test(arg)),
  );
}

/** Events whose hooks can answer for the person who would be asked (CLAUDE-CODE-CONTRACT.md section 2.2), by pointer. */
export const answersForPeople = /^\/hooks\/(PreToolUse|PermissionRequest)$/;

export interface HookEntries {
  readonly ours: readonly Json[];
  readonly theirs: readonly Json[];
}

/** The entries at a pointer such as `/hooks/Stop`; undefined for other pointers and for what is no list of objects. */
export function hookEntries(pointer: string, value: Json | undefined): HookEntries | undefined {
  if (!/^\/hooks\/[^/]+$/.test(pointer) || !Array.isArray(value)) return undefined;
  const entries: readonly Json[] = value;
  if (!entries.every((entry) => isObject(entry))) return undefined;
  return {
    ours: entries.filter((entry) => isOurs(entry)),
    theirs: entries.filter((entry) => !isOurs(entry)),
  };
}
