// Every code of the registry's findings, with its severity and the help that a person may ask for.
import type { CodeInfo } from '../findings/finding.ts';

export const registryCodes = {
  'registry/yaml-syntax': {
    severity: 'error',
    help: 'The registry is not valid YAML, so nothing can be generated. Correct the marked place; texts that start with *, !, &, @ or ` belong in quotes.',
  },
  'registry/merge-conflict': {
    severity: 'error',
    help: 'Git left a merge conflict in the registry. Keep one of the two sides and delete the marker lines.',
  },
  'registry/several-documents': {
    severity: 'error',
    help: 'A registry is one YAML document. Delete the line that starts another one, or move its content into the first.',
  },
  'registry/alias-bomb': {
    severity: 'error',
    help: 'Aliases refer to each other so often that the registry would grow beyond all bounds. Write the values out.',
  },
  'registry/duplicate-key': {
    severity: 'error',
    help: 'The same key stands twice in one map, so it is unclear which one counts. Delete or rename one.',
  },
  'registry/empty': {
    severity: 'error',
    help: 'The registry has no content. It needs at least one agent below `agents`.',
  },
  'registry/no-agents': {
    severity: 'error',
    help: 'The registry names no agent. Add one below `agents`; an empty fleet is refused so that a slip does not remove everything.',
  },
  'registry/bad-id': {
    severity: 'error',
    help: 'An agent id becomes a directory, a session name and an argument: lower-case words and digits joined by single hyphens, starting with a letter, at most 64 characters.',
  },
  'registry/reserved-id': {
    severity: 'error',
    help: 'The id is taken: `archive` by us, Windows device names by Windows, and the built-in agent types by the CLI. Choose another.',
  },
  'registry/name-differs': {
    severity: 'error',
    help: 'An agent’s `name` must equal the key of its entry, since both name the same agent.',
  },
  'registry/missing-field': {
    severity: 'error',
    help: 'Every agent needs name, display_name, description, model and tools. Model and tools may come from `defaults`.',
  },
  'registry/wrong-type': {
    severity: 'error',
    help: 'The value is of another kind than the field needs. Numbers, dates and words such as yes must be in quotes where a text is meant; an empty list is [].',
  },
  'registry/bad-value': {
    severity: 'error',
    help: 'The value has the right type but a form that could not be used safely, such as a control character in a command or a model that looks like an option.',
  },
  'registry/unknown-permission-mode': {
    severity: 'error',
    help: 'The CLI knows default, acceptEdits, plan, auto, dontAsk and bypassPermissions, and drops a whole settings file over any other mode.',
  },
  'registry/unknown-delegate': {
    severity: 'error',
    help: 'An agent may delegate only to agents of this registry.',
  },
  'registry/self-delegation': {
    severity: 'error',
    help: 'An agent cannot delegate to itself. Remove the entry; when it comes from `defaults`, give the agent a list of its own.',
  },
  'registry/unknown-pilot': {
    severity: 'error',
    help: 'The pilot list may name only agents of this registry.',
  },
  'registry/path-outside-workspace': {
    severity: 'error',
    help: 'Rules and context files hold inside the workspace only. Write the path relative to the workspace, with forward slashes and without `..`.',
  },
  'registry/negated-glob': {
    severity: 'error',
    help: 'The CLI ignores a negated glob, so it would protect nothing. Write the globs that are meant, without `!`.',
  },
  'registry/bad-glob': {
    severity: 'error',
    help: 'The glob can match nothing, because it is empty, is a gitignore comment, ends in a lone backslash or holds a control character.',
  },
  'registry/exclusive-twice': {
    severity: 'error',
    help: 'Only one agent can have a path for itself. Decide which one, and remove the path from the other.',
  },
  'registry/forbidden-env': {
    severity: 'error',
    help: 'This variable decides which programs run, where traffic goes or how the session is guarded, so an agent may not set it.',
  },
  'registry/secret-in-env': {
    severity: 'error',
    help: 'The registry and its outputs are committed, so a secret in `env` would be published. Set it outside, in the environment the agent is started from.',
  },
  'registry/missing-persona': {
    severity: 'error',
    help: 'The persona file is joined into the agent’s prompt at launch, so it must exist.',
  },
  'registry/missing-context-file': {
    severity: 'error',
    help: 'Context files are joined into the agent’s prompt at launch, so they must exist.',
  },
  'registry/misspelt-field': {
    severity: 'warning',
    help: 'The field is not known but nearly equals one that is. As it stands it has no effect.',
  },
  'registry/delegation-cycle': {
    severity: 'warning',
    help: 'Agents that hand work to each other in a circle may never finish it. Remove one of the delegations.',
  },
  'registry/duplicate-item': {
    severity: 'warning',
    help: 'The list holds the same item twice. The second has no effect; delete it.',
  },
  'registry/expired-ignore': {
    severity: 'warning',
    help: 'The day until which this difference was to be ignored has passed. Settle the difference, or set a later day.',
  },
  'registry/unknown-field': {
    severity: 'information',
    help: 'The field is not one of the registry’s, so it has no effect.',
  },
  'registry/unknown-model': {
    severity: 'information',
    help: 'The model is not one we know of. The CLI accepts any name and fails at the first message when it does not exist.',
  },
  'registry/unknown-tool': {
    severity: 'information',
    help: 'The tool is not one we know of. The CLI drops unknown names silently, so the agent would not have it.',
  },
  'registry/delegation-tool-unused': {
    severity: 'information',
    help: 'The agent may use the tool that starts sub-agents, but there is nobody it may delegate to. The tool is denied.',
  },
  'registry/delegation-tool-missing': {
    severity: 'information',
    help: 'The agent may delegate, but lacks the tool that starts sub-agents. It can only hand work to the others’ own sessions.',
  },
  'registry/exclusive-not-denied': {
    severity: 'information',
    help: 'Exclusive paths are denied to everybody else in what we generate, whether or not the others list them in `cannot_access`.',
  },
  'registry/nobody-may-write': {
    severity: 'information',
    help: 'The path is exclusive to an agent that may not change it itself, so no agent can change it.',
  },
  'registry/delegation-narrowed': {
    severity: 'information',
    help: 'A sub-agent has only the rights that its caller has too. Work beyond them goes by handoff to the delegate’s own session.',
  },
} as const satisfies Record<string, CodeInfo>;

export type RegistryCode = keyof typeof registryCodes;
