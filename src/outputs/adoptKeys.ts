// Adopts several differences of an agent, one after the other, and keeps account of those that can't be.
import type { EditOptions } from '../registry/edit/editRegistry.ts';
import { adoptKey } from './adopt.ts';
import type { KeyDrift, OutputKind, OutputState } from './output.ts';

/** A difference: a key of a file, or a file that has none. */
export interface Difference {
  readonly output: OutputState;
  readonly key?: KeyDrift;
}

export interface AdoptedKeys {
  /** The registry afterwards; as it was when nothing could be adopted. */
  readonly text: string;
  readonly adopted: readonly Difference[];
  /** What the agent may do afterwards that it may not now. */
  readonly givesUp: readonly string[];
  /** What could not be adopted. `isElsewhere`: it can be when the agent gets a field of its own (`writeOnAgent`). */
  readonly left: readonly (Difference & { readonly reason: string; readonly isElsewhere: boolean })[];
}

/** Why a file that has no keys can't be adopted. */
const wholeFiles: Readonly<Record<OutputKind, string>> = {
  settings: 'the file differs in no key',
  memory:
    'the text between the markers is made of several fields; say it in description, responsibilities or forbidden, or write it outside of the markers',
  policy: 'the policy is made of the other fields; change those',
  guard: 'the guard is the same for all agents and is not made from the registry',
  bash: 'the guard is the same for all agents and is not made from the registry',
  report: 'the report is the same for all agents and is not made from the registry',
};

/** Adopts what can be. `text` must be a registry without errors that has the agent. Never throws. */
export function adoptKeys(
  text: string,
  id: string,
  differences: readonly Difference[],
  options: EditOptions = {},
): AdoptedKeys {
  let current = text;
  const adopted: Difference[] = [];
  const givesUp: string[] = [];
  const left: AdoptedKeys['left'][number][] = [];
  for (const difference of differences) {
    const { output, key } = difference;
    if (key === undefined) {
      left.push({ ...difference, reason: wholeFiles[output.kind], isElsewhere: false });
      continue;
    }
    const result = adoptKey(current, id, key, options);
    if (result.kind === 'adopted') {
      current = result.text;
      adopted.push(difference);
      givesUp.push(...result.givesUp);
    } else left.push({ ...difference, reason: result.reason, isElsewhere: result.kind === 'elsewhere' });
  }
  return { text: current, adopted, givesUp, left };
}
