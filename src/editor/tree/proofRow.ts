// The proof of an agent as a row below it: what it is worth, and a click to the report.
import type { AgentArgument } from '../ids.ts';
import { commandIds, rowKinds } from '../ids.ts';
import { plain } from '../markdown.ts';
import { type ProofState, proofAxis, proofLine } from '../proofWords.ts';
import type { Row, RowIcon } from './row.ts';

const icons: Readonly<Record<ProofState['state'], RowIcon>> = {
  proven: { id: 'verified' },
  notEnforceable: { id: 'info' },
  failed: { id: 'warning', color: 'list.warningForeground' },
  unproven: { id: 'history' },
  unknown: { id: 'question' },
  never: { id: 'circle-outline' },
};

const asked: Readonly<Record<ProofState['state'], string>> = {
  proven: 'The real claude refused all that the registry forbids, and did what it allows.',
  notEnforceable:
    'The real claude did as the registry says, but for what nothing on this machine can refuse. The report names it, and what would make it so.',
  failed: 'The real claude did not do as the registry says. The report says what happened.',
  unproven: 'What was proven is not what is there now. Prove it again.',
  unknown: 'Prove it again.',
  never: 'Nobody has tried yet whether the real claude refuses what the registry forbids. Prove it.',
};

/** The row. `now`: milliseconds since 1970. */
export function proofRow(parent: string, argument: AgentArgument, proof: ProofState, now: number): Row {
  const words = proofLine(proof, now);
  return {
    id: `${parent}#proof`,
    label: 'Proof',
    description: words,
    icon: icons[proof.state],
    tooltip: [plain(proofAxis(proof, now), 400), plain(asked[proof.state])].join('\n\n'),
    spoken: `Proof of ${argument.agent}, ${words}`,
    kind: rowKinds.proof,
    // Of an agent that was never proven there is nothing to show.
    ...(proof.state === 'never'
      ? {}
      : { click: { command: commandIds.showProof, title: 'Show Proof', arguments: [argument] } }),
    argument,
  };
}
