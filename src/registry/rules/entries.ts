// The rules that look at one entry alone, so that their findings can be kept for as long as its text stays.
import type { Draft } from '../draft.ts';
import type { Entry } from '../entry.ts';
import { badEnv } from './env.ts';
import { badIds, differingNames } from './ids.ts';
import { duplicateItems } from './lists.ts';
import { badGlobs, contextOutside } from './paths.ts';
import { unknownFields, wrongShapes } from './shape.ts';

export interface JudgedEntry {
  readonly drafts: readonly Draft[];
  /** Whether the entry has the shape of the schema, so that it can be read as an agent or as defaults. */
  readonly isSound: boolean;
}

const rules = [badIds, differingNames, unknownFields, badGlobs, contextOutside, badEnv, duplicateItems];

export function judged(entry: Entry): JudgedEntry {
  const shape = [...wrongShapes(entry)];
  return { drafts: [...shape, ...rules.flatMap((rule) => [...rule(entry)])], isSound: shape.length === 0 };
}
