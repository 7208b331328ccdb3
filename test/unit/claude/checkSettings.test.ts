// The judgement of settings files: every row of CLAUDE-CODE-CONTRACT.md section 1.4, positions, and hostile text.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { checkSettings } from '../../../src/claude/checkSettings.ts';
import { claudeCodes } from '../../../src/claude/codes.ts';
import { guardEvents, hookEvents, hookEventTable } from '../../../src/claude/hookEvents.ts';
import { knownKeys } from '../../../src/claude/settingsKeys.ts';
import { validate } from '../../../src/claude/settingsSchema.generated.ts';
import { checkMarked, codesOf } from './checkMarked.ts';
import { settingsCases } from './settingsCases.ts';

/** A settings file of the form that earlier tooling wrote. */
const legacy = `
{
  "hooks": {
    "PreToolUse": [{
                   ^ claude/legacy-hook
      "command": "/srv/project/agents/backend-agent/.claude/hooks/auto-deny.py",
      "description": "Enforce Backend Agent directory and tool restrictions"
    }]
  },
  "contextFiles": [
  ^^^^^^^^^^^^^^ claude/legacy-key
    "CLAUDE.md",
    "/srv/project/.project-context.md"
  ],
  "projectInfo": {
  ^^^^^^^^^^^^^ claude/legacy-key
    "name": "Backend Agent",
    "type": "multi-agent-system",
    "description": "Handles server-side implementation and API development"
  }
}
`;

describe('what the CLI makes of a settings file', () => {
  for (const { name, text, dropped, code } of settingsCases)
    it(name, () => {
      const report = checkSettings(text, { file: 'x', source: 'project' });
      const codes = report.findings
        .filter(({ code }) => !/unknown-tool|no-on-failure|needs-trust/.test(code))
        .map((finding) => finding.code);
      assert.equal(report.dropped, dropped, codes.join());
      assert.deepEqual(codes, typeof code === 'string' ? [code] : (code ?? []));
      if (dropped) assert.ok(report.findings.some((finding) => finding.severity === 'error'));
    });
});

describe('where findings stand', () => {
  it('the legacy form of old', () => {
    const report = checkMarked(legacy);
    assert.equal(report.dropped, true);
    assert.deepEqual(
      report.hooks.map(({ form, event, pointer }) => [form, event, pointer]),
      [['legacy', 'PreToolUse', '/hooks/PreToolUse/0']],
    );
  });
  it('rules, with the spelling that matches', () => {
    const report = checkMarked(`
{
  "permissions": {
    "deny": [
      "Write(tests/**)",
      ^^^^^^^^^^^^^^^^^ claude/rule-never-matches
      "Edit(/srv/app/tests/**)",
      ^^^^^^^^^^^^^^^^^^^^^^^^^ claude/rule-never-matches
      "edit(tests/**)",
      ^^^^^^^^^^^^^^^^ claude/rule-skipped
      "Edit(a)(b)", "Edit(//srv/x)", "Read(~/.ssh/**)", "Bash(git push:*)", "mcp__x__*", "Agent(qa-agent)"
    ]
  }
}`);
    assert.deepEqual(
      report.findings.map((finding) => finding.args.suggestion),
      ['Edit(tests/**)', 'Edit(//srv/app/tests/**)', 'Edit(tests/**)'],
    );
    assert.equal(report.dropped, false);
  });
  it('values, keys, duplicates and switches', () => {
    const report = checkMarked(`
{
  "modle": "x",
  ^^^^^^^ claude/misspelt-key
  "model": "a",
  ^^^^^^^ claude/duplicate-key
  "model": "b",
  "cleanupPeriodDays": 0,
                       ^ claude/dropped
  "disableAllHooks": true
                     ^^^^ claude/hooks-disabled
}`);
    assert.equal(report.disablesHooks, true);
  });
  it('syntax', () => {
    checkMarked(`
{
  "model": "a",
              ^ claude/not-json
}`);
    checkMarked(`
{
  "model": "a" // mine
               ^^^^^^^ claude/not-json
}`);
    checkMarked(`
{
  "a": 1
  "b": 2
  ^^^ claude/not-json
}`);
  });
  it('the agent and the file are on every finding', () => {
    const { findings } = checkSettings('{"frob": 1}', { file: 'a/b.json', source: 'flag', agent: 'qa' });
    assert.deepEqual(
      findings.map(({ file, agent, key }) => [file, agent, key]),
      [['a/b.json', 'qa', '/frob']],
    );
  });
});

