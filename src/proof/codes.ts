// The findings of this room: what a proof saw that should not be.
import type { CodeInfo } from '../findings/finding.ts';

export const proofCodes = {
  'proof/went-through': {
    severity: 'error',
    help: 'The real CLI did something that agents/registry.yaml forbids, in a scratch copy of the outputs. Regenerate the agent; if it stays so, this version of the CLI does not enforce the rule, and the agent should not run.',
  },
  'proof/wrongly-blocked': {
    severity: 'error',
    help: 'Something that agents/registry.yaml allows was refused, so the refusals beside it show nothing. Most often the guard of the workspace is missing or broken: regenerate the agent.',
  },
  'proof/not-run': {
    severity: 'warning',
    help: 'An attempt of the proof gave no answer that shows anything, so it is not counted as blocked. The message says what the CLI said.',
  },
  'proof/not-enforceable': {
    severity: 'information',
    help: 'Nothing on this machine can refuse this. The message says what would: most often `sandbox: true` in agents/registry.yaml, on a machine that has a sandbox.',
  },
  'proof/no-proof': {
    severity: 'error',
    help: 'The agent could not be tried at all. The message says why and what to do.',
  },
} as const satisfies Record<string, CodeInfo>;

export type ProofCode = keyof typeof proofCodes;
