// Rules about an agent's id: its form, the names that are taken, and `name`, which must repeat it.
import { visibleShort } from '../../findings/visible.ts';
import type { Draft } from '../draft.ts';
import { type Entry, valueSpan, writtenIn } from '../entry.ts';
import { isAgentId } from '../model.ts';

/** Why an id is taken, by its lower-case form. The agent types are the CLI's (CLAUDE-CODE-CONTRACT.md section 8). */
function holderOf(id: string): string | undefined {
  const folded = id.toLowerCase();
  if (folded === 'archive') return 'it is where cleaned-up agents go';
  if (/^(con|prn|aux|nul|(com|lpt)[1-9])$/.test(folded)) return 'it is the name of a device on Windows';
  if (/^(claude|explore|fork|general-purpose|plan|statusline-setup)$/.test(folded))
    return 'it is an agent type that the CLI brings along';
  return undefined;
}

export function* badIds(entry: Entry): Generator<Draft> {
  if (entry.kind !== 'agent') return;
  const shown = visibleShort(entry.id);
  const holder = holderOf(entry.id);
  if (holder !== undefined)
    yield {
      code: 'registry/reserved-id',
      span: entry.key,
      args: { id: shown },
      message: `An agent cannot be called \`${shown}\`: ${holder}. Choose another id.`,
    };
  else if (!isAgentId(entry.id))
    yield {
      code: 'registry/bad-id',
      span: entry.key,
      args: { id: shown },
      message: `\`${shown}\` is not an agent id. An id is lower-case words and digits joined by single hyphens, starts with a letter and has at most 64 characters.`,
    };
}

export function* differingNames(entry: Entry): Generator<Draft> {
  if (entry.kind !== 'agent') return;
  const { name } = writtenIn(entry);
  if (typeof name !== 'string' || name === entry.id) return;
  const shown = visibleShort(name);
  const id = visibleShort(entry.id);
  yield {
    code: 'registry/name-differs',
    span: valueSpan(entry, 'name'),
    args: { name: shown, id },
    message: `\`name\` is \`${shown}\`, but the entry's key is \`${id}\`. Both must be the same id.`,
  };
}
