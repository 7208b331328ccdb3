// The findings of this room: drift, and what is lost with it.
import type { CodeInfo } from '../findings/finding.ts';

export const outputCodes = {
  'outputs/registry-absent': {
    severity: 'error',
    help: 'There is no agents/registry.yaml in the workspace. Create one, or name the folder that has it with --workspace.',
  },
  'outputs/registry-unreadable': {
    severity: 'error',
    help: 'agents/registry.yaml is there but cannot be read. Mend its permissions, or put a file where something else stands.',
  },
  'outputs/unknown-agent': {
    severity: 'error',
    help: 'The registry has no agent of that name. `native-orchestrator list` shows those it has.',
  },
  'outputs/missing': {
    severity: 'warning',
    help: 'A file that the registry asks for does not exist. Regenerate the agent.',
  },
  'outputs/stale': {
    severity: 'warning',
    help: 'The registry has moved on since this file was written. Regenerate the agent.',
  },
  'outputs/edited': {
    severity: 'warning',
    help: 'Somebody or some tool changed a generated file. Restore what the registry says (a backup is kept), adopt the change into the registry, or ignore it with a reason.',
  },
  'outputs/conflict': {
    severity: 'warning',
    help: 'Both the registry and the file changed since the file was last generated, differently. Restore to take what the registry says (a backup is kept), or adopt what the file says into the registry.',
  },
  'outputs/orphan': {
    severity: 'warning',
    help: 'The file was generated for an agent that is no longer in the registry. Put the agent back or remove the file.',
  },
  'outputs/unreadable': {
    severity: 'error',
    help: 'A generated file cannot be read, or is not what its name says. Generate refuses to write over it; mend it, move it away, or use --force (a backup is kept).',
  },
  'outputs/guard-lost': {
    severity: 'error',
    help: 'The hook that refuses forbidden calls is gone from the settings or was changed. The agent is disarmed: restore it before it is started.',
  },
  'outputs/deny-lost': {
    severity: 'error',
    help: 'Deny rules that the registry asks for are gone from the settings. The agent is disarmed: restore it before it is started.',
  },
  'outputs/pin-lost': {
    severity: 'error',
    help: 'A setting that keeps other settings files from switching the guard off is gone. The agent is disarmed: restore it before it is started.',
  },
  'outputs/sandbox-lost': {
    severity: 'error',
    help: 'The sandbox that the registry asks for is not switched on in the settings. The agent is disarmed: restore it before it is started.',
  },
  'outputs/hooks-off': {
    severity: 'error',
    help: 'A live settings file of the workspace switches all hooks off. Remove disableAllHooks from it.',
  },
  'outputs/live-unreadable': {
    severity: 'warning',
    help: 'A settings file that is live for every agent of the workspace cannot be read, so it is unknown whether it switches hooks off. Mend its permissions, or put a file where something else stands.',
  },
  'outputs/would-overwrite': {
    severity: 'error',
    help: 'A generated file, or a key of it, was changed since it was generated, and generate would write over that. `restore` takes what the registry says (a backup is kept, and `restore --undo` brings it back), `adopt` writes the change into the registry, `ignore` lives with it, and `generate --force` writes over it.',
  },
  'outputs/moved-on': {
    severity: 'error',
    help: 'A file is no longer what it was when the change to it was worked out, or when its backup was made. Nothing was written; look at the difference and ask again.',
  },
  'outputs/cannot-adopt': {
    severity: 'warning',
    help: 'A difference was not written into the registry, because no field of it says that, because more would change than that, or because the value is written in `defaults` or behind an alias (`--on-agent` then writes it on the agent alone). Nothing was lost: the file is as it was.',
  },
  'outputs/would-be-dropped': {
    severity: 'error',
    help: 'The file as it would be written, our keys and those that others added, would be dropped whole by the CLI. Nothing is written for the agent; mend the key that is named.',
  },
  'outputs/leads-outside': {
    severity: 'error',
    help: 'A symbolic link makes a generated file lie outside the workspace. Nothing is written through it; replace the link by a folder.',
  },
  'outputs/lock-damaged': {
    severity: 'warning',
    help: 'agents/registry.lock.json cannot be used, so it is unknown who changed what. After a merge conflict in it, regenerate instead of choosing a side: generating everything writes it anew.',
  },
  'outputs/lock-absent': {
    severity: 'warning',
    help: 'There are generated files and no agents/registry.lock.json, so it is unknown who changed what. It belongs into version control; generating everything writes it anew.',
  },
  'outputs/ignored': {
    severity: 'information',
    help: 'A generated file differs from the registry, and the registry says under `ignore` to live with it. Generate leaves such a difference as it is.',
  },
  'outputs/ignore-refused': {
    severity: 'warning',
    help: 'An entry under `ignore` speaks of a difference that cannot be ignored: a guard, deny rule, pin or sandbox that is gone, a policy or hook that was changed, a file that is missing or cannot be read. It counts all the same; mend the difference and delete the entry.',
  },
  'outputs/lock-newer': {
    severity: 'error',
    help: 'The outputs were written by a newer version. Update Native Orchestrator; this version writes nothing.',
  },
  'outputs/legacy-disagrees': {
    severity: 'warning',
    help: 'A settings file in the form of earlier tooling says something else of its agent than the registry. Nobody reads it there. `native-orchestrator migrate` brings the file into the present form and goes by the registry; correct the registry first where the file is right.',
  },
  'outputs/legacy-missing-file': {
    severity: 'warning',
    help: 'A settings file in the form of earlier tooling names a context file that the workspace has not got. `native-orchestrator migrate` leaves it out.',
  },
  'outputs/migrated': {
    severity: 'information',
    help: 'What migrate does with something of the form of earlier tooling that has no place of its own in the present one.',
  },
  'outputs/migrate-replaces': {
    severity: 'warning',
    help: 'A value that somebody wrote into a settings file of the form of earlier tooling differs from what the registry says, and the registry wins. The backup has it; put it into the registry if it is meant.',
  },
  'outputs/cannot-migrate': {
    severity: 'error',
    help: 'Something of the form of earlier tooling cannot be brought into the present form by itself. Nothing was written; mend what is named and run it again.',
  },
  'outputs/template-dropped': {
    severity: 'error',
    help: 'The CLI drops the settings that a template makes: no rule and no hook of them is in force, and the agents run unguarded. `native-orchestrator migrate` goes over to the built-in settings (what is replaced is kept), or mend the template.',
  },
  'outputs/template-unguarded': {
    severity: 'warning',
    help: 'The settings that a template makes have not got the guard, or deny rules that the registry asks for. `start` wants --unguarded for such an agent. `native-orchestrator migrate` goes over to the built-in settings; a template can also keep them, with the variables AGENT_POLICY_SHA256 and AGENT_DENY_RULES.',
  },
  'outputs/template-unreadable': {
    severity: 'error',
    help: 'A template is there and cannot be read, so it is not known what agents should have, and generate writes nothing. Mend it, or move it away to have the built-in form.',
  },
  'outputs/template-absolute': {
    severity: 'information',
    help: 'A template uses PROJECT_ROOT, which is another path on every machine: what is generated on one counts as stale on the next. $CLAUDE_PROJECT_DIR is the same everywhere.',
  },
  'outputs/unknown-variable': {
    severity: 'information',
    help: 'A template has a name in braces behind a dollar sign that is no variable. It stays as it is, which is right for what a shell or the CLI replaces.',
  },
  'outputs/misspelt-variable': {
    severity: 'warning',
    help: 'A template has a name in braces behind a dollar sign that is almost that of a variable, or the closing brace is missing. It stays as it is.',
  },
  'outputs/other-version': {
    severity: 'information',
    help: 'The hooks in the workspace were written by another version. They are left as they are; `generate --upgrade` moves on.',
  },
  'outputs/old-directory': {
    severity: 'warning',
    help: 'A directory below agents/ that no entry of the registry owns, and that a registered agent replaced or that belonged to one that is gone. `native-orchestrator clean --archive` moves it to agents/archive, and one command brings it back.',
  },
  'outputs/test-artefact': {
    severity: 'warning',
    help: 'A directory below agents/ that a test left: its name or its content says that there never was such an agent. `native-orchestrator clean --archive` moves it to agents/archive.',
  },
  'outputs/unowned-directory': {
    severity: 'information',
    help: 'A directory below agents/ that no entry of the registry owns, and of which nothing says that it is old. It is left alone; put the agent in the registry, or archive it by its name.',
  },
  'outputs/no-directory': {
    severity: 'information',
    help: 'A registered agent has no directory yet. Generate it.',
  },
} as const satisfies Record<string, CodeInfo>;

export type OutputCode = keyof typeof outputCodes;
