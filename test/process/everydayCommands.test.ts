// Commands of an ordinary working day, for an agent that may not change tests: hardly any may be refused, and each that
// is stands in the fixture with its reason.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'mocha';
import { judgeCommand } from '../../src/hooks/bash.ts';
import { eventOf } from '../../src/hooks/callOf.ts';
import { rootOf } from '../../src/hooks/resolvePath.ts';
import type { Policy } from '../../src/policy/policy.ts';

interface Fixture {
  readonly denied: readonly { readonly command: string; readonly reason: string }[];
  readonly commands: readonly string[];
}

const fixture: Fixture = JSON.parse(readFileSync('test/fixtures/everydayCommands.json', 'utf8'));

const deny = ['tests/**', '*.test.*'].map((glob) => ({ glob, from: 'cannot_access' as const }));
const kept = ['/agents/registry.yaml', '.claude/**', '.git/**'].map((glob) => ({
  glob,
  from: 'protected' as const,
}));
const policy: Policy = {
  format: 1,
  agent: 'backend-agent',
  tools: ['Bash'],
  mcp: [],
  write: { deny: [...deny, ...kept] },
  read: { deny: [] },
  bash: { allow: [], deny: [] },
  delegates: {},
};

const files =
  'tests/a.py tests/a.test.ts tests/unit/b.py tests/unit/b.test.ts src/app.ts src/app.py src/app.test.ts docs/guide.md build/out.log package.json README.md scripts/build.mjs .claude/settings.json agents/registry.yaml .git/HEAD';

describe('everyday commands', () => {
  let workspace: string;
  before(() => {
    workspace = realpathSync(mkdtempSync(path.join(tmpdir(), 'everyday-')));
    for (const file of files.split(' ')) {
      mkdirSync(path.dirname(path.join(workspace, file)), { recursive: true });
      writeFileSync(path.join(workspace, file), 'see tests/\n');
    }
  });
  after(() => rmSync(workspace, { recursive: true, force: true }));

  const deniedOf = (commands: readonly string[]): string[] =>
    commands.filter((command) => {
      const event = {
        hook_event_name: 'PreToolUse',
        tool_name: 'Bash',
        tool_input: { command },
        cwd: workspace,
      };
      return !judgeCommand(eventOf(event), policy, rootOf(workspace)).allow;
    });

  it('are let through, but for those listed', () => {
    const listed = fixture.denied.map(({ command }) => command);
    assert.deepEqual(deniedOf(fixture.commands), listed);
    assert.ok(new Set(fixture.commands).size >= 300);
    assert.ok(listed.length <= fixture.commands.length / 100);
  });

  it('are refused where they change what is forbidden', () => {
    const commands = [
      'rm tests/a.py',
      'sed -i s/a/b/ src/app.test.ts',
      'git checkout -- .',
      'npx prettier --write .',
    ];
    assert.deepEqual(deniedOf(commands), commands);
  });
});
