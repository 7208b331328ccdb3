// What a proof tries, whatever it leaves out for the sake of speed: every rule, by every carrier that must hold it alone.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { builtInAgentTypes } from '../../../src/claude/tools.ts';
import { plannerOf } from '../../../src/outputs/plan.ts';
import type { Carrier, SettingsForm } from '../../../src/proof/proofRecord.ts';
import type { Trial } from '../../../src/proof/trial.ts';
import { trialsOf } from '../../../src/proof/trialSets.ts';
import { parseRegistry } from '../../../src/registry/parse.ts';

const { registry } = parseRegistry(`
agents:
  lead:
    {name: lead, display_name: Lead, description: d, model: m, tools: [Read, Agent], delegates_to: [shell], cannot_access: [src/**]}
  shell:
    name: shell
    display_name: Shell
    description: d
    model: m
    tools: [Read, Write, Edit, Bash]
    cannot_access: [tests/**, "*.gen.*", /docs/**, a/**, b/**, c/**]
    cannot_read: [private/**]
    deny_bash: [git push]
  other: {name: other, display_name: Other, description: d, model: m, tools: [Read], exclusive_access: [tests/**, own/**]}
`);

function trials(id: string, form: SettingsForm, carrier: Carrier): readonly Trial[] {
  const agent = registry?.agents.get(id);
  assert.ok(registry !== undefined && agent !== undefined);
  const policy = plannerOf(registry).policyOf(id);
  const subject = {
    agent,
    registry,
    policy,
    root: '/work',
    state: '/state',
    python: 'python3',
    node: 'node',
  };
  return trialsOf({ ...subject, isSandboxed: false }, form, carrier).trials;
}

const sessions = [
  ['launch', 'all'],
  ['launch', 'guard'],
  ['committed', 'rules'],
  ['committed', 'guard'],
] as const;

/** The globs that forbidden trials of some kinds are about. */
const globsOf = (found: readonly Trial[], kinds: readonly string[]): readonly string[] =>
  [
    ...new Set(
      found
        .filter(
          ({ kind, expected, isUntriable }) => kinds.includes(kind) && expected === 'blocked' && !isUntriable,
        )
        .flatMap(({ rule }) => rule ?? []),
    ),
  ].sort();

describe('what a proof tries', () => {
  const own = ['*.gen.*', '/docs/**', 'a/**', 'b/**', 'c/**', 'own/**', 'tests/**'];
  const guarded = [
    ...['.claude/**', '.git', '.mcp.json', '/agents/.orchestrator/**', '/agents/registry.lock.json'],
    ...['/agents/registry.yaml', 'agents/**/.claude/**'],
  ];

  it('edits, writes and removes under every glob, with everything in force and with rules alone', () => {
    for (const [form, carrier] of [
      ['launch', 'all'],
      ['committed', 'rules'],
    ] as const) {
      const found = trials('shell', form, carrier);
      assert.deepEqual(globsOf(found, ['edit']), own);
      assert.deepEqual(globsOf(found, ['write']), own);
      assert.deepEqual(globsOf(found, ['protected']), guarded);
      assert.deepEqual(globsOf(found, ['read']), ['private/**']);
    }
    assert.deepEqual(globsOf(trials('shell', 'committed', 'rules'), ['delete']), own);
    const open = trials('shell', 'launch', 'all').filter(({ enforceable }) => !enforceable);
    assert.deepEqual(open.map(({ kind }) => kind).sort(), ['interpreter', 'nested']);
  });

  it('asks the guard alone about every glob, by every form of a command, and by a file tool', () => {
    const found = trials('shell', 'launch', 'guard');
    assert.deepEqual(globsOf(found, ['write', 'shell', 'edit', 'delete']), own);
    assert.deepEqual(globsOf(found, ['protected']), guarded);
    assert.deepEqual(globsOf(found, ['read']), ['private/**']);
    const commands = found.filter(({ kind }) => kind === 'shell').map(({ target }) => target.split(' ')[0]);
    assert.deepEqual(commands, ['touch', 'echo', 'cp', 'sed']);
    assert.ok(found.some(({ kind, tool }) => kind === 'write' && tool === 'Write'));
    for (const kind of ['interpreter', 'nested', 'mcp', 'tool', 'delegation'])
      assert.ok(
        found.some((trial) => trial.kind === kind && trial.expected === 'blocked'),
        kind,
      );
  });

  it('has no glob twice, though two rules have it', () => {
    for (const [form, carrier] of sessions) {
      const edits = trials('shell', form, carrier).filter(({ kind }) => kind === 'edit');
      assert.equal(new Set(edits.map(({ rule }) => rule)).size, edits.length);
    }
  });

  it('starts every forbidden type with rules alone, and one of each sort where the guard is asked', () => {
    const started = (id: string, form: SettingsForm, carrier: Carrier) =>
      trials(id, form, carrier)
        .filter(({ tool, expected }) => tool === 'Agent' && expected === 'blocked')
        .map(({ target }) => target);
    assert.deepEqual(started('lead', 'committed', 'rules'), ['lead', 'other', ...builtInAgentTypes]);
    const one = ['lead', builtInAgentTypes[0], 'nobody-registered'];
    assert.deepEqual(started('lead', 'launch', 'all'), one);
    assert.deepEqual(started('lead', 'launch', 'guard'), one);
    assert.deepEqual(started('shell', 'committed', 'rules'), one);
  });

  it('has something in every session that must go through', () => {
    for (const id of ['lead', 'shell', 'other'])
      for (const [form, carrier] of sessions)
        assert.ok(trials(id, form, carrier).some(({ expected }) => expected === 'allowed'));
  });
});
