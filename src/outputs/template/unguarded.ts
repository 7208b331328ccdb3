// Whether what a template makes of an agent still guards it: beside the settings that would be generated without it.
import { checkSettings } from '../../claude/checkSettings.ts';
import type { Json } from '../../claude/jsonText.ts';
import type { Finding } from '../../findings/finding.ts';
import { leavesOf } from '../leaves.ts';
import { lossesOf } from '../losses.ts';
import type { KeyDrift, Output } from '../output.ts';

/** What an agent does without because of its template. */
export interface Unguarded {
  /** The words after "unguarded:", such as "template has no guard". */
  readonly words: string;
  /** What makes the CLI drop the result, of the text that the template makes. */
  readonly dropped?: Finding;
}

/** What the settings that a template makes lack of what guards an agent; undefined when guard and deny rules are in them. */
export function unguardedBy({ path, text, value, problem }: Output, builtIn: Json): Unguarded | undefined {
  if (problem !== undefined) return undefined;
  const report = checkSettings(text, { file: path, source: 'flag' });
  if (report.dropped) {
    const cause = report.findings.find(({ severity }) => severity === 'error') ?? report.findings[0];
    return { words: 'the CLI drops what its template says', ...(cause && { dropped: cause }) };
  }
  if (report.disablesHooks) return { words: 'template switches hooks off' };
  const found = leavesOf(value ?? {});
  const keys: KeyDrift[] = [...leavesOf(builtIn)].map(([pointer, expected]) => {
    const there = found.get(pointer);
    return { pointer, drift: 'edited', expected, ...(there === undefined ? {} : { found: there }) };
  });
  // The pins keep other files from switching the guard off; a launch copy has them in any case.
  const [loss] = lossesOf({ kind: 'settings', keys }).filter(({ kind }) => kind !== 'pin');
  if (loss === undefined) return undefined;
  if (loss.kind === 'guard')
    return {
      words: loss.words === 'guard hook changed' ? 'template has another guard' : 'template has no guard',
    };
  if (loss.kind === 'sandbox') return { words: 'template has no sandbox' };
  const { length } = loss.rules;
  return { words: length === 1 ? `template lacks ${loss.rules[0]}` : `template lacks ${length} deny rules` };
}
