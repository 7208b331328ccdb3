// What a settings file does that it does not look like: matchers, handlers, weakening keys, sources and versions.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { checkSettings } from '../../../src/claude/checkSettings.ts';
import { atLeast } from '../../../src/claude/cliVersion.ts';
import { ruleReach } from '../../../src/claude/pathRules.ts';
import type { SettingsSource } from '../../../src/claude/settingsReport.ts';
import { coversPath, deniesWrite, settingsVerdict } from '../../contract/settingsVerdict.ts';

/** The findings of a value as `code at → suggestion`. */
function said(value: unknown, source: SettingsSource = 'project', version = '2.1.329'): readonly string[] {
  const { findings } = checkSettings(JSON.stringify(value), { file: 'x', source }, { version });
  return findings.map(({ code, key, args: { suggestion } }) =>
    [code.replace('claude/', ''), key, ...(suggestion === undefined ? [] : ['→', suggestion])].join(' '),
  );
}

const guard = { type: 'command', command: 'true', onFailure: 'block' };
const hook = (event: string, handler: object, matcher?: string) => ({
  hooks: { [event]: [{ ...(matcher === undefined ? {} : { matcher }), hooks: [handler] }] },
});

describe('matchers', () => {
  /** The matchers that 2.1.329 and 2.1.197 fired a hook for, and those they did not, for a call of Write. */
  const fired =
    'Write Wri.* Edit|Write W* * ^Write$ .* Bash|Write| (Write) [W]rite W.ite Write| Write, Write$ a*b|Write'.split(
      ' ',
    );
  for (const matcher of [
    ...fired,
    '',
    'Edit | Write',
    'Edit, Write',
    ' Write',
    'Write ',
    'mcp__x__.*',
    'MultiEdit',
  ])
    it(`${JSON.stringify(matcher)} is left alone`, () =>
      assert.deepEqual(said(hook('PreToolUse', guard, matcher)), []));
  const silent: readonly (readonly [string, string?])[] = [
    ['write', 'Write'],
    ['Wri', 'Write'],
    ['Writ', 'Write'],
    ['Edit|write', 'Edit|Write'],
    ['Write(tests/**)', 'Write'],
    ['Write(*)', 'Write'],
    ['mcp__x', 'mcp__x__.*'],
    ['Nope'],
    ['('],
    ['**'],
    ['Edit;Write'],
    ['Tool(Write)'],
  ];
  for (const [matcher, better] of silent)
    it(`${JSON.stringify(matcher)} → ${better ?? 'never'}`, () =>
      assert.deepEqual(said(hook('PreToolUse', guard, matcher)), [
        `matcher-never-matches /hooks/PreToolUse/0/matcher${better === undefined ? '' : ` → ${better}`}`,
      ]));
  it('says nothing of events without tools, nor of what would take long', () => {
    assert.deepEqual(said(hook('SessionStart', { type: 'command', command: 'x' }, 'resume')), []);
    assert.deepEqual(said(hook('PreToolUse', guard, '(\\w+)+!')), []);
  });
});

