// The findings of this room: what a command could not do, for those who read JSON.
import type { CodeInfo } from '../findings/finding.ts';

export const cliCodes = {
  'cli/wrong-usage': {
    severity: 'error',
    help: 'The command line has a verb, an option or a value that there is not. The message names the nearest that there is; see also `native-orchestrator --help`.',
  },
  'cli/not-done': {
    severity: 'error',
    help: 'The command could not do its work; nothing is half-done. The message says why and what to do.',
  },
  'cli/machine': {
    severity: 'warning',
    help: 'This machine lacks something that agents need, or has it in a form that will not do. The message says what; `native-orchestrator doctor` has the whole list.',
  },
} as const satisfies Record<string, CodeInfo>;

export type CliCode = keyof typeof cliCodes;
