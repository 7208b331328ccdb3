// Our analysis of a settings file beside what the CLI made of it.
import path from 'node:path';
import { isObject, type Json, readJson } from '../../src/claude/jsonText.ts';
import type { Fed, Observed } from './agreementRun.ts';
import { settingsVerdict } from './settingsVerdict.ts';

/** What became of a file, by the CLI alone. */
export const verdicts = ['dropped whole', 'useless rule', 'deny lost', 'deny holds'] as const;
export type Verdict = (typeof verdicts)[number];

export interface Comparison {
  readonly verdict: Verdict;
  /** Empty when both say the same. */
  readonly differences: readonly string[];
}

/** All texts in the rule lists of a file that is JSON. */
function rulesOf(text: string): readonly string[] {
  const { value } = readJson(text);
  const permissions = isObject(value) ? value.permissions : undefined;
  if (!isObject(permissions)) return [];
  return ['deny', 'ask', 'allow']
    .flatMap((list): readonly Json[] => {
      const items = permissions[list];
      return Array.isArray(items) ? items : [];
    })
    .filter((item): item is string => typeof item === 'string');
}

/** Compares whether the file is dropped, each attempt to write, and each rule that the CLI complains of. */
export function compare(fed: Fed, seen: Observed, version: string): Comparison {
  const { text, position, start, folder, probes } = fed;
  const ours = settingsVerdict(text, { source: position, start, folder, home: '/nowhere' }, { version });
  const differences: string[] = [];
  const told = (value: boolean): string => (value ? 'yes' : 'no');
  if (ours.dropped !== seen.dropped)
    differences.push(`dropped whole: the CLI ${told(seen.dropped)}, we ${told(ours.dropped)}`);
  for (const [at, probe] of seen.keepsFromStarting ? [] : probes.entries()) {
    // In print mode there is nobody to ask, so such a rule refuses.
    const by = ours.deniedBy(probe) ?? ours.ask.find((rule) => ours.holds(rule, probe));
    const refused = seen.refused[at] === true;
    if ((by !== undefined) !== refused)
      differences.push(
        `deny holds for ${path.relative(start, probe)}: the CLI ${told(refused)}, we ${told(by !== undefined)}`,
      );
  }
  const complained = seen.dropped ? [] : rulesOf(text).filter(seen.complaints);
  for (const rule of complained)
    if (!ours.useless.includes(rule)) differences.push(`useless: the CLI says so of ${rule}, we do not`);
  for (const rule of ours.useless)
    if (ours.deny.includes(rule) && probes.some((probe) => ours.holds(rule, probe)))
      differences.push(`useless: we say so of ${rule}, and it would hold`);
  return { verdict: verdictOf(seen, complained.length > 0), differences };
}

function verdictOf(seen: Observed, isUseless: boolean): Verdict {
  if (seen.dropped) return 'dropped whole';
  if (isUseless) return 'useless rule';
  return seen.refused.includes(true) ? 'deny holds' : 'deny lost';
}
