// A legacy entry becomes one that the CLI takes, and nothing else of the file changes.
import assert from 'node:assert/strict';
import { checkSettings } from '../../../src/claude/checkSettings.ts';
import { migrateHookEntry } from '../../../src/claude/migrateHook.ts';

const place = { file: '.claude/settings.json', source: 'project' as const };
const legacy = `{
    "hooks": {
        "PreToolUse": [{
            "command": "/srv/hooks/auto-deny.py",
            "description": "Enforce limits"
        }]
    },
    "contextFiles": ["CLAUDE.md"],   "projectInfo": {"name": "x"}
}
`;

describe('migrateHookEntry', () => {
  it('makes an entry that the CLI takes, and keeps the rest byte for byte', () => {
    const migrated = migrateHookEntry(legacy, '/hooks/PreToolUse/0');
    assert.ok(migrated !== undefined);
    const [entry] = JSON.parse(migrated).hooks.PreToolUse;
    assert.deepEqual(entry, {
      matcher: '*',
      hooks: [{ type: 'command', command: '/srv/hooks/auto-deny.py' }],
      description: 'Enforce limits',
    });
    assert.equal(checkSettings(legacy, place).dropped, true);
    assert.equal(checkSettings(migrated, place).dropped, false);
    assert.ok(migrated.endsWith('"contextFiles": ["CLAUDE.md"],   "projectInfo": {"name": "x"}\n}\n'));
    assert.equal(migrateHookEntry(migrated, '/hooks/PreToolUse/0'), undefined, 'once is enough');
  });

  const others: readonly [string, string][] = [
    ['not JSON', '{"hooks":'],
    ['nothing there', '{}'],
    ['a present entry', '{"hooks":{"PreToolUse":[{"hooks":[{"type":"command","command":"x"}]}]}}'],
    ['a text', '{"hooks":{"PreToolUse":["x"]}}'],
  ];
  for (const [name, text] of others)
    it(`leaves alone: ${name}`, () => {
      assert.equal(migrateHookEntry(text, '/hooks/PreToolUse/0'), undefined);
    });
});
