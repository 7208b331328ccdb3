// Agents × attempts as a Markdown table, with the cells that the command line prints.
import { controlCell, forbiddenCell, matrixOf } from '../proof/matrix.ts';
import type { AttemptKind } from '../proof/proofRecord.ts';
import { code } from './markdown.ts';
import { type ProofState, proofAge, recordOf, type ToldProof } from './proofWords.ts';

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
  notEnforceable: '–',
  failed: '**✗**',
  unproven: '?',
  unknown: '?',
  never: '?',
};

const cellText = ({ text, tone }: ReturnType<typeof controlCell>): string =>
  // A mark and its number stay on one line.
  text === '·' ? '' : (tone === 'bad' ? `**${text}**` : text).replaceAll(' ', '\u00a0');

/** The table. Proofs without a record have a row without numbers. `now`: milliseconds since 1970. */
export function matrixTable(proofs: readonly ToldProof[], now: number): string {
  const { kinds, rows } = matrixOf(proofs.flatMap(({ proof }) => recordOf(proof) ?? []));
  // A row for each record, in their order.
  const left = [...rows];
  const head = ['', 'Agent', ...kinds.map((kind) => titles[kind]), 'Allowed', 'On', 'When'];
  const lines = proofs.map(({ agent, proof }) => {
    const record = recordOf(proof);
    const row = record && left.shift();
    return [
      marks[proof.state],
      code(agent, 64),
      ...kinds.map((kind) => (row ? cellText(forbiddenCell(row.forbidden.get(kind))) : '')),
      row ? cellText(controlCell(row.controls)) : '',
      record ? code(record.cli, 40) : '',
      record ? proofAge(record.at, now) : '',
    ];
  });
  const table = [head, head.map(() => '---'), ...lines].map((line) => `| ${line.join(' | ')} |`);
  return `${table.join('\n')}\n\n✓ refused · ○ went through, as it may · ✗ not as the registry says · – not enforceable here · ? not known`;
}
