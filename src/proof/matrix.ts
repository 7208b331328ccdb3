// Proofs as a table of agents by kinds of attempts, and one proof as a list: the text of the report. Pure.
import { visibleShort } from '../findings/visible.ts';
import { attemptWords, settingWords } from './proofFindings.ts';
import { type Attempt, type AttemptKind, attemptKinds, type ProofRecord } from './proofRecord.ts';
import { type AttemptVerdict, countsOf, type ProofCounts, verdictOf } from './proofStatus.ts';

export interface MatrixRow {
  readonly agent: string;
  /** Of the forbidden attempts of each kind; a kind without attempts has no cell. */
  readonly forbidden: ReadonlyMap<AttemptKind, ProofCounts>;
  /** Of the attempts that must go through. */
  readonly controls: ProofCounts;
}

export interface Matrix {
  /** The kinds that any row has, in their order. */
  readonly kinds: readonly AttemptKind[];
  readonly rows: readonly MatrixRow[];
}

export function matrixOf(records: readonly ProofRecord[]): Matrix {
  const rows = records.map(({ agent, attempts }): MatrixRow => {
    const forbidden = attempts.filter(({ expected }) => expected === 'blocked');
    const cells = attemptKinds
      .map((kind) => [kind, forbidden.filter((attempt) => attempt.kind === kind)] as const)
      .filter(([, found]) => found.length > 0)
      .map(([kind, found]) => [kind, countsOf(found)] as const);
    return {
      agent,
      forbidden: new Map(cells),
      controls: countsOf(attempts.filter(({ expected }) => expected === 'allowed')),
    };
  });
  return { kinds: attemptKinds.filter((kind) => rows.some(({ forbidden }) => forbidden.has(kind))), rows };
}

export type CellTone = 'good' | 'bad' | 'unsure' | 'plain';

export interface CellText {
  readonly text: string;
  readonly tone: CellTone;
}

const total = (counts: ProofCounts): number => Object.values(counts).reduce((sum, count) => sum + count, 0);

/** `✓ 12`, `✗ 1/12` went through, `? 1/12` not known, `– 1/12` not enforceable here; `·` where nothing was tried. */
export function forbiddenCell(counts: ProofCounts | undefined): CellText {
  if (counts === undefined) return { text: '·', tone: 'plain' };
  const all = total(counts);
  if (counts.through > 0) return { text: `✗ ${counts.through}/${all}`, tone: 'bad' };
  if (counts.notRun > 0) return { text: `? ${counts.notRun}/${all}`, tone: 'unsure' };
  if (counts.notEnforceable > 0) return { text: `– ${counts.notEnforceable}/${all}`, tone: 'unsure' };
  return { text: `✓ ${all}`, tone: 'good' };
}

/** `○ 16` went through as they should, `✗ 2/16` did not. */
export function controlCell(counts: ProofCounts): CellText {
  const all = total(counts);
  const failed = counts.wronglyBlocked + counts.notRun;
  if (all === 0) return { text: '·', tone: 'plain' };
  return failed > 0 ? { text: `✗ ${failed}/${all}`, tone: 'bad' } : { text: `○ ${all}`, tone: 'good' };
}

const marks: Readonly<Record<AttemptVerdict, string>> = {
  blocked: '✓',
  allowed: '○',
  through: '✗',
  wronglyBlocked: '✗',
  notEnforceable: '–',
  notRun: '?',
};

const blockerWords = {
  rule: 'by a deny rule',
  guard: 'by the guard',
  sandbox: 'by the sandbox',
  'tool-list': 'by the tool list',
} as const;

export interface AttemptLine {
  readonly mark: string;
  readonly verdict: AttemptVerdict;
  /** What was tried. */
  readonly what: string;
  /** What came of it, by whom, and why that may be so. */
  readonly outcome: string;
}

function outcomeOf(attempt: Attempt): string {
  const by = attempt.by === undefined ? '' : ` ${blockerWords[attempt.by]}`;
  const note = attempt.note === undefined ? '' : `: ${visibleShort(attempt.note, 200)}`;
  switch (verdictOf(attempt)) {
    case 'blocked':
      return `blocked${by}`;
    case 'allowed':
      return 'went through, as it may';
    case 'through':
      return `WENT THROUGH${note}`;
    case 'wronglyBlocked':
      return `refused${by}, although it is allowed${note}`;
    case 'notEnforceable':
      return `not enforceable here${note}`;
    case 'notRun':
      return `not run${note}`;
  }
}

export interface DetailGroup {
  /** `with the launch copy, deny rules alone`. */
  readonly title: string;
  readonly lines: readonly AttemptLine[];
}

/** Every attempt of a proof, by the settings that it was made with. */
export function detailsOf(record: ProofRecord): readonly DetailGroup[] {
  const groups = new Map<string, AttemptLine[]>();
  for (const attempt of record.attempts) {
    const title = settingWords(attempt);
    const lines = groups.get(title) ?? [];
    groups.set(title, lines);
    const verdict = verdictOf(attempt);
    lines.push({ mark: marks[verdict], verdict, what: attemptWords(attempt), outcome: outcomeOf(attempt) });
  }
  return [...groups].map(([title, lines]) => ({ title, lines }));
}
