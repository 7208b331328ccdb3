// What a run of `prove` came to, in one sentence.
import { visibleShort } from '../findings/visible.ts';
import { failureWords, type ToldProof, versionWords } from './proofWords.ts';
import { count } from './words.ts';

export interface Outcome {
  /** One sentence or two for a person; text that is not ours in it is short and escaped. */
  readonly words: string;
  /** Undefined when all is as it should be. */
  readonly failed?: {
    /** The agent whose report says it; absent when it takes the report on all. */
    readonly only?: string;
    /** False: nothing was kept that a report could show. */
    readonly hasReport: boolean;
  };
}

/** `notProven`: agents that could not be tried, with what happened. */
export function outcomeOf(
  proofs: readonly ToldProof[],
  notProven: readonly { readonly agent: string; readonly message: string }[],
  cli: string,
): Outcome {
  const bad = proofs.flatMap(({ agent, proof }) =>
    proof.state === 'failed'
      ? [{ agent, words: `its proof failed on ${versionWords(cli)}: ${failureWords(proof)}.` }]
      : proof.state === 'unproven'
        ? [{ agent, words: `it is not proven: ${visibleShort(proof.reasons.join(', '), 200)}.` }]
        : proof.state === 'unknown' || proof.state === 'never'
          ? [{ agent, words: 'its proof could not be read again.' }]
          : [],
  );
  const all = [
    ...bad,
    ...notProven.map(({ agent, message }) => ({ agent, words: visibleShort(message, 300) })),
  ];
  const [first] = all;
  if (first) {
    const more =
      all.length > 1 ? ` ${all.length - 1} more ${all.length === 2 ? 'is' : 'are'} not proven.` : '';
    const only = all.length === 1 ? { only: first.agent } : {};
    return {
      words: `${first.agent}: ${first.words}${more}`,
      failed: { ...only, hasReport: bad.length > 0 },
    };
  }
  const open = proofs.filter(({ proof }) => proof.state === 'notEnforceable');
  const [one] = proofs;
  const who = one && proofs.length === 1 ? one.agent : count(proofs.length, 'agent');
  const but = open.length === 0 ? '' : `, ${open.length} of them but for what is not enforceable here`;
  const sole = open.length === 0 ? '' : ' but for what is not enforceable here';
  return { words: `${who} proven on ${versionWords(cli)}${proofs.length === 1 ? sole : but}` };
}
