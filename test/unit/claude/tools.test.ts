// The table of tools, and the lists that are made of it.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { checkSettings } from '../../../src/claude/checkSettings.ts';
import {
  bareDenies,
  knownTools,
  launchTools,
  toolFacts,
  toolInfo,
  tools,
} from '../../../src/claude/tools.ts';

describe('the table of tools', () => {
  it('has every name once', () => {
    assert.equal(knownTools.size, tools.length);
  });
  it('leads every older name to one of today', () => {
    for (const { name, today } of tools)
      if (today !== undefined) assert.equal(toolInfo(today)?.today ?? today, today, name);
  });
  it('knows what today’s names are', () => {
    const names = [
      'Task',
      'SlashCommand',
      'MultiEdit',
      'KillShell',
      'Bash',
      'Brandnew',
      '__proto__',
      'toString',
    ];
    assert.deepEqual(names.map(toolFacts.today), [
      'Agent',
      'Skill',
      'Edit',
      'TaskStop',
      'Bash',
      'Brandnew',
      '__proto__',
      'toString',
    ]);
  });
  it('describes every tool in one line', () => {
    for (const { name, description } of tools) assert.match(description, /^[A-Z][^\n]{5,90}\.$/, name);
  });
});

describe('bareDenies', () => {
  it('takes away all but the allowed ones', () => {
    const denied = bareDenies(['Read', 'Task', 'mcp__x']);
    for (const gone of ['Bash', 'Edit', 'Write', 'Glob', 'WebFetch', 'PowerShell'])
      assert.ok(denied.includes(gone), gone);
    for (const kept of ['Read', 'Agent', 'Task', 'AskUserQuestion', 'ExitPlanMode', 'TodoWrite'])
      assert.ok(!denied.includes(kept), kept);
    assert.deepEqual(denied, [...new Set(denied)].sort());
  });
  it('uses no name that the CLI would call a typo', () => {
    const text = JSON.stringify({ permissions: { deny: bareDenies([]) } });
    assert.deepEqual(checkSettings(text, { file: 'x', source: 'flag' }).findings, []);
  });
  it('does not take a name for a member of an object', () => {
    assert.deepEqual(bareDenies(['constructor', '__proto__']), bareDenies([]));
  });
});

describe('launchTools', () => {
  const cases: readonly (readonly [readonly string[], readonly string[]])[] = [
    [
      ['Write', 'Read', 'Task', 'Agent'],
      ['Agent', 'Read', 'Write'],
    ],
    [
      ['mcp__ref', 'Read', 'Brandnew'],
      ['Brandnew', 'Read'],
    ],
    [['BashOutput', 'TaskOutput', 'KillShell', 'LS'], ['TaskStop']],
    [['Read,Bash', 'a b', '--x', '', '$(x)'], []],
  ];
  for (const [allowed, expected] of cases)
    it(JSON.stringify(allowed), () => {
      assert.deepEqual(launchTools(allowed), expected);
    });
});
