// Rules that need to know more than the registry: the CLI's tools and models, and the day it is.
import { nearMiss } from '../../findings/nearMiss.ts';
import { visibleShort } from '../../findings/visible.ts';
import { type Draft, moved } from '../draft.ts';
import { isPlain, textsOf, valueSpan, writtenIn } from '../entry.ts';
import { agentArg, type Fleet, itemSpan, writersOf } from '../fleet.ts';
import { didYouMean } from '../wording.ts';

/** What the CLI is known to have; see `claude/`. */
export interface RegistryFacts {
  readonly tools: ReadonlySet<string>;
  readonly models: ReadonlySet<string>;
}

export function* unknownTools(fleet: Fleet, { tools }: RegistryFacts): Generator<Draft> {
  const guesses = new Map<string, string | undefined>();
  for (const placed of writersOf(fleet, 'tools'))
    for (const [index, tool] of textsOf(placed.entry, 'tools')) {
      if (tools.has(tool) || tool.startsWith('mcp__')) continue;
      const shown = visibleShort(tool);
      if (!guesses.has(tool)) guesses.set(tool, nearMiss(tool, tools));
      const meant = guesses.get(tool);
      yield {
        code: 'registry/unknown-tool',
        span: itemSpan(placed, 'tools', index),
        ...agentArg(placed.entry),
        args: { tool: shown, ...(meant === undefined ? {} : { meant }) },
        message: `\`${shown}\` is not a tool that we know of.${didYouMean(meant)} The CLI drops unknown tools silently.`,
      };
    }
}

export function* unknownModels(fleet: Fleet, { models }: RegistryFacts): Generator<Draft> {
  for (const placed of writersOf(fleet, 'model')) {
    const { model } = writtenIn(placed.entry);
    if (typeof model !== 'string' || models.has(model)) continue;
    const shown = visibleShort(model);
    const meant = nearMiss(model, models);
    yield {
      code: 'registry/unknown-model',
      span: moved(valueSpan(placed.entry, 'model'), placed.base),
      ...agentArg(placed.entry),
      args: { model: shown, ...(meant === undefined ? {} : { meant }) },
      message: `\`${shown}\` is not a model that we know of.${didYouMean(meant)} The CLI accepts any name and fails at the first message when there is no such model.`,
    };
  }
}

/** `today` is an ISO 8601 day; the last day of an entry still counts. */
export function* expiredIgnores(fleet: Fleet, today: string): Generator<Draft> {
  for (const placed of writersOf(fleet, 'ignore')) {
    const { ignore } = writtenIn(placed.entry);
    if (!Array.isArray(ignore)) continue;
    for (const [index, item] of ignore.entries()) {
      const until = isPlain(item) ? item.until : undefined;
      if (typeof until !== 'string' || until >= today.slice(0, 10)) continue;
      const shown = visibleShort(until);
      yield {
        code: 'registry/expired-ignore',
        span: moved(valueSpan(placed.entry, 'ignore', index, 'until'), placed.base),
        ...agentArg(placed.entry),
        args: { until: shown },
        message: `This difference was to be ignored until ${shown}, which has passed. Settle it, or set a later day.`,
      };
    }
  }
}
