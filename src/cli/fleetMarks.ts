// How many agents are in which state, for the metrics of a hub. Looked at in a process of its own: in that of the hub, the
// look at a whole fleet would hold up every client, and what it needs would stay in memory.
import { isObject, type Json, member, readJson } from '../claude/jsonText.ts';
import type { AgentMarks } from '../hub/metrics.ts';
import type { Io } from './verb.ts';

/** Milliseconds that a look at the outputs of all agents is good for: scrapers ask often. */
const goodFor = 15_000;

function countsIn(value: Json | undefined): Readonly<Record<string, number>> | undefined {
  if (!isObject(value)) return undefined;
  return Object.fromEntries(Object.entries(value).map(([name, count]) => [name, Number(count)]));
}

/** What `check --format json` says; undefined without a registry that can be used. */
function marksIn(text: string): AgentMarks | undefined {
  const summary = member(readJson(text).value, 'summary');
  const sync = countsIn(member(summary, 'sync'));
  const health = countsIn(member(summary, 'health'));
  return sync === undefined || health === undefined ? undefined : { sync, health };
}

/** Gives the marks; undefined where they are not known. Several who ask at a time wait for one look. */
export function fleetMarks(
  { apart }: Pick<Io, 'apart'>,
  root: string,
  signal: AbortSignal,
): () => Promise<AgentMarks | undefined> {
  let until = Number.NEGATIVE_INFINITY;
  let look: Promise<AgentMarks | undefined> = Promise.resolve(undefined);
  return () => {
    if (apart !== undefined && performance.now() >= until) {
      until = Number.POSITIVE_INFINITY;
      look = apart(['check', '--workspace', root, '--format', 'json'], signal).then((text) => {
        until = performance.now() + goodFor;
        return text === undefined ? undefined : marksIn(text);
      });
    }
    return look;
  };
}
