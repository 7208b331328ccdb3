// What adopting a key means, in the words that all kinds of keys share.
import type { Json } from '../claude/jsonText.ts';
import { bashRule, parseRule } from '../claude/permissionRule.ts';
import { visibleShort } from '../findings/visible.ts';
import type { FieldChange } from '../registry/edit/fieldChange.ts';

/** What adopting a key means for the registry. */
export interface Adoption {
  readonly changes: readonly FieldChange[];
  /** What the agent may do afterwards that it may not now, one sentence part each; empty when nothing is given up. */
  readonly givesUp: readonly string[];
}

/** Why a key can't be adopted, as the end of a sentence that begins with "since". */
export interface Unadoptable {
  readonly reason: string;
}

export const no = (reason: string): Unadoptable => ({ reason });
export const isUnadoptable = (value: Adoption | Unadoptable): value is Unadoptable => 'reason' in value;
export const shown = (text: string): string => visibleShort(text, 80);
export const listed = (texts: readonly string[]): string => shown(texts.join(', '));

/** The texts of a list, each once; empty when there is none, undefined when it is something else. */
export function textsOf(value: Json | undefined): readonly string[] | undefined {
  if (value === undefined) return [];
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) return undefined;
  return [...new Set(value as readonly string[])];
}

/** The words in a `Bash(words:*)` rule, so that the registry's rule for them is that rule again; undefined for others. */
export function prefixOf(rule: string): string | undefined {
  const { tool, spec } = parseRule(rule) ?? {};
  const prefix = tool === 'Bash' && spec?.endsWith(':*') ? spec.slice(0, -2) : undefined;
  return prefix !== undefined && prefix !== '' && bashRule(prefix) === rule ? prefix : undefined;
}
