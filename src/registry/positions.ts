// Where things stand in the registry's text. Looked up when asked for: most parses ask for little.
import { type Range, startOfFile } from '../findings/finding.ts';
import type { LineIndex } from '../findings/lineIndex.ts';
import { moved, type Span } from './draft.ts';
import { type Place, placeOf } from './entry.ts';
import type { Outline, Placed } from './outline.ts';

/** Where things stand in the registry's text. */
export interface Positions {
  /** The range of the value (for a map entry: its key) at a path such as `['agents', 'qa-agent', 'tools', 0]`; of the nearest ancestor that exists otherwise. */
  at(path: readonly (string | number)[]): Range;
  /** The range of the value that is written at exactly this path, never of what `defaults` give; undefined when none is. */
  valueAt(path: readonly (string | number)[]): Range | undefined;
  /** The id of the agent whose block covers a 1-based line; undefined outside the agents. */
  agentAt(line: number): string | undefined;
}

export function positionsOf(outline: Outline, index: LineIndex): Positions {
  let byId: ReadonlyMap<string, Placed> | undefined;
  let starts: readonly { readonly line: number; readonly id: string }[] | undefined;
  let last = 0;
  const rangeOf = (span: Span): Range => index.rangeOf(span.start, span.end);

  const find = (path: readonly (string | number)[], wanted: 'key' | 'value'): Place | undefined => {
    byId ??= new Map(outline.agents.toReversed().map((placed) => [placed.entry.id, placed]));
    const placed = path[0] === 'agents' && path.length > 1 ? byId.get(String(path[1])) : undefined;
    if (placed !== undefined) {
      const { fields, targets, key } = placed.entry;
      if (path.length === 2 && wanted === 'key') return { span: moved(key, placed.base), isExact: true };
      const inside = placeOf(fields, path.slice(2), targets, wanted);
      if (inside === undefined) return { span: moved(key, placed.base), isExact: path.length === 2 };
      return { span: moved(inside.span, placed.base), isExact: inside.isExact };
    }
    const { fields, targets, place } = outline;
    // Agents are not found among the top-level fields when the text was read in pieces.
    const above = path[0] === 'agents' ? path.slice(0, 1) : path;
    const found = fields === undefined ? undefined : placeOf(fields, above, targets, wanted);
    return found && { span: place(found.span), isExact: found.isExact && above.length === path.length };
  };

  return {
    at(path) {
      const found = find(path, 'key');
      return found === undefined ? startOfFile : rangeOf(found.span);
    },
    valueAt(path) {
      const found = find(path, 'value');
      return found?.isExact ? rangeOf(found.span) : undefined;
    },
    agentAt(line) {
      if (starts === undefined) {
        starts = outline.agents.map(({ entry, base }) => ({
          line: rangeOf(moved(entry.key, base)).line,
          id: entry.id,
        }));
        const end = index.rangeOf(outline.agentsEnd, outline.agentsEnd);
        last = end.column === 1 ? end.line - 1 : end.line;
      }
      if (line > last) return undefined;
      let low = -1;
      for (let high = starts.length - 1; low < high; ) {
        const middle = (low + high + 1) >> 1;
        if ((starts[middle]?.line ?? 0) <= line) low = middle;
        else high = middle - 1;
      }
      return starts[low]?.id;
    },
  };
}
