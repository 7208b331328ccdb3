// Writes into the registry that a difference is to be lived with, where that is allowed.
import { type EditOptions, editRegistry, type RegistryEdit } from '../registry/edit/editRegistry.ts';
import type { FieldChange } from '../registry/edit/fieldChange.ts';
import type { Agent, IgnoreEntry } from '../registry/model.ts';
import { whyNotIgnored } from './ignoreFindings.ts';
import type { OutputState } from './output.ts';

const isDate = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && new Date(`${text}T00:00:00Z`).toISOString().startsWith(text);

/** What is wrong with a last day; undefined when it can be one. `today` is an ISO date. */
export function untilProblem(until: string, today: string): string | undefined {
  try {
    if (!isDate(until)) return 'The last day is a date such as 2030-12-31.';
  } catch {
    return 'There is no such day.';
  }
  return until < today ? 'That day has passed.' : undefined;
}

/**
 * The registry's text with the entry, in the place of those of the agent's own that speak of the same. Refused where the
 * difference may not be ignored. Never throws.
 */
export function ignoreDifference(
  text: string,
  agent: Agent,
  output: OutputState,
  entry: IgnoreEntry,
  options: EditOptions = {},
): RegistryEdit {
  const why = whyNotIgnored(output, entry);
  if (why !== undefined) return { kind: 'refused', reason: why };
  const earlier = agent.ignore.flatMap(({ file, key }, index) =>
    file === entry.file && key === entry.key ? [index] : [],
  );
  // From the last one, so that the places of the others stay.
  const drops = earlier.reverse().map((index): FieldChange => ({ kind: 'dropIgnore', index }));
  return editRegistry(text, agent.id, [{ kind: 'ignore', entry }, ...drops], options);
}
