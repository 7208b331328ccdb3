// Rules about the registry as a whole: what stands at its top level, and whether there are any agents.

import { nearMiss } from '../../findings/nearMiss.ts';
import { visibleShort } from '../../findings/visible.ts';
import type { Draft } from '../draft.ts';
import { placeOf, plainOf } from '../entry.ts';
import type { Fleet } from '../fleet.ts';
import type { Outline } from '../outline.ts';
import { validate } from '../registrySchema.generated.ts';
import { didYouMean } from '../wording.ts';
import { shapeDrafts, topLevelFields, unknownFieldDraft } from './shape.ts';

const start = { start: 0, end: 0 };

export function* wholeRegistry(outline: Outline): Generator<Draft> {
  const { fields, targets, place } = outline;
  if (outline.isEmpty) {
    const message = 'The registry is empty. It needs at least one agent below `agents`.';
    yield { code: 'registry/empty', span: start, args: {}, message };
    return;
  }
  if (fields === undefined) {
    const message = 'The registry must be a map with `agents` in it, but it is something else.';
    const args = { field: '', expected: 'a map', found: 'something else' };
    yield { code: 'registry/wrong-type', span: start, args, message };
    return;
  }
  // The agents and the defaults are entries, which have rules of their own.
  const top: Record<string, unknown> = Object.create(null);
  for (const [name, field] of fields) {
    if (name === 'agents' || name === 'defaults') continue;
    top[name] = plainOf(field.node, targets);
    // `x-…` is where people keep anchors.
    if (!topLevelFields.includes(name) && !name.startsWith('x-'))
      yield unknownFieldDraft(name, place(field.key), topLevelFields);
  }
  yield* shapeDrafts(validate(top), top, 'registry', (path) =>
    place(placeOf(fields, path, targets, 'value')?.span ?? start),
  );
  yield* missingAgents(outline);
}

function* missingAgents(outline: Outline): Generator<Draft> {
  const { fields, targets, place, hasAgentsMap, agents } = outline;
  if (agents.length > 0) return;
  const field = fields?.get('agents');
  const span = field === undefined ? start : place(field.key);
  const isOther = field !== undefined && !hasAgentsMap && plainOf(field.node, targets) !== null;
  if (isOther)
    yield {
      code: 'registry/wrong-type',
      span,
      args: { field: 'agents', expected: 'a map', found: 'something else' },
      message:
        '`agents` must be a map from ids to agents, such as `backend-agent:` with its fields below it.',
    };
  else
    yield {
      code: 'registry/no-agents',
      span,
      args: {},
      message: `The registry names no agent: \`agents\` is ${field === undefined ? 'missing' : 'empty'}. Add at least one below it.`,
    };
}

export function* unknownPilots(outline: Outline, fleet: Fleet): Generator<Draft> {
  const { fields, targets, place } = outline;
  const pilot = plainOf(fields?.get('pilot')?.node, targets);
  if (fields === undefined || !Array.isArray(pilot)) return;
  for (const [index, id] of pilot.entries()) {
    if (typeof id !== 'string' || fleet.ids.has(id)) continue;
    const shown = visibleShort(id);
    yield {
      code: 'registry/unknown-pilot',
      span: place(placeOf(fields, ['pilot', index], targets, 'value')?.span ?? start),
      args: { agent: shown },
      message: `The pilot \`${shown}\` is not an agent of this registry.${didYouMean(nearMiss(id, fleet.ids))}`,
    };
  }
}

/** The ids of a sound pilot list; empty when there is none. */
export function pilotOf(outline: Outline): readonly string[] {
  const pilot = plainOf(outline.fields?.get('pilot')?.node, outline.targets);
  return Array.isArray(pilot) ? pilot.filter((id) => typeof id === 'string') : [];
}

/** The version as it is written; undefined when there is none. */
export function versionOf(outline: Outline): string | undefined {
  const version = plainOf(outline.fields?.get('version')?.node, outline.targets);
  return typeof version === 'string' || typeof version === 'number' ? String(version) : undefined;
}
