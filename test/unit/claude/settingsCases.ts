// What the CLI (2.1.329) makes of a settings file, case by case, each seen with `claude doctor`. Every file holds the rule
// `deny Frobnicate` besides: doctor complains of it exactly when the file is in force, and so says whether it was dropped.

export interface SettingsCase {
  readonly name: string;
  readonly text: string;
  /** The CLI ignores the whole file. */
  readonly dropped: boolean;
  /** The findings we give for it, but for those that are only worth knowing of any hook; none when absent. */
  readonly code?: string | readonly string[];
}

const probe = '"permissions": {"deny": ["Frobnicate"]}';
const command = '{"type": "command", "command": "true"}';

const beside = (members: string): string => `{${probe}, ${members}}`;
const event = (name: string, entry: string): string => beside(`"hooks": {"${name}": [${entry}]}`);
const handler = (name: string, members: string): string => event(name, `{"hooks": [{${members}}]}`);
const inPermissions = (members: string): string => `{"permissions": {"deny": ["Frobnicate"], ${members}}}`;

/** Mistakes that drop the file under a guard event and skip the entry under any other. */
const malformed: readonly (readonly [string, (name: string) => string])[] = [
  ['no type', (name) => handler(name, '"command": "x"')],
  ['no command', (name) => handler(name, '"type": "command"')],
  ['unknown type', (name) => handler(name, '"type": "webhook", "url": "http://x"')],
  ['matcher is a list', (name) => event(name, `{"matcher": ["Edit"], "hooks": [${command}]}`)],
  ['timeout is a text', (name) => handler(name, '"type": "command", "command": "x", "timeout": "5"')],
  ['timeout 0', (name) => handler(name, '"type": "command", "command": "x", "timeout": 0')],
  ['onFailure', (name) => handler(name, '"type": "command", "command": "x", "onFailure": "explode"')],
  ['args is a text', (name) => handler(name, '"type": "command", "command": "x", "args": "y"')],
  ['args of numbers', (name) => handler(name, '"type": "command", "command": "x", "args": [1]')],
  ['async is a text', (name) => handler(name, '"type": "command", "command": "x", "async": "yes"')],
  ['if is a number', (name) => handler(name, '"type": "command", "command": "x", "if": 3')],
  ['shell', (name) => handler(name, '"type": "command", "command": "x", "shell": "fish"')],
  ['http without url', (name) => handler(name, '"type": "http"')],
  ['http with no URL', (name) => handler(name, '"type": "http", "url": "nope"')],
  ['headers', (name) => handler(name, '"type": "http", "url": "http://x/y", "headers": {"a": 1}')],
  ['prompt without prompt', (name) => handler(name, '"type": "prompt"')],
  ['mcp_tool without tool', (name) => handler(name, '"type": "mcp_tool", "server": "a"')],
  ['no hooks', (name) => event(name, '{"matcher": "*"}')],
  ['entry is null', (name) => event(name, 'null')],
  ['event is an object', (name) => beside(`"hooks": {"${name}": {"matcher": "*"}}`)],
  ['event is a text', (name) => beside(`"hooks": {"${name}": "nope"}`)],
];

/** Forms that the CLI takes under every event. */
const sound: readonly (readonly [string, (name: string) => string, (readonly string[])?])[] = [
  ['good', (name) => event(name, `{"matcher": "*", "hooks": [${command}]}`)],
  ['no entries', (name) => beside(`"hooks": {"${name}": []}`)],
  ['no handlers', (name) => event(name, '{"matcher": "*", "hooks": []}')],
  [
    'unknown keys',
    (name) => event(name, `{"note": 1, "hooks": [{"type": "command", "command": "x", "description": "d"}]}`),
    ['claude/unknown-key', 'claude/unknown-key'],
  ],
  [
    'bad regular expression',
    (name) => event(name, `{"matcher": "(", "hooks": [${command}]}`),
    ['claude/matcher-never-matches'],
  ],
  ['onFailure of a prompt', (name) => handler(name, '"type": "prompt", "prompt": "x", "onFailure": "zz"')],
];

const dropping = (text: string, code = 'claude/dropped') => ({ text, dropped: true, code });
const skipping = (text: string, code = 'claude/entry-skipped') => ({ text, dropped: false, code });
const harmless = (text: string) => ({ text, dropped: false });

