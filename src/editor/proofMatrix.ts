// Agents × attempts: one table that says where something got through.
import { type Attempt, type AttemptKind, attemptKinds } from '../proof/proofRecord.ts';
import { verdictOf } from '../proof/proofStatus.ts';
import { code } from './markdown.ts';
import { type ProofState, proofAge, type ToldProof } from './proofWords.ts';

const titles: Readonly<Record<AttemptKind, string>> = {
  edit: 'Edit',
  write: 'Write',
  delete: 'Delete',
  read: 'Read',
  notebook: 'Notebook',
  tool: 'Tools',
  mcp: 'MCP',
  shell: 'Shell',
  interpreter: 'Interpreter',
  delegation: 'Delegation',
  protected: 'Own settings',
  attack: 'Attacks',
  nested: 'Nested claude',
};

const marks: Readonly<Record<ProofState['state'], string>> = {
  proven: '✓',
  notEnforceable: '○',
  failed: '**✗**',
  unproven: '?',
  unknown: '?',
  never: '–',
};

/** `✓ 4`: all refused; else the worst of them, and how many. Empty when nothing of the kind was tried. */
function cellOf(attempts: readonly Attempt[]): string {
  const found = attempts.map(verdictOf);
  const having = (...wanted: readonly (typeof found)[number][]): number =>
    found.filter((each) => wanted.includes(each)).length;
  if (having('through', 'wronglyBlocked') > 0)
    return `**✗ ${having('through', 'wronglyBlocked')} of ${found.length}**`;
  if (having('notRun') > 0) return `? ${having('notRun')} of ${found.length}`;
  if (having('notEnforceable') > 0) return `○ ${having('notEnforceable')} of ${found.length}`;
  return found.length === 0 ? '' : `✓ ${found.length}`;
}

/** The table. Proofs without a record have a row without numbers. `now`: milliseconds since 1970. */
export function matrixOf(proofs: readonly ToldProof[], now: number): string {
  const attemptsOf = ({ proof }: ToldProof): readonly Attempt[] =>
    proof.state === 'never' || proof.state === 'unknown' ? [] : proof.record.attempts;
  const all = proofs.flatMap(attemptsOf);
  const isForbidden = ({ expected }: Attempt): boolean => expected === 'blocked';
  const kinds = attemptKinds.filter((kind) =>
    all.some((attempt) => attempt.kind === kind && isForbidden(attempt)),
  );
  const head = ['', 'Agent', ...kinds.map((kind) => titles[kind]), 'Allowed', 'On', 'When'];
  const rows = proofs.map((told) => {
    const { agent, proof } = told;
    const attempts = attemptsOf(told);
    const record = proof.state === 'never' || proof.state === 'unknown' ? undefined : proof.record;
    return [
      marks[proof.state],
      code(agent, 64),
      ...kinds.map((kind) =>
        cellOf(attempts.filter((attempt) => attempt.kind === kind && isForbidden(attempt))),
      ),
      cellOf(attempts.filter((attempt) => !isForbidden(attempt))),
      record ? code(record.cli, 40) : '',
      record ? proofAge(record.at, now) : '',
    ];
  });
  const lines = [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`);
  return `${lines.join('\n')}\n\n✓ refused what is forbidden, did what is allowed · ✗ did not · ○ not enforceable on this machine · ? not tried`;
}
