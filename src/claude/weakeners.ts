// What of a live settings file takes protection away, or is written where the CLI does not listen to it. Facts as data.
import { visibleShort } from '../findings/visible.ts';
import { atLeast } from './cliVersion.ts';
import type { ClaudeCode } from './codes.ts';
import { isObject, type Json, type JsonObject, pointer } from './jsonText.ts';
import type { Mistake, SettingsSource } from './settingsReport.ts';

interface Fact {
  /** Keys from the top of the file down. */
  readonly path: readonly string[];
  readonly code: ClaudeCode;
  readonly holds: (value: Json) => boolean;
  /** Absent: in a file of any source. */
  readonly sources?: readonly SettingsSource[];
  /** The first version that it is true of, and the first that it is not; absent: of all that we know. */
  readonly since?: string;
  readonly until?: string;
  readonly says: string;
}

const fromProject: readonly SettingsSource[] = ['project', 'local'];
const isNotEmpty = (value: Json): boolean => Array.isArray(value) && value.length > 0;
const is =
  (...values: readonly Json[]) =>
  (value: Json): boolean =>
    values.includes(value);

/** Since then a project may not bypass permissions (2.1.197 let it, 2.1.329 does not; where it changed is not known). */
const modeIgnoredSince = '2.1.198';

const bypasses = 'starts every session without asking for permissions';

const facts: readonly Fact[] = [
  // CLAUDE-CODE-CONTRACT.md section 1.1; the versions as seen.
  {
    path: ['permissions', 'defaultMode'],
    code: 'claude/ignored-here',
    holds: is('bypassPermissions'),
    sources: fromProject,
    since: modeIgnoredSince,
    says: 'The CLI ignores the mode bypassPermissions in a project’s settings and starts in default.',
  },
  {
    path: ['permissions', 'defaultMode'],
    code: 'claude/ignored-here',
    holds: is('auto'),
    sources: fromProject,
    says: 'The CLI ignores the mode auto in a project’s settings and starts in default.',
  },
  {
    path: ['permissions', 'defaultMode'],
    code: 'claude/weakens',
    holds: is('bypassPermissions'),
    sources: fromProject,
    until: modeIgnoredSince,
    says: `This ${bypasses}.`,
  },
  {
    path: ['permissions', 'defaultMode'],
    code: 'claude/weakens',
    holds: is('bypassPermissions', 'auto'),
    sources: ['user', 'flag', 'inline'],
    says: `This ${bypasses}; only deny rules, hooks and the sandbox still refuse.`,
  },
  {
    path: ['permissions', 'allow'],
    code: 'claude/needs-trust',
    holds: isNotEmpty,
    sources: ['project'],
    says: 'The CLI takes these rules only once the folder is trusted; in print mode it ignores them until then.',
  },
  {
    path: ['permissions', 'additionalDirectories'],
    code: 'claude/needs-trust',
    holds: isNotEmpty,
    sources: ['project'],
    says: 'The CLI takes these folders only once the folder is trusted; in print mode it ignores them until then.',
  },
  // CLAUDE-CODE-CONTRACT.md section 1.2.
  {
    path: ['enableAllProjectMcpServers'],
    code: 'claude/weakens',
    holds: is(true),
    says: 'This starts every server of .mcp.json without asking, whoever put it there.',
  },
  {
    path: ['skipDangerousModePermissionPrompt'],
    code: 'claude/weakens',
    holds: is(true),
    says: 'This leaves out the question before permissions are bypassed.',
  },
  {
    path: ['sandbox', 'enabled'],
    code: 'claude/weakens',
    holds: is(false),
    says: 'This switches the sandbox off, where a file of lower rank switches it on.',
  },
  {
    path: ['sandbox', 'failIfUnavailable'],
    code: 'claude/weakens',
    holds: is(false),
    says: 'Where the sandbox can’t be had, commands run without it and nothing says so.',
  },
  {
    path: ['sandbox', 'allowUnsandboxedCommands'],
    code: 'claude/weakens',
    holds: is(true),
    says: 'This lets a session run commands outside the sandbox.',
  },
  {
    path: ['sandbox', 'excludedCommands'],
    code: 'claude/weakens',
    holds: isNotEmpty,
    says: 'These commands run outside the sandbox.',
  },
  {
    path: ['sandbox', 'filesystem', 'disabled'],
    code: 'claude/weakens',
    holds: is(true),
    says: 'In this sandbox every file may be written.',
  },
];

/** Keys that only managed settings may set (CLAUDE-CODE-CONTRACT.md section 1.2). */
const managedOnly: readonly string[] = [
  'allowManagedHooksOnly',
  'allowManagedPermissionRulesOnly',
  'allowManagedMcpServersOnly',
  'disableSideloadFlags',
  'strictPluginOnlyCustomization',
  'requiredMinimumVersion',
  'requiredMaximumVersion',
];

/** Variables that decide what a hook's program is, or loads before it (CLAUDE-CODE-CONTRACT.md section 8; seen with 2.1.329). */
const guardVariables =
  /^(PATH|SHELL|BASH_ENV|ENV|NODE_(OPTIONS|PATH|COMPILE_CACHE)|LD_.*|DYLD_.*|OPENSSL_CONF|CLAUDE_PROJECT_DIR)$/;

const memberAt = (root: JsonObject, path: readonly string[]): Json | undefined =>
  path.reduce<Json | undefined>(
    (value, key) => (isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined),
    root,
  );

/** What weakens the protection of a session, and what the CLI ignores because of where it is written. */
export function* weakeners(root: JsonObject, source: SettingsSource, version: string): Generator<Mistake> {
  for (const { path, code, holds, sources, since = '0', until, says } of facts) {
    if (sources?.includes(source) === false || !atLeast(version, since)) continue;
    if (until !== undefined && atLeast(version, until)) continue;
    const value = memberAt(root, path);
    if (value !== undefined && holds(value))
      yield {
        code,
        key: pointer(...path),
        ...(code === 'claude/needs-trust' ? { on: 'key' } : {}),
        message: says,
      };
  }
  for (const key of managedOnly)
    if (Object.hasOwn(root, key))
      yield {
        code: 'claude/ignored-here',
        key: pointer(key),
        on: 'key',
        message: `The CLI takes ${key} from managed settings only and ignores it here.`,
      };
  const { env } = root;
  if (!isObject(env)) return;
  // Set to nothing they are pinned, which protects.
  for (const [name, value] of Object.entries(env))
    if (guardVariables.test(name) && value !== '')
      yield {
        code: 'claude/weakens',
        key: pointer('env', name),
        on: 'key',
        message: `${visibleShort(name, 40)} decides what runs when a hook or a command starts: with it a guard can be replaced by a program that allows everything.`,
      };
}