describe('handlers', () => {
  const at = '/hooks/PreToolUse/0/hooks/0';
  it('fails open where onFailure is not said', () =>
    assert.deepEqual(said(hook('PreToolUse', { type: 'command', command: 'x' })), [`no-on-failure ${at}`]));
  it('an async one guards nothing', () => {
    assert.deepEqual(said(hook('PreToolUse', { ...guard, async: true })), [
      `async-guard ${at}/async`,
      `on-failure-idle ${at}/onFailure`,
    ]);
    const called = (command: string) => hook('PreToolUse', { type: 'command', command, async: true });
    assert.deepEqual(said(called('./deny-writes.sh')), [`async-guard ${at}/async`]);
    assert.deepEqual(said(called('./log.sh')), []);
  });
  it('onFailure under an event that stops nothing, and in a CLI that does not know it', () => {
    assert.deepEqual(said(hook('PostToolUse', guard)), [
      'on-failure-idle /hooks/PostToolUse/0/hooks/0/onFailure',
    ]);
    assert.deepEqual(said(hook('PreToolUse', guard)), []);
    assert.deepEqual(said(hook('PreToolUse', guard), 'project', '2.1.197'), [
      `on-failure-idle ${at}/onFailure`,
    ]);
  });
  it('a type that the event does not run', () => {
    const url = 'http://127.0.0.1/';
    assert.deepEqual(said(hook('SessionStart', { type: 'http', url })), [
      'handler-type /hooks/SessionStart/0/hooks/0/type',
    ]);
    assert.deepEqual(said(hook('Stop', { type: 'http', url })), []);
  });
  it('keys that nobody reads', () =>
    assert.deepEqual(said(hook('Stop', { type: 'command', command: 'x', timeOut: 5, zz: 1 })), [
      'misspelt-key /hooks/Stop/0/hooks/0/timeOut → timeout',
      'unknown-key /hooks/Stop/0/hooks/0/zz',
    ]));
});

describe('what weakens, and what is not listened to', () => {
  const mode = (defaultMode: string) => ({ permissions: { defaultMode } });
  const at = '/permissions/defaultMode';
  const cases: readonly (readonly [unknown, SettingsSource, readonly string[], string?])[] = [
    [mode('bypassPermissions'), 'project', [`ignored-here ${at}`]],
    [mode('bypassPermissions'), 'local', [`weakens ${at}`], '2.1.197'],
    [mode('auto'), 'local', [`ignored-here ${at}`], '2.1.197'],
    [mode('bypassPermissions'), 'flag', [`weakens ${at}`]],
    [mode('acceptEdits'), 'project', []],
    [{ permissions: { allow: ['Read'] } }, 'project', ['needs-trust /permissions/allow']],
    [{ permissions: { allow: ['Read'] } }, 'flag', []],
    [{ allowManagedHooksOnly: true }, 'local', ['ignored-here /allowManagedHooksOnly']],
    [{ env: { NODE_OPTIONS: '-r x' } }, 'local', ['weakens /env/NODE_OPTIONS']],
    [{ env: { NODE_OPTIONS: '', NODE_ENV: 'test' } }, 'flag', []],
    [{ env: { LD_DEBUG: 'help', PATH: '/x' } }, 'local', ['weakens /env/LD_DEBUG', 'weakens /env/PATH']],
    [{ enableAllProjectMcpServers: true }, 'local', ['weakens /enableAllProjectMcpServers']],
    [{ enableAllProjectMcpServers: false }, 'local', []],
    [{ sandbox: { enabled: false } }, 'local', ['weakens /sandbox/enabled']],
    [{ sandbox: { enabled: true, failIfUnavailable: true } }, 'local', []],
    [{ sandbox: { excludedCommands: ['docker'] } }, 'local', ['weakens /sandbox/excludedCommands']],
    [{ permissions: { Deny: ['x'] } }, 'local', ['misspelt-key /permissions/Deny → deny']],
    [{ permissions: { deny: ['Edit(/x/**)'] } }, 'project', []],
    [{ permissions: { deny: ['Edit(/x/**)'] } }, 'local', []],
    [
      { permissions: { deny: ['Edit(/x/**)'] } },
      'flag',
      ['rule-anchored-elsewhere /permissions/deny/0 → Edit(x/**)'],
    ],
    [
      { permissions: { deny: ['Edit(/x/**)'] } },
      'inline',
      ['rule-never-matches /permissions/deny/0 → Edit(x/**)'],
    ],
  ];
  for (const [value, source, expected, version] of cases)
    it(`${JSON.stringify(value)} in ${source}, ${version ?? 'newest'}`, () =>
      assert.deepEqual(said(value, source, version), expected));
});

