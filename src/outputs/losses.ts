// What an edited settings file no longer holds of what the registry forbids: the difference between drift and disarmed.
import type { Json } from '../claude/jsonText.ts';
import { ruleReach } from '../claude/pathRules.ts';
import { canonicalJson } from '../policy/canonicalJson.ts';
import type { KeyDrift, OutputState } from './output.ts';
import { pinnedEnv } from './settings.ts';

export type LossKind = 'guard' | 'deny' | 'pin' | 'sandbox';

/** One protection that the plan has and the file has not. */
export interface Loss {
  readonly kind: LossKind;
  readonly key: KeyDrift;
  /** For `deny`: the rules that are gone. */
  readonly rules: readonly string[];
  /** The words after "disarmed:" in the tree. */
  readonly words: string;
}

const itemsOf = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);

/** The items of `expected` that `found` has not, told apart by their keys. */
function gone(
  expected: Json | undefined,
  found: Json | undefined,
  keyOf: (item: Json) => string | undefined,
): readonly Json[] {
  const there = new Set(itemsOf(found).map(keyOf));
  return itemsOf(expected).filter((item) => !there.has(keyOf(item)));
}

/** A deny rule in another spelling that means the same still holds. */
const reachOf = (item: Json): string | undefined => (typeof item === 'string' ? ruleReach(item) : undefined);

/**
 * The protections that somebody or some tool took out of a settings file. A key that is merely behind the registry
 * (`stale`) is no loss: what was applied last still holds.
 */
export function lossesOf(state: Pick<OutputState, 'kind' | 'keys'>): readonly Loss[] {
  if (state.kind !== 'settings') return [];
  const losses: Loss[] = [];
  for (const key of state.keys) {
    if (key.expected === undefined || (key.drift !== 'edited' && key.drift !== 'conflict')) continue;
    if (key.pointer === '/hooks/PreToolUse') {
      if (gone(key.expected, key.found, canonicalJson).length === 0) continue;
      const words = itemsOf(key.found).length === 0 ? 'guard hook missing' : 'guard hook changed';
      losses.push({ kind: 'guard', key, rules: [], words });
    } else if (key.pointer === '/permissions/deny') {
      const rules = gone(key.expected, key.found, reachOf).map(String);
      if (rules.length === 0) continue;
      const words = rules.length === 1 ? `deny rule ${rules[0]} gone` : `${rules.length} deny rules gone`;
      losses.push({ kind: 'deny', key, rules, words });
    } else if (key.pointer === '/disableAllHooks') {
      const words = key.found === true ? 'hooks switched off' : 'pin disableAllHooks gone';
      losses.push({ kind: 'pin', key, rules: [], words });
    } else if (key.pointer.startsWith('/env/') && Object.hasOwn(pinnedEnv, key.pointer.slice(5))) {
      losses.push({ kind: 'pin', key, rules: [], words: `pin ${key.pointer.slice(5)} gone` });
    } else if (key.pointer.startsWith('/sandbox')) {
      losses.push({ kind: 'sandbox', key, rules: [], words: 'sandbox changed' });
    }
  }
  return losses;
}