const single: Readonly<Record<string, Omit<SettingsCase, 'name'>>> = {
  'legacy form under PreToolUse': dropping(event('PreToolUse', '{"command": "x"}'), 'claude/legacy-hook'),
  'legacy form under PermissionRequest': dropping(
    event('PermissionRequest', '{"command": "x"}'),
    'claude/legacy-hook',
  ),
  'legacy form under Stop': skipping(event('Stop', '{"command": "x"}'), 'claude/legacy-hook-skipped'),
  'legacy form beside a good one': dropping(
    event('PreToolUse', `{"hooks": [${command}]}, {"command": "x"}`),
    'claude/legacy-hook',
  ),
  'PreToolUse is null': skipping(beside('"hooks": {"PreToolUse": null}')),
  'near event': skipping(event('preToolUse', `{"hooks": [${command}]}`), 'claude/misspelt-event'),
  'near event, malformed': skipping(event('preToolUse', '{"command": "x"}'), 'claude/misspelt-event'),
  'unknown event': skipping(event('Nope', `{"hooks": [${command}]}`), 'claude/unknown-event'),
  'hooks is an empty list': skipping(beside('"hooks": []')),
  'hooks is a text': skipping(beside('"hooks": "x"')),
  'hooks is null': skipping(beside('"hooks": null')),
  'hooks is a list of entries': dropping(beside(`"hooks": [{"matcher": "Edit", "hooks": [${command}]}]`)),
  'guards at the top': dropping(beside(`"PreToolUse": [{"hooks": [${command}]}]`), 'claude/hooks-misplaced'),
  'guards below another key': dropping(
    beside('"a": {"b": {"PreToolUse": [{"hooks": []}]}}'),
    'claude/hooks-misplaced',
  ),
  'guards in hooks in hooks': dropping(
    beside(`"hooks": {"hooks": {"PreToolUse": [{"hooks": [${command}]}]}}`),
    'claude/hooks-misplaced',
  ),
  'a guard event that is a name in env': harmless(beside('"env": {"PreToolUse": "x"}')),
  defaultMode: dropping(inPermissions('"defaultMode": "nope"')),
  'defaultMode manual': harmless(inPermissions('"defaultMode": "manual"')),
  'allow is a text': dropping(inPermissions('"allow": "x"')),
  'deny is null': dropping('{"permissions": {"deny": null}}'),
  'number in a rule list': skipping(inPermissions('"allow": [3]'), 'claude/rule-skipped'),
  'additionalDirectories of numbers': dropping(inPermissions('"additionalDirectories": [3]')),
  disableBypassPermissionsMode: dropping(inPermissions('"disableBypassPermissionsMode": true')),
  'unknown key in permissions': skipping(inPermissions('"denny": ["x"]'), 'claude/misspelt-key'),
  'permissions is null': dropping('{"permissions": null}'),
  model: dropping(beside('"model": 17')),
  'unknown model': harmless(beside('"model": "nope"')),
  'unknown agent': harmless(beside('"agent": "nope"')),
  statusLine: dropping(beside('"statusLine": "x"')),
  'statusLine without command': dropping(beside('"statusLine": {"type": "command"}')),
  'cleanupPeriodDays 0': dropping(beside('"cleanupPeriodDays": 0')),
  'cleanupPeriodDays 1.5': dropping(beside('"cleanupPeriodDays": 1.5')),
  denyWrite: dropping(beside('"sandbox": {"filesystem": {"denyWrite": [3]}}')),
  'sandbox.enabled': dropping(beside('"sandbox": {"enabled": "x"}')),
  'unknown key in sandbox': harmless(beside('"sandbox": {"zz": 1}')),
  'env is a list': dropping(beside('"env": []')),
  'number in env': harmless(beside('"env": {"A": 1}')),
  'object in env': harmless(beside('"env": {"A": {"b": 1}}')),
  'disableAllHooks is a text': dropping(beside('"disableAllHooks": "true"')),
  'worktree.baseRef': dropping(beside('"worktree": {"baseRef": "x"}')),
  'attribution.commit': dropping(beside('"attribution": {"commit": 3}')),
  'attribution false': harmless(beside('"attribution": false')),
  skillOverrides: dropping(beside('"skillOverrides": {"a": "b"}')),
  'fallbackModel is a text': dropping(beside('"fallbackModel": "x"')),
  $schema: dropping(beside('"$schema": 3')),
  'a bad value that is tolerated': harmless(beside('"effortLevel": 17')),
  'legacy keys': skipping(beside('"contextFiles": ["a"]'), 'claude/legacy-key'),
  'mcpServers in settings': skipping(beside('"mcpServers": {}'), 'claude/foreign-key'),
  'unknown key': skipping(beside('"frobnicate": true'), 'claude/unknown-key'),
  'near key': skipping(beside('"Permissions": {}'), 'claude/misspelt-key'),
  __proto__: skipping(beside('"__proto__": {"model": 3}'), 'claude/unknown-key'),
  'syntax error': dropping(`{${probe}`, 'claude/not-json'),
  'trailing comma': dropping(`{${probe},}`, 'claude/not-json'),
  comment: dropping(`// x\n{${probe}}`, 'claude/not-json'),
  'list at the top': dropping(`[{${probe}}]`, 'claude/not-json'),
  'null at the top': dropping('null', 'claude/not-json'),
  empty: dropping('', 'claude/not-json'),
  blank: dropping(' \n', 'claude/not-json'),
  'no-break space': dropping(`{\u00a0${probe}}`, 'claude/not-json'),
  'byte order mark': harmless(`\ufeff{${probe}}`),
  CRLF: harmless(`{\r\n${probe}\r\n}\r\n`),
  'duplicate key': skipping(beside('"model": "a", "model": "b"'), 'claude/duplicate-key'),
};

/** Row by row of CLAUDE-CODE-CONTRACT.md section 1.4, and what was seen besides. */
export const settingsCases: readonly SettingsCase[] = [
  ...['PreToolUse', 'PermissionRequest', 'Stop'].flatMap((name): SettingsCase[] => [
    ...malformed.map(([mistake, text]): SettingsCase => {
      const dropped = name !== 'Stop';
      const code = dropped ? 'claude/dropped' : 'claude/entry-skipped';
      return { name: `${name}: ${mistake}`, text: text(name), dropped, code };
    }),
    ...sound.map(
      ([form, text, code = []]): SettingsCase => ({
        name: `${name}: ${form}`,
        text: text(name),
        dropped: false,
        // Stop has no tools to match.
        code: code.filter((each) => name !== 'Stop' || each !== 'claude/matcher-never-matches'),
      }),
    ),
  ]),
  ...Object.entries(single).map(([name, rest]): SettingsCase => ({ name, ...rest })),
];
