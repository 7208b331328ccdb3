// The findings of this room: what the CLI makes of a settings file and its hooks.
import type { CodeInfo } from '../findings/finding.ts';

export const claudeCodes = {
  'claude/not-json': {
    severity: 'error',
    help: 'The settings file is not strict JSON, so the CLI drops it whole: no permission rule and no hook of it is in force. Comments and trailing commas are mistakes too.',
  },
  'claude/dropped': {
    severity: 'error',
    help: 'A value of the wrong form makes the CLI drop the whole settings file: no permission rule and no hook of it is in force, and in print mode it does not even say so.',
  },
  'claude/hooks-misplaced': {
    severity: 'error',
    help: 'Hooks for PreToolUse or PermissionRequest stand outside of "hooks". The CLI drops the whole settings file for it, since they might be what guards. Move them under "hooks".',
  },
  'claude/legacy-hook': {
    severity: 'error',
    help: 'A hook in an old form, with the command directly under the event. Under PreToolUse and PermissionRequest it makes the CLI drop the whole settings file. Migrate the entry to the present form.',
  },
  'claude/legacy-hook-skipped': {
    severity: 'warning',
    help: 'A hook in an old form, with the command directly under the event. The CLI skips the entry, so it never runs. Migrate it to the present form.',
  },
  'claude/entry-skipped': {
    severity: 'warning',
    help: 'A hook entry of the wrong form. The CLI skips it, so it never runs; the rest of the file holds.',
  },
  'claude/duplicate-key': {
    severity: 'warning',
    help: 'A key is written twice in one object. The CLI takes the last and forgets the first, without a word.',
  },
  'claude/unknown-event': {
    severity: 'information',
    help: 'The CLI as we know it has no hook event of this name, so the hook never runs. A newer CLI may have it.',
  },
  'claude/misspelt-event': {
    severity: 'warning',
    help: 'The name of a hook event is spelt almost like one that the CLI has. As it stands the hook never runs.',
  },
  'claude/unknown-key': {
    severity: 'information',
    help: 'The CLI as we know it has no setting of this name and ignores it without a word. A newer CLI may have it.',
  },
  'claude/misspelt-key': {
    severity: 'warning',
    help: 'The name of a setting is spelt almost like one that the CLI has. As it stands it is ignored without a word.',
  },
  'claude/legacy-key': {
    severity: 'information',
    help: 'contextFiles and projectInfo are keys of an older tool. The CLI ignores them without a word; in the registry, context_files does what was meant.',
  },
  'claude/rule-skipped': {
    severity: 'warning',
    help: 'A permission rule that the CLI can’t read. It skips the rule and applies the rest of the file.',
  },
  'claude/unknown-tool': {
    severity: 'information',
    help: 'A permission rule names a tool that the CLI as we know it does not have, so it matches nothing. A newer CLI may have it.',
  },
  'claude/foreign-key': {
    severity: 'warning',
    help: 'A key that belongs to another place or another file. Here the CLI ignores it without a word.',
  },
  'claude/rule-never-matches': {
    severity: 'warning',
    help: 'A permission rule in a spelling that the CLI never matches. For files only Edit(…) and Read(…) rules are consulted; tool names are case-sensitive; /path is not absolute, //path is.',
  },
  'claude/rule-anchored-elsewhere': {
    severity: 'warning',
    help: 'A path rule begins with a single /, which in this file does not mean the workspace: in a file that --settings names it means that file’s folder, in user settings ~/.claude. Leave the / out, or begin with // at the root of the disk.',
  },
  'claude/matcher-never-matches': {
    severity: 'warning',
    help: 'The matcher of a hook picks no tool, or one of its names does not, so the hook does not run. Names are compared exactly, case included; with any other character than letters, digits, _, -, comma, | and space it is a regular expression. Paths belong in "if".',
  },
  'claude/handler-type': {
    severity: 'warning',
    help: 'The event does not run handlers of this type, so the hook never does anything. A command runs under every event.',
  },
  'claude/async-guard': {
    severity: 'warning',
    help: 'The CLI does not wait for an async hook, so it can’t stop a call. Take "async" out of a hook that is to guard.',
  },
  'claude/no-on-failure': {
    severity: 'information',
    help: 'When a hook fails, is missing or takes too long, the CLI lets the call through, unless the hook says "onFailure": "block" (2.1.295 or later).',
  },
  'claude/on-failure-idle': {
    severity: 'warning',
    help: '"onFailure": "block" does nothing for an async hook, under an event that has nothing to stop, and in a CLI before 2.1.295.',
  },
  'claude/ignored-here': {
    severity: 'warning',
    help: 'A setting that the CLI does not take from a file of this place. It is ignored without a word.',
  },
  'claude/needs-trust': {
    severity: 'information',
    help: 'What a project allows counts only once a person has accepted the trust dialog for the folder. Deny and ask rules, hooks and environment count at once.',
  },
  'claude/weakens': {
    severity: 'warning',
    help: 'A setting that takes protection away from every session that reads this file. Remove it unless that is what you want.',
  },
  'claude/read-from-there': {
    severity: 'information',
    help: 'The CLI reads a folder’s .claude/settings.json only in a session that starts in that folder. A session that starts above it or below it does not know the file.',
  },
  'claude/hooks-disabled': {
    severity: 'warning',
    help: 'disableAllHooks switches every hook off, guards included, in this file’s scope and those below it.',
  },
  'claude/script-missing': {
    severity: 'warning',
    help: 'The program that a hook names does not exist. A hook that fails to start lets every call through, except where the interpreter happens to exit with 2, which refuses every call.',
  },
  'claude/not-executable': {
    severity: 'warning',
    help: 'The file that a hook names may not be executed, so the hook fails to start and every call goes through. Make it executable.',
  },
  'claude/interpreter-not-found': {
    severity: 'warning',
    help: 'The program that should run a hook’s script is not on PATH on this machine, so the hook fails to start and every call goes through.',
  },
  'claude/outside-workspace': {
    severity: 'warning',
    help: 'The script of a hook lies outside the workspace: other machines do not have it, and no review sees it change.',
  },
  'claude/relative-script': {
    severity: 'information',
    help: 'A hook runs in the session’s current directory, which changes with cd, so a relative path is not always found. Begin it with $CLAUDE_PROJECT_DIR.',
  },
  'claude/shebang-crlf': {
    severity: 'warning',
    help: 'The #! line of a hook’s script ends in a carriage return, which becomes part of the interpreter’s name: the hook never starts. Save the script with LF line ends.',
  },
  'claude/no-shebang': {
    severity: 'warning',
    help: 'A hook in the exec form names a script without a #! line as its command; without a shell nothing says what should run it. Add the line, or name the interpreter as the command and the script in args.',
  },
  'claude/unquoted-path': {
    severity: 'information',
    help: 'A hook in the shell form has $CLAUDE_PROJECT_DIR outside of double quotes. On a machine where the path of the workspace has a blank, the shell splits it there and the script is not found. Write "$CLAUDE_PROJECT_DIR"/….',
  },
  'claude/script-crlf': {
    severity: 'warning',
    help: 'A shell script of a hook has CRLF line ends. The shell takes each carriage return as part of a word, so the script does not do what it says, or ends with a syntax error that refuses every call. Save it with LF line ends.',
  },
  'claude/hook-silent': {
    severity: 'warning',
    help: 'In the newest session of the agent tools were used, and a hook that should have told of it wrote nothing. The session may have been started with hooks switched off, or something on this machine ends the hook before it writes. `doctor --hooks` shows what was seen; `prove` says whether the guard still blocks.',
  },
  'claude/fails-open': {
    severity: 'warning',
    help: 'The claude of this machine is older than 2.1.295 and does not heed onFailure: a guard that fails to start, crashes or takes too long lets the call through. Update claude.',
  },
  'claude/script-not-a-file': {
    severity: 'warning',
    help: 'What a hook names as its script is not a regular file, so the hook fails to start and every call goes through.',
  },
} as const satisfies Record<string, CodeInfo>;

export type ClaudeCode = keyof typeof claudeCodes;