describe('versions', () => {
  it('are compared by their numbers', () => {
    assert.ok(atLeast('2.1.295', '2.1.295') && atLeast('2.2.0', '2.1.295') && atLeast('10.0', '9.9.9'));
    assert.ok(!atLeast('2.1.197', '2.1.228') && !atLeast('nonsense', '0.0.1'));
  });
  const dropped = (value: unknown, version: string): boolean =>
    checkSettings(JSON.stringify(value), { file: 'x', source: 'project' }, { version }).dropped;
  const cases: readonly (readonly [string, unknown, newer: boolean, older: boolean])[] = [
    ['an event without a list', { hooks: { PreToolUse: 'nope' } }, true, false],
    ['a wrong onFailure', hook('PreToolUse', { ...guard, onFailure: 'explode' }), true, false],
    ['a legacy entry under Stop', { hooks: { Stop: [{ command: 'x' }] } }, false, true],
    ['a legacy entry under PreToolUse', { hooks: { PreToolUse: [{ command: 'x' }] } }, true, true],
    ['guards at the top', { PreToolUse: [{ hooks: [guard] }] }, true, false],
  ];
  for (const [title, value, newer, older] of cases)
    it(title, () => {
      assert.deepEqual([dropped(value, '2.1.329'), dropped(value, '2.1.197')], [newer, older]);
    });
});

describe('what a deny rule covers', () => {
  const folders = { source: 'project', start: '/w', home: '/home/me' } as const;
  const cases: readonly (readonly [rule: string, held: string, notHeld: string])[] = [
    ['Edit(tests/**)', 'pkg/tests/a', 'src/tests.txt'],
    ['Edit(./tests/**)', 'pkg/tests/a', 'a'],
    ['Edit(/tests/**)', 'tests/a', 'pkg/tests/a'],
    ['Edit(//w/tests/**)', 'tests/a', 'pkg/tests/a'],
    ['Edit(**/tests/**)', 'pkg/tests/a', 'a'],
    ['Edit(pkg/tests/**)', 'pkg/tests/a', 'x/pkg/tests/a'],
    ['Edit(TESTS)', 'pkg/tests/a/b', 'a'],
    ['Edit(tests/*)', 'tests/a/b', 'pkg/tests/a'],
    ['Edit(tests/**/)', 'tests/a', 'pkg/tests/a'],
    ['Edit(*.py)', 'x/a.py', 'x/a.ts'],
    ['Read(tests/**)', 'tests/a', 'a'],
    ['Write', 'a', '/v/../'],
    ['W*e', 'a', ''],
  ];
  for (const [rule, held, notHeld] of cases)
    it(rule, () => {
      assert.ok(deniesWrite(rule, `/w/${held}`, folders), held);
      if (!/^W/.test(rule)) assert.ok(!deniesWrite(rule, `/w/${notHeld}`, folders), notHeld);
    });
  for (const rule of [
    'Write(tests/**)',
    'Edit',
    'Edit(*)',
    'Edit(/w/tests/**)',
    'Edit(!src/**)',
    'MultiEdit(tests/**)',
    'Wr',
  ])
    it(`${rule} covers nothing`, () => assert.ok(!deniesWrite(rule, '/w/tests/a', folders)));
  it('depends on source and version', () => {
    assert.ok(!deniesWrite('Read(tests/**)', '/w/tests/a', folders, '2.1.197'));
    const given = { source: 'flag', start: '/w', folder: '/w/agents/x/.claude' } as const;
    assert.ok(!coversPath('/tests/**', '/w/tests/a', given));
    assert.ok(coversPath('/tests/**', '/w/agents/x/.claude/tests/a', given));
    assert.ok(coversPath('~/x/**', '/home/me/x/y', folders));
    assert.ok(!coversPath('/x/**', '/w/x/y', { source: 'inline', start: '/w' }));
  });
  it('a whole file', () => {
    const text = JSON.stringify({ permissions: { deny: ['Write(a/**)', 'Edit(b/**)', 'edit(c/**)', 3] } });
    const verdict = settingsVerdict(text, folders);
    assert.equal(verdict.dropped, false);
    assert.deepEqual(verdict.deny, ['Write(a/**)', 'Edit(b/**)']);
    assert.deepEqual(verdict.useless, ['Write(a/**)', 'edit(c/**)', '3']);
    assert.equal(verdict.deniedBy('/w/b/x'), 'Edit(b/**)');
    assert.equal(verdict.deniedBy('/w/a/x'), undefined);
    assert.equal(
      settingsVerdict('{"model":3,"permissions":{"deny":["Edit(b)"]}}', folders).deniedBy('/w/b'),
      undefined,
    );
  });
  it('hostile globs do no harm', () => {
    for (const glob of ['[', '\\', '../../x', '', '!', '#', '['.repeat(500), '**/'.repeat(40)])
      assert.equal(typeof coversPath(glob, '/w/a', folders), 'boolean');
  });
});

