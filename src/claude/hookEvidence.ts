// What is known of a hook beyond its file: what it told when it ran, and whether the real CLI was seen to heed it.
import { nearestRank } from './percentiles.ts';

/** What the spool holds of one hook of one agent. Text of a spool is untrusted: evidence, never proof. */
export interface Firing {
  /** ISO 8601 of the last line. */
  readonly last: string;
  readonly count: number;
  /** Of those, calls that it refused by the agent's rules. */
  readonly refused: number;
  /** Of those, calls that it refused since it could not decide. A hook that fails before it can write leaves no line. */
  readonly failures: number;
  /** Milliseconds that the last ones took. */
  readonly times: readonly number[];
  /** There are older lines that were not read. */
  readonly isPartial: boolean;
}

/** A hook that should have run and told nothing. */
export interface Silence {
  /** ISO 8601 of the tool use that shows it. */
  readonly since: string;
  readonly tool: string;
}

/** What the spool of a workspace says about one agent. */
export interface AgentFirings {
  /** By `hookKey`. */
  readonly fired: ReadonlyMap<string, Firing>;
  /** By `hookKey`: hooks that were silent in the agent's newest launch. */
  readonly silent: ReadonlyMap<string, Silence>;
}

/** The name of a hook of ours in evidence. */
export function hookKey(source: 'guard' | 'report', event: string): string {
  return `${source} ${event}`;
}

/** What `prove` last found for the outputs as they are. */
export type ProofMark =
  | { readonly state: 'proven'; readonly at: string; readonly cli: string }
  | { readonly state: 'failed'; readonly at: string; readonly cli: string }
  | { readonly state: 'unproven' };

/** What is known of an agent's hooks on this machine; an absent member is not known. */
export interface HookEvidence {
  /** Absent where no spool could be read, as in an untrusted or stateless run. */
  readonly firings?: AgentFirings;
  readonly proof?: ProofMark;
}

/** Median and 95th percentile of a firing's times, whole milliseconds; undefined when there are none. */
export function timesOf(firing: Firing): { readonly p50: number; readonly p95: number } | undefined {
  const p50 = nearestRank(firing.times, 50);
  const p95 = nearestRank(firing.times, 95);
  return p50 === undefined || p95 === undefined ? undefined : { p50: Math.round(p50), p95: Math.round(p95) };
}
