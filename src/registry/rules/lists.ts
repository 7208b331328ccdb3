// Rules about lists in general: the same item twice.
import { visibleShort } from '../../findings/visible.ts';
import type { Draft } from '../draft.ts';
import { type Entry, textsOf, valueSpan } from '../entry.ts';

const listFields = [
  'tools',
  'delegates_to',
  'cannot_access',
  'exclusive_access',
  'cannot_read',
  'responsibilities',
  'forbidden',
  'tags',
  'context_files',
  'allow_bash',
  'deny_bash',
  'mcp_servers',
] as const;

export function* duplicateItems(entry: Entry): Generator<Draft> {
  for (const field of listFields) {
    const seen = new Set<string>();
    for (const [index, item] of textsOf(entry, field)) {
      if (seen.has(item)) {
        const shown = visibleShort(item);
        yield {
          code: 'registry/duplicate-item',
          span: valueSpan(entry, field, index),
          args: { field, item: shown },
          message: `\`${shown}\` stands twice in \`${field}\`. The second has no effect; delete it.`,
        };
      }
      seen.add(item);
    }
  }
}
