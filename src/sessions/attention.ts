// Which sessions wait for a person, the most urgent first, and what a row says of a state.
import { ageWords } from '../findings/age.ts';
import { visibleShort } from '../findings/visible.ts';
import type { SessionState } from './crossCheck.ts';

/** Most urgent first: work that stands still, then what broke, then what is merely over. */
const order = ['permission', 'question', 'plan', 'crashed', 'failed', 'limit', 'done'] as const;
export type Urgency = (typeof order)[number];

/** What a state needs a person for; undefined when it can do without. */
export function urgencyOf({ state, need, isSeen }: SessionState): Urgency | undefined {
  if (isSeen) return undefined;
  if (state === 'crashed' || state === 'limit') return state;
  return state === 'needsYou' ? (need ?? 'question') : undefined;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Those that wait for a person: by urgency, among equals whoever waits longest first. */
export function attention<T extends { readonly state: SessionState }>(sessions: Iterable<T>): readonly T[] {
  const rank = (urgency: Urgency | undefined): number =>
    urgency === undefined ? order.length : order.indexOf(urgency);
  return [...sessions]
    .map((session) => ({ session, rank: rank(urgencyOf(session.state)) }))
    .filter((each) => each.rank < order.length)
    .sort((a, b) => a.rank - b.rank || compare(a.session.state.since, b.session.state.since))
    .map(({ session }) => session);
}

function neededWords({ need, tool, evidence }: SessionState): string {
  switch (need) {
    case 'permission':
      return tool === undefined ? 'permission' : `permission to use ${visibleShort(tool, 60)}`;
    case 'failed':
      return visibleShort(evidence, 60);
    case 'done':
    case 'plan':
      return need;
    default:
      return 'question';
  }
}

/**
 * `needs you: permission to use Bash · 2 m`, `working · 2 m`, `crashed 3 m ago`. Safe to show. No age where the list of the
 * CLI alone says it, for the first time: it does not say since when. `now`: milliseconds since 1970.
 */
export function stateWords(state: SessionState, now: number): string {
  const ago = ageWords(state.since, now);
  const isNew = state.source === 'list' && state.since === state.heardAt;
  const age = isNew ? '' : ` · ${ago.replace(/ ago$/, '')}`;
  switch (state.state) {
    case 'needsYou':
      return `needs you: ${neededWords(state)}${age}`;
    case 'crashed': {
      // Nobody saw it end: it was some time between the two.
      const found = state.foundGoneAt && ageWords(state.foundGoneAt, now);
      const heard = state.heardAt && ageWords(state.heardAt, now);
      return found === undefined || heard === undefined || heard === found
        ? `crashed ${ago}`
        : `crashed: last heard ${heard}, found gone ${found}`;
    }
    case 'stopped':
      return `stopped ${ago}`;
    case 'unknown':
      return `unknown: ${visibleShort(state.evidence, 80)}`;
    case 'starting':
      return 'starting';
    default:
      return `${state.state}${age}`;
  }
}
