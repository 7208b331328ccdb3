// Why a call was refused: the codes that the guard writes into verdicts and spool lines.
import type { CodeInfo } from '../findings/finding.ts';

export const guardCodes = {
  'guard/tool-denied': {
    severity: 'information',
    help: 'The agent called a tool that its `tools` in agents/registry.yaml do not list. Add the tool there, or let an agent do this that has it.',
  },
  'guard/write-denied': {
    severity: 'information',
    help: 'The agent tried to create or change a file that agents/registry.yaml keeps from it with `cannot_access` or that another agent has alone with `exclusive_access`. Hand the work to the owner.',
  },
  'guard/protected': {
    severity: 'information',
    help: 'The agent tried to change the registry, an output, or a settings or git directory. No session may do that; a person does it outside of sessions.',
  },
  'guard/read-denied': {
    severity: 'information',
    help: 'The agent tried to read a file that `cannot_read` in agents/registry.yaml keeps from it.',
  },
  'guard/subagent-denied': {
    severity: 'information',
    help: 'The agent tried to start a sub-agent that its `delegates_to` in agents/registry.yaml does not list.',
  },
  'guard/caller-denied': {
    severity: 'information',
    help: 'A sub-agent made the call that is not among the `delegates_to` of the agent whose session this is.',
  },
  'guard/command-denied': {
    severity: 'information',
    help: 'The agent tried to run a command that `deny_bash` in agents/registry.yaml keeps from it. A person runs it, or the entry there is taken out.',
  },
  'guard/start-denied': {
    severity: 'information',
    help: 'The agent tried to start another session: claude, native-orchestrator or the tmux server of the sessions. Such a session would run without its limits. Let it hand the work over, or start the other agent yourself.',
  },
  'guard/opaque-denied': {
    severity: 'information',
    help: 'A part of a command whose effect cannot be told from its text, such as the code of an interpreter, mentions a place that agents/registry.yaml keeps from the agent. The agent can use a plain command or a file tool; with `sandbox: true` the operating system holds the limit too.',
  },
  'guard/opaque': {
    severity: 'information',
    help: 'A command was let through although its text does not tell all that it does: an interpreter, a script, a substitution. It names no forbidden place, but only `sandbox: true` can keep it from one.',
  },
  'guard/unclear-command': {
    severity: 'information',
    help: 'The shell command has a syntax error, or takes in more files than can be looked at, so it was refused. The agent can write it more plainly.',
  },
  'guard/settings-frozen': {
    severity: 'information',
    help: 'A settings file changed while the session ran, and the session goes on with the settings that it started with. Restart the agent to take the change in.',
  },
  'guard/unclear-call': {
    severity: 'warning',
    help: 'The call came in a shape that the guard does not know, so it was refused. The CLI may be newer than this version: update the extension.',
  },
  'guard/cannot-decide': {
    severity: 'error',
    help: 'The guard could not read its policy or its input, so it refused the call. Generate the outputs again and restart the agent.',
  },
} as const satisfies Record<string, CodeInfo>;

export type GuardCode = keyof typeof guardCodes;