describe('what a rule speaks of', () => {
  const same: readonly (readonly string[])[] = [
    [
      'Edit(tests/**)',
      'Edit(./tests/**)',
      'Edit(**/tests/**)',
      'Edit(tests)',
      'Edit(TESTS/**)',
      'Edit(**/**/tests)',
    ],
    ['Edit(**/a/b/**)', 'Edit(**/a/b)'],
    ['Edit(*.py)', 'Edit(**/*.py)'],
    ['Read(//x/y/**)', 'Read(//x//y)'],
    ['Bash(git push:*)', 'Bash(git push *)'],
    ['Edit', 'Edit(*)'],
  ];
  const others = [
    ...[
      'Edit(a/b/**)',
      'Edit(/tests/**)',
      'Edit(tests/*)',
      'Edit(tests/)',
      'Edit(!tests)',
      'Edit(**/!tests)',
      'Edit(~/tests)',
    ],
    ...[
      'Write(tests/**)',
      'Read(tests/**)',
      'Edit(//tests/**)',
      'Bash(git push)',
      'Bash(git  push:*)',
      'Agent(qa)',
      'Agent',
    ],
  ];
  it('is the same for spellings of one rule', () => {
    for (const rules of same) assert.equal(new Set(rules.map(ruleReach)).size, 1, rules.join(', '));
  });
  it('is another for every other rule', () => {
    const all = [...same.map(([first = '']) => first), ...others];
    assert.equal(new Set(all.map(ruleReach)).size, all.length);
    assert.equal(ruleReach('Edit(tests/**'), undefined);
  });
  it('never joins rules of which one holds and the other does not', () => {
    const names = ['tests', 'a/b', '*.py', 'te?ts', '[!a]b', '!x', '#x', 'x y', '***', '**', '\\!x'];
    const forms = [
      '@',
      './@',
      '**/@',
      '**/**/@',
      '@/',
      '@/**',
      '@/**/',
      '@/*',
      '/@',
      '//w/@',
      '@/**/*',
      '@ ',
      ' @',
      '*/@',
      '@/***',
    ];
    const rules = names.flatMap((name) => forms.map((form) => `Edit(${form.replace('@', name)})`));
    const parts = ['tests', 'TESTS', 'a', 'b', 'x.py', '!b', 'ab', '!x', '#x', 'x y', 'sub'];
    const paths = ['', 'pkg/', 'p/q/', 'a/'].flatMap((folder) =>
      parts.flatMap((part) =>
        [part, `${part}/f`, `${part}/g/f`, `a/${part}`].map((each) => `/w/${folder}${each}`),
      ),
    );
    const folders = { source: 'flag', start: '/w', folder: '/w/agents/x/.claude' } as const;
    const reaches = new Map<string, readonly [string, string]>();
    for (const rule of rules) {
      const held = paths.filter((path) => deniesWrite(rule, path, folders)).join();
      const reach = ruleReach(rule) ?? rule;
      const [first, before] = reaches.get(reach) ?? [rule, held];
      assert.equal(held, before, `${rule} and ${first}`);
      reaches.set(reach, [first, before]);
    }
    assert.ok(reaches.size < rules.length * 0.75, `${reaches.size} reaches of ${rules.length} rules`);
  });
});
