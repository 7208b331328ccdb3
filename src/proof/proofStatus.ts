// What a kept proof is worth now: the record beside what is on the disk and on the machine today. Pure.
import type { Attempt, ProofRecord } from './proofRecord.ts';

/**
 * What one attempt shows. `through`: forbidden, and it went through. `wronglyBlocked`: allowed by the registry, and refused.
 * `notRun` is never counted as blocked.
 */
export type AttemptVerdict =
  | 'blocked'
  | 'allowed'
  | 'through'
  | 'wronglyBlocked'
  | 'notEnforceable'
  | 'notRun';

export function verdictOf({ expected, got, enforceable }: Attempt): AttemptVerdict {
  if (got === 'not-run') return 'notRun';
  if (expected === 'allowed') return got === 'allowed' ? 'allowed' : 'wronglyBlocked';
  if (got === 'blocked') return 'blocked';
  return enforceable ? 'through' : 'notEnforceable';
}

export type ProofCounts = Readonly<Record<AttemptVerdict, number>>;

export function countsOf(attempts: readonly Attempt[]): ProofCounts {
  const counts = { blocked: 0, allowed: 0, through: 0, wronglyBlocked: 0, notEnforceable: 0, notRun: 0 };
  for (const attempt of attempts) counts[verdictOf(attempt)]++;
  return counts;
}

/** What is proven against: as things are now. */
export interface PresentState {
  /** sha256 by path, as `provenFiles` gives them. */
  readonly outputs: Readonly<Record<string, string>>;
  /** The version of the user's claude; undefined when it has not been asked, and then it is not held against the proof. */
  readonly cli: string | undefined;
  /** Such as `linux-x64`. */
  readonly platform: string;
}

/**
 * `never`: there is no proof. `unproven`: there is one, and it is not about what is there now, or it did not get to its end.
 * `failed`: something forbidden went through, or something allowed did not. `notEnforceable`: all is as it should be but
 * for what nothing on this machine can refuse; never to be shown green. `proven`: every attempt as expected.
 */
export type ProofStatus =
  | { readonly state: 'never' }
  | {
      readonly state: 'proven' | 'failed' | 'notEnforceable';
      readonly record: ProofRecord;
      readonly counts: ProofCounts;
    }
  | {
      readonly state: 'unproven';
      readonly record: ProofRecord;
      readonly counts: ProofCounts;
      /** What changed since, in words: `settings.json changed`. Never empty. */
      readonly reasons: readonly string[];
    };

const nameOf = (file: string): string => file.slice(file.lastIndexOf('/') + 1);

function changesSince(record: ProofRecord, present: PresentState): readonly string[] {
  const reasons: string[] = [];
  if (present.cli !== undefined && present.cli !== record.cli)
    reasons.push(`claude is ${present.cli} now, and it was proven on ${record.cli}`);
  if (present.platform !== record.platform)
    reasons.push(`proven on ${record.platform}, and this is ${present.platform}`);
  const paths = new Set([...Object.keys(record.outputs), ...Object.keys(present.outputs)]);
  for (const file of [...paths].sort()) {
    const [then, now] = [record.outputs, present.outputs].map((hashes) =>
      Object.hasOwn(hashes, file) ? hashes[file] : undefined,
    );
    if (then !== now) reasons.push(`${nameOf(file)} ${now === undefined ? 'is gone' : 'changed'}`);
  }
  return reasons;
}

/** What the kept proof of an agent says now. */
export function proofStatus(record: ProofRecord | undefined, present: PresentState): ProofStatus {
  if (record === undefined) return { state: 'never' };
  const counts = countsOf(record.attempts);
  const reasons = changesSince(record, present);
  if (reasons.length > 0) return { state: 'unproven', record, counts, reasons };
  // A control that did not run shows nothing of what was refused.
  const isControlled = record.attempts.every(
    ({ expected, got }) => expected === 'blocked' || got === 'allowed',
  );
  if (counts.through > 0 || !isControlled) return { state: 'failed', record, counts };
  const { notRun } = counts;
  if (notRun > 0 || counts.blocked + counts.allowed === 0)
    return {
      state: 'unproven',
      record,
      counts,
      reasons: [
        notRun === 0 ? 'nothing was tried' : `${notRun} ${notRun === 1 ? 'attempt' : 'attempts'} did not run`,
      ],
    };
  return { state: counts.notEnforceable > 0 ? 'notEnforceable' : 'proven', record, counts };
}

/** The words beside an agent's name, without the age: `proven on 2.1.329`. */
export function proofWords(status: ProofStatus): string {
  if (status.state === 'never') return 'never proven';
  const { counts, record } = status;
  switch (status.state) {
    case 'proven':
      return `proven on ${record.cli}`;
    case 'notEnforceable':
      return `proven on ${record.cli}, ${counts.notEnforceable} not enforceable here`;
    case 'failed':
      return counts.through > 0
        ? `proof failed on ${record.cli}: ${counts.through} forbidden ${counts.through === 1 ? 'thing' : 'things'} went through`
        : `proof failed on ${record.cli}: something allowed was refused`;
    case 'unproven':
      return `unproven: ${status.reasons[0] ?? 'it did not get to its end'}`;
  }
}
