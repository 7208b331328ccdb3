// The mends of findings of settings files: the text after each, and that what was wrong is gone then.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { checkSettings } from '../../../src/claude/checkSettings.ts';
import { settingsRepairs } from '../../../src/claude/settingsRepairs.ts';
import type { SettingsSource } from '../../../src/claude/settingsReport.ts';

interface Case {
  readonly code: string;
  readonly before: string;
  readonly after: string;
  readonly source?: SettingsSource;
}

/** Mends the first finding of that code. */
function check({ code, before, after, source = 'local' }: Case): void {
  const of = (text: string) =>
    checkSettings(text, { file: 'x', source }).findings.filter(
      (finding) => finding.code === `claude/${code}`,
    );
  const [finding] = of(before);
  assert.ok(finding, `no finding ${code}`);
  const [repair] = settingsRepairs(before, finding);
  assert.equal(repair?.text, after);
  assert.equal(of(after).length, of(before).length - 1);
}

const handler = (more: string): string =>
  `{\n  "hooks": {\n    "PreToolUse": [\n      {\n        "hooks": [\n          {\n            "type": "command",\n            "command": "./guard.sh"${more}\n          }\n        ]\n      }\n    ]\n  }\n}\n`;

const cases: Readonly<Record<string, Case>> = {
  comment: {
    code: 'not-json',
    before: '{\n  // mine\n  "model": "a // b", /* x */\n  "env": {},\n}\n',
    after: '{\n\n  "model": "a // b",\n  "env": {}\n}\n',
  },
  'trailing comma in a list': {
    code: 'not-json',
    before: '{"permissions": {"deny": ["Edit(a,)",]}}',
    after: '{"permissions": {"deny": ["Edit(a,)"]}}',
  },
  'a byte order mark stays': {
    code: 'not-json',
    before: '\ufeff{"model": "a",}',
    after: '\ufeff{"model": "a"}',
  },
  'duplicate key': {
    code: 'duplicate-key',
    before: '{\r\n  "model": "a",\r\n  "env": {},\r\n  "model": "b"\r\n}\r\n',
    after: '{\r\n  "env": {},\r\n  "model": "b"\r\n}\r\n',
  },
  'duplicate key further down': {
    code: 'duplicate-key',
    before: '{"permissions": {"deny": ["Edit(a)"], "deny": []}}',
    after: '{"permissions": {"deny": []}}',
  },
  async: {
    code: 'async-guard',
    before: handler(',\n            "async": true'),
    after: handler(''),
  },
  onFailure: {
    code: 'no-on-failure',
    before: handler(''),
    after: handler(',\n            "onFailure": "block"'),
  },
  'onFailure that does nothing': {
    code: 'on-failure-idle',
    before: handler(',\n            "onFailure": "block"').replace('PreToolUse', 'PostToolUse'),
    after: handler('').replace('PreToolUse', 'PostToolUse'),
  },
  'hooks off': {
    code: 'hooks-disabled',
    before: '{\n\t"disableAllHooks": true,\n\t"model": "a"\n}\n',
    after: '{\n\t"model": "a"\n}\n',
  },
  variable: {
    code: 'weakens',
    before: '{\n  "env": {\n    "A": "1",\n    "NODE_OPTIONS": "-r x"\n  }\n}\n',
    after: '{\n  "env": {\n    "A": "1"\n  }\n}\n',
  },
  mode: {
    code: 'ignored-here',
    before: '{\n  "permissions": {\n    "defaultMode": "auto"\n  }\n}\n',
    after: '{\n  "permissions": {}\n}\n',
  },
  rule: {
    code: 'unknown-tool',
    before: '{"permissions": {"deny": ["Edit(a)", "Frobnicate(x)", "Edit(b)"]}}',
    after: '{"permissions": {"deny": ["Edit(a)", "Edit(b)"]}}',
  },
  'a key with a slash': {
    code: 'unknown-key',
    before: '{"a/b~c": 1, "model": "x"}',
    after: '{"model": "x"}',
  },
};

describe('mends of settings', () => {
  for (const [name, each] of Object.entries(cases)) it(name, () => check(each));

  it('leave alone what needs a person', () => {
    for (const text of ['', '{', '[1,]', '{"a": tru,}', '{"hooks": {"PreToolUse": "x"}}', '{"model": 3}'])
      for (const finding of checkSettings(text, { file: 'x', source: 'project' }).findings)
        assert.deepEqual(settingsRepairs(text, finding), [], `${text}: ${finding.code}`);
  });

  it('do no harm to a text that has changed since', () => {
    const finding = { code: 'claude/weakens', key: '/env/PATH', line: 9, column: 9, args: {} };
    for (const text of ['', '{}', '{"env": []}', '[', `${'['.repeat(20_000)}`])
      for (const code of [
        'claude/weakens',
        'claude/duplicate-key',
        'claude/no-on-failure',
        'claude/not-json',
      ])
        assert.deepEqual(settingsRepairs(text, { ...finding, code }), [], text.slice(0, 20));
  });
});
