// What the kept proofs of agents are worth, for list: by the files alone, since list starts no program to ask its version.
import { isUserError } from '../findings/userError.ts';
import { readProof } from '../proof/proofRecord.ts';
import { type ProofStatus, proofStatus } from '../proof/proofStatus.ts';
import { provenFiles } from '../proof/provenFiles.ts';
import { stateDirectoryOf } from './state.ts';
import type { Io } from './verb.ts';

/** Gives the proof of an agent; `never` as well where its record cannot be read or there is no state directory. */
export function listedProofs(io: Io, root: string): (id: string) => ProofStatus {
  let state: string | undefined;
  try {
    state = stateDirectoryOf(io, root).workspace;
  } catch (error) {
    if (!isUserError(error)) throw error;
  }
  return (id) => {
    const record = state === undefined ? undefined : readProof(io.files, state, id);
    if (record === undefined) return { state: 'never' };
    return proofStatus(record, {
      outputs: provenFiles(io.files, root, id, io.launchHooks()),
      cli: undefined,
      platform: `${io.machine.platform}-${process.arch}`,
    });
  };
}

/** What list says of a proof beside the state; empty where there is nothing to say. */
export function listedWords(proof: ProofStatus): string {
  switch (proof.state) {
    case 'proven':
      return '✓ proven';
    case 'notEnforceable':
      return `proven, ${proof.counts.notEnforceable} not enforceable here`;
    case 'failed':
      return '✗ proof failed';
    case 'unproven':
      return 'unproven';
    case 'never':
      return '';
  }
}
