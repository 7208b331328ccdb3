// The words for an agent's proof, beside its name, on its lens and in its tooltip. Pure; ages are against a given time.
import { ageWords } from '../findings/age.ts';
import { visibleShort } from '../findings/visible.ts';
import type { ProofRecord } from '../proof/proofRecord.ts';
import type { ProofStatus } from '../proof/proofStatus.ts';
import { clock, count } from './words.ts';

/** A proof as the editor knows it: what it is worth, or why nothing can be said of it. */
export type ProofState =
  | (ProofStatus & {
      /** When it was seen to turn unproven; absent when that was before this window looked. */
      readonly since?: Date;
    })
  | { readonly state: 'unknown'; readonly why: string };

/** The proof of one agent, to be told. */
export interface ToldProof {
  readonly agent: string;
  readonly proof: ProofState;
}

/** What a proof stands on; undefined when there is none that can be read. */
export function recordOf(status: ProofState): ProofRecord | undefined {
  return status.state === 'never' || status.state === 'unknown' ? undefined : status.record;
}

export const neverProven: ProofState = { state: 'never' };

const minute = 60_000;

/** The age of a proof, `3 h ago`: in minutes at least, since what shows it is not drawn every second. */
export function proofAge(at: string, now: number): string {
  const age = now - Date.parse(at);
  return age >= 0 && age < minute ? 'just now' : ageWords(at, now);
}

/** The version of the CLI that a record names: machine-local text, so shown escaped and short. */
export const versionWords = (cli: string): string => visibleShort(cli, 40);

/** What a failed proof comes to: `2 got through`. */
export function failureWords(status: ProofState): string {
  if (status.state !== 'failed') return '';
  const { through, wronglyBlocked } = status.counts;
  if (through > 0) return `${through} got through`;
  return wronglyBlocked > 0
    ? `${count(wronglyBlocked, 'allowed thing')} refused`
    : 'what is allowed was not tried';
}

/** Right of the name in the tree, where nothing more urgent stands; empty when there is nothing to say. */
export function shortProof(status: ProofState): string {
  switch (status.state) {
    case 'proven':
      return '✓ proven';
    case 'notEnforceable':
      return `proven, ${status.counts.notEnforceable} not enforceable here`;
    case 'failed':
      return `proof failed: ${failureWords(status)}`;
    case 'unproven':
      return `unproven: ${visibleShort(reasonOf(status), 80)}`;
    case 'unknown':
      return 'proof unknown';
    case 'never':
      return '';
  }
}

function reasonOf(status: { readonly reasons: readonly string[] }): string {
  const [first, ...others] = status.reasons;
  return `${first ?? 'it did not get to its end'}${others.length > 0 ? `, and ${others.length} more` : ''}`;
}

/** One line with the version and the age, such as `proven on 2.1.329, 3 h ago`. */
export function proofLine(status: ProofState, now: number): string {
  if (status.state === 'never') return 'never proven';
  if (status.state === 'unknown') return `unknown: ${status.why}`;
  const { record } = status;
  const age = proofAge(record.at, now);
  const cli = versionWords(record.cli);
  switch (status.state) {
    case 'proven':
      return `proven on ${cli}, ${age}`;
    case 'notEnforceable':
      return `proven on ${cli} but for ${status.counts.notEnforceable} not enforceable here, ${age}`;
    case 'failed':
      return `proof failed on ${cli}, ${age}: ${failureWords(status)}`;
    case 'unproven':
      return `unproven: ${visibleShort(reasonOf(status), 120)}`;
  }
}

/** The axis in a tooltip, after "Proof: ". */
export function proofAxis(status: ProofState, now: number): string {
  if (status.state !== 'unproven') return proofLine(status, now);
  const since = status.since === undefined ? '' : ` since ${clock(status.since)}`;
  const { record } = status;
  return `unproven${since}: ${visibleShort(status.reasons.join(', '), 200)} (last proof ${proofAge(record.at, now)} on ${versionWords(record.cli)})`;
}