describe('rules', () => {
  const suggestions: readonly (readonly [string, string, string?])[] = [
    ['NotebookEdit(x)', 'claude/rule-never-matches', 'Edit(x)'],
    ['MultiEdit(x)', 'claude/rule-never-matches', 'Edit(x)'],
    ['Glob(x)', 'claude/rule-never-matches', 'Read(x)'],
    ['MultiEdit', 'claude/rule-never-matches', 'Edit'],
    ['SlashCommand(/x)', 'claude/rule-never-matches', 'Skill(/x)'],
    ['Bashh', 'claude/rule-never-matches', 'Bash'],
    ['Frobnicate(x)', 'claude/unknown-tool'],
    ['Edit(*)', 'claude/rule-never-matches', 'Edit(**)'],
    ['Edit(!src/**)', 'claude/rule-never-matches'],
    ['Edit(foo:*)', 'claude/rule-skipped'],
    ['Bash()', 'claude/rule-skipped', 'Bash'],
    ['Bash(:*)', 'claude/rule-skipped'],
    ['Bash(command:rm)', 'claude/rule-never-matches', 'Bash(rm)'],
    ['Write(file_path:x)', 'claude/rule-never-matches', 'Edit(x)'],
    ['WebFetch(https://x.org/y)', 'claude/rule-skipped', 'WebFetch(domain:x.org)'],
    ['mcp__x(y)', 'claude/rule-skipped', 'mcp__x'],
    ['webfetch', 'claude/rule-skipped', 'WebFetch'],
    ['Edit(', 'claude/rule-skipped'],
    ['Edit)', 'claude/rule-skipped'],
    ['Edit(x) ', 'claude/rule-skipped'],
    ['', 'claude/rule-skipped'],
    ['  ', 'claude/rule-skipped'],
  ];
  for (const [rule, code, suggestion] of suggestions)
    it(`${JSON.stringify(rule)} → ${suggestion ?? code}`, () => {
      const text = JSON.stringify({ permissions: { deny: [rule] } });
      const { findings } = checkSettings(text, { file: 'x', source: 'project' });
      assert.deepEqual(
        findings.map((finding) => [finding.code, finding.args.suggestion]),
        [[code, suggestion]],
      );
      if (suggestion !== undefined)
        assert.deepEqual(codesOf(JSON.stringify({ permissions: { deny: [suggestion] } })), []);
    });
  it('says nothing of rules that hold', () => {
    const deny = [
      'Edit',
      'Write',
      'Write(*)',
      'Bash(*)',
      'Bash(git push *)',
      'Task',
      'KillShell',
      'TaskOutput',
    ];
    const more = ['mcp__x', 'mcp__*', '*', 'Read(a b/**)', 'Edit(**)', 'Skill(x)', 'WebFetch(domain:x)'];
    assert.deepEqual(codesOf(JSON.stringify({ permissions: { deny: [...deny, ...more] } })), []);
  });
  it('patterns for tool names are for deny and ask only', () => {
    assert.deepEqual(codesOf('{"permissions":{"allow":["Ed*"]}}', 'local'), ['claude/rule-skipped']);
    assert.deepEqual(codesOf('{"permissions":{"allow":["mcp__x__*"]}}', 'local'), []);
  });
});

describe('hooks as data', () => {
  it('exec and shell form', () => {
    const { hooks } = checkSettings(
      JSON.stringify({
        hooks: {
          PreToolUse: [
            {
              matcher: 'Edit|Write',
              hooks: [{ type: 'command', command: 'node', args: ['a'], timeout: 5, onFailure: 'block' }],
            },
          ],
          Stop: [
            {
              hooks: [
                { type: 'command', command: 'x y', async: true },
                { type: 'http', url: 'http://x/y' },
              ],
            },
          ],
        },
      }),
      { file: 'x', source: 'project' },
    );
    assert.deepEqual(
      hooks.map(({ range, ...rest }) => rest),
      [
        {
          event: 'PreToolUse',
          matcher: 'Edit|Write',
          pointer: '/hooks/PreToolUse/0/hooks/0',
          type: 'command',
          isAsync: false,
          form: 'exec',
          command: 'node',
          onFailure: 'block',
          timeout: 5,
          args: ['a'],
        },
        {
          event: 'Stop',
          matcher: '',
          pointer: '/hooks/Stop/0/hooks/0',
          type: 'command',
          isAsync: true,
          form: 'shell',
          command: 'x y',
        },
        {
          event: 'Stop',
          matcher: '',
          pointer: '/hooks/Stop/0/hooks/1',
          type: 'http',
          isAsync: false,
          form: 'other',
          url: 'http://x/y',
        },
      ],
    );
  });
  it('the table of events agrees with itself', () => {
    assert.equal(hookEvents.length, 33);
    assert.equal(new Set(hookEvents).size, 33);
    const guards = hookEventTable.filter((event) => 'isGuard' in event).map(({ name }) => name);
    assert.deepEqual(new Set(guards), guardEvents);
  });
});

describe('hostile settings', () => {
  const texts = [
    '{"__proto__": {"deny": []}, "constructor": 1, "hooks": {"__proto__": [], "toString": [null]}}',
    '{"permissions": {"deny": ["\\u202e$(x)\\n", "../../x", "__proto__", "constructor(x)"]}}',
    `{"a": ${'['.repeat(20_000)}`,
    `{"a": ${'['.repeat(20_000)}${']'.repeat(20_000)}}`,
    `{"${'x'.repeat(100_000)}": 1}`,
    '\ufeff\ufeff{}',
    '{"hooks": {"PreToolUse": [{"hooks": [[]]}, [[]], 3, "x"]}}',
    '"\\ud800"',
  ];
  for (const [index, text] of texts.entries())
    it(`number ${index} does no harm`, () => {
      const { findings } = checkSettings(text, { file: 'x', source: 'local' });
      for (const finding of findings) {
        assert.ok(finding.message.length < 400, finding.message);
        assert.doesNotMatch(finding.message, /[\n\u202e]/);
      }
      assert.equal(Object.hasOwn(Object.prototype, 'deny'), false);
    });
});

describe('the schema', () => {
  it('takes any key that it does not know', () => {
    assert.deepEqual(validate({ frobnicate: 1, permissions: { frob: 1 }, sandbox: { frob: 1 } }), []);
  });
  it('knows no key that the list of keys does not have', () => {
    const refused = [...knownKeys].filter((key) => validate({ [key]: { zz: [1] } }).length > 0);
    assert.ok(refused.length > 100, String(refused.length));
  });
  it('every code is an own one', () => {
    for (const code of Object.keys(claudeCodes)) assert.match(code, /^claude\/[a-z]+(-[a-z]+)*$/);
  });
});
