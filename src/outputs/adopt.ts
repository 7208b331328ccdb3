// What a settings file says at a key, into the registry, so that both agree on it; or why that can't be.
import { type EditOptions, editRegistry } from '../registry/edit/editRegistry.ts';
import type { Agent, Registry } from '../registry/model.ts';
import { parseRegistry } from '../registry/parse.ts';
import { isUnadoptable, listed, textsOf } from './adoption.ts';
import { adoptionOf } from './adoptionOf.ts';
import { isAbove, leafForm, leavesOf } from './leaves.ts';
import type { KeyDrift } from './output.ts';
import { plannerOf, settingsPath } from './plan.ts';

/** The registry's text with one key adopted, or why that can't be. */
export type Adopted =
  | { readonly kind: 'adopted'; readonly text: string; readonly givesUp: readonly string[] }
  | { readonly kind: 'elsewhere'; readonly reason: string; readonly field: string }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * Adopts what a settings file says at one key, so that registry and file agree on it. The outcome is planned anew and held
 * against the file: a change that would not make them agree, or that the registry's rules refuse, is not made. `text` must
 * be a registry without errors that has the agent. Never throws.
 */
export function adoptKey(
  text: string,
  id: string,
  key: Pick<KeyDrift, 'pointer' | 'found'>,
  options: EditOptions = {},
): Adopted {
  const { registry } = parseRegistry(text);
  const agent = registry?.agents.get(id);
  if (registry === undefined || agent === undefined)
    return { kind: 'refused', reason: 'the registry has errors' };
  const adoption = adoptionOf(key, agent, registry);
  if (isUnadoptable(adoption)) return { kind: 'refused', reason: adoption.reason };
  const edit = editRegistry(text, id, adoption.changes, options);
  if (edit.kind !== 'edited') return edit;
  const after = parseRegistry(edit.text);
  const changed = after.registry?.agents.get(id);
  const error = after.findings.find(({ severity }) => severity === 'error');
  if (after.registry === undefined || changed === undefined)
    return { kind: 'refused', reason: `the registry would have an error: ${error?.message ?? 'unknown'}` };
  const left = stillDiffers(changed, after.registry, key);
  if (left !== undefined) return { kind: 'refused', reason: left };
  return { kind: 'adopted', text: edit.text, givesUp: adoption.givesUp };
}

/** What a key would still differ by, as a reason; undefined when registry and file agree on it. */
function stillDiffers(
  agent: Agent,
  registry: Registry,
  { pointer, found }: Pick<KeyDrift, 'pointer' | 'found'>,
): string | undefined {
  const output = plannerOf(registry)
    .outputsOf(agent)
    .find(({ path }) => path === settingsPath(agent.id));
  const leaves = leavesOf(output?.value ?? {});
  const expected = leaves.get(pointer);
  const isBelow = [...leaves.keys()].some((leaf) => isAbove(pointer, leaf) || isAbove(leaf, pointer));
  if (found === undefined && expected === undefined && !isBelow) return undefined;
  if (
    found !== undefined &&
    expected !== undefined &&
    leafForm(pointer, found) === leafForm(pointer, expected)
  )
    return undefined;
  const [wanted, there] = [textsOf(expected) ?? [], textsOf(found) ?? []];
  const more = wanted.filter((item) => !there.includes(item));
  const less = there.filter((item) => !wanted.includes(item));
  const parts = [
    ...(more.length === 0 ? [] : [`it would bring ${listed(more)} along`]),
    ...(less.length === 0 ? [] : [`it would not bring ${listed(less)} along`]),
  ];
  return parts.length === 0
    ? 'the registry would still say something else there'
    : `the same field of the registry says more than that: ${parts.join(', and ')}`;
}
