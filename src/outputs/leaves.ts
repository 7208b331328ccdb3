// A JSON value as its leaves, each under its RFC 6901 pointer: the grain at which settings are compared and merged.
import { isObject, type Json } from '../claude/jsonText.ts';
import { canonicalJson } from '../policy/canonicalJson.ts';

/** Arrays whose order means nothing to the CLI. */
const sets: ReadonlySet<string> = new Set([
  '/enabledMcpjsonServers',
  '/disabledMcpjsonServers',
  '/permissions/additionalDirectories',
  '/permissions/allow',
  '/permissions/ask',
  '/permissions/deny',
  '/sandbox/filesystem/allowWrite',
  '/sandbox/filesystem/denyRead',
  '/sandbox/filesystem/denyWrite',
]);

const escaped = (segment: string): string => segment.replaceAll('~', '~0').replaceAll('/', '~1');
const unescaped = (segment: string): string => segment.replaceAll('~1', '/').replaceAll('~0', '~');

/** The keys of a pointer, outermost first. */
export function segmentsOf(pointer: string): readonly string[] {
  return pointer === '' ? [] : pointer.slice(1).split('/').map(unescaped);
}

/** Every leaf of an object by its pointer. An array is one leaf, and so is an empty object. */
export function leavesOf(value: Json): ReadonlyMap<string, Json> {
  const leaves = new Map<string, Json>();
  const walk = (node: Json, pointer: string): void => {
    if (isObject(node)) {
      const entries = Object.entries(node);
      if (entries.length > 0) {
        for (const [key, child] of entries) walk(child, `${pointer}/${escaped(key)}`);
        return;
      }
    }
    leaves.set(pointer, node);
  };
  walk(value, '');
  return leaves;
}

/** The text that two leaves share exactly when they mean the same: canonical JSON, sets sorted and without repeats. */
export function leafForm(pointer: string, value: Json): string {
  if (sets.has(pointer) && Array.isArray(value))
    return canonicalJson([...new Set(value.map((item) => canonicalJson(item)))].sort());
  return canonicalJson(value);
}

/** Whether one pointer is the other's ancestor. */
export function isAbove(ancestor: string, pointer: string): boolean {
  return pointer.startsWith(`${ancestor}/`);
}

/** An object built from leaves, its keys sorted. A null-prototype tree, so that `__proto__` is a key like any other. */
export function fromLeaves(leaves: ReadonlyMap<string, Json>): Json {
  const root: Record<string, Json> = Object.create(null);
  for (const pointer of [...leaves.keys()].sort()) {
    const segments = segmentsOf(pointer);
    let node = root;
    segments.slice(0, -1).forEach((segment) => {
      const next = node[segment];
      if (next !== undefined && next !== null && typeof next === 'object' && !Array.isArray(next))
        node = next as Record<string, Json>;
      else {
        const made: Record<string, Json> = Object.create(null);
        node[segment] = made;
        node = made;
      }
    });
    const last = segments.at(-1);
    if (last !== undefined) node[last] = leaves.get(pointer) ?? null;
  }
  return root;
}

/** No settings file goes deeper than a handful of levels; a hostile one could, to end the process that walks it. */
const deepest = 100;

/** Whether a value is nested deeper than anything of ours, so that walking it could exhaust the stack. Walks level by level itself. */
export function isTooDeep(value: Json): boolean {
  let level: readonly Json[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > deepest) return true;
    level = level.flatMap((node) => (Array.isArray(node) ? node : isObject(node) ? Object.values(node) : []));
  }
  return false;
}

/** JSON as our files spell it: keys sorted, two spaces, final newline. */
export function prettyJson(value: Json): string {
  const sorted = (node: Json): Json => {
    if (Array.isArray(node)) return node.map(sorted);
    if (!isObject(node)) return node;
    const copy: Record<string, Json> = Object.create(null);
    for (const key of Object.keys(node).sort()) copy[key] = sorted(node[key] ?? null);
    return copy;
  };
  return `${JSON.stringify(sorted(value), null, 2)}\n`;
}
