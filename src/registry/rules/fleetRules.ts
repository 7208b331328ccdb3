// The rules that look at all agents together; they run at every parse.
import type { Draft } from '../draft.ts';
import type { Fleet } from '../fleet.ts';
import { delegationCycles, selfDelegations, unknownDelegates, unmatchedTools } from './delegation.ts';
import { exclusiveNotDenied, exclusiveTwice, nobodyMayWrite } from './exclusive.ts';
import { expiredIgnores, type RegistryFacts, unknownModels, unknownTools } from './facts.ts';
import { narrowedDelegates } from './narrowed.ts';

export interface ParseOptions {
  /** The CLI's tools and models. Without them unknown ones are not looked for. */
  readonly facts?: RegistryFacts;
  /** The day it is, as `2026-11-21`. Without it nothing is expired. */
  readonly today?: string;
}

const rules = [
  unknownDelegates,
  selfDelegations,
  delegationCycles,
  unmatchedTools,
  exclusiveTwice,
  exclusiveNotDenied,
  nobodyMayWrite,
  narrowedDelegates,
];

export function* fleetDrafts(fleet: Fleet, options: ParseOptions): Generator<Draft> {
  for (const rule of rules) yield* rule(fleet);
  if (options.facts !== undefined) {
    yield* unknownTools(fleet, options.facts);
    yield* unknownModels(fleet, options.facts);
  }
  if (options.today !== undefined) yield* expiredIgnores(fleet, options.today);
}
