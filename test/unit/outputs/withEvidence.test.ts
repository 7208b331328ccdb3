// What this machine knows, laid over the verdict: degraded by it, never better, and never part of `check`.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { type HookEvidence, hookKey } from '../../../src/claude/hookEvidence.ts';
import type { Fleet } from '../../../src/outputs/fleet.ts';
import { withEvidence } from '../../../src/outputs/withEvidence.ts';
import { editJson, fileOf, generatedFleet, look, root, statusOf } from './fleetOn.ts';

const silent: HookEvidence = {
  firings: {
    fired: new Map(),
    silent: new Map([[hookKey('guard', 'PreToolUse'), { since: '2026-01-02T00:00:00.000Z', tool: 'Write' }]]),
  },
};
const failed: HookEvidence = { proof: { state: 'failed', at: '2026-01-02T00:00:00.000Z', cli: '2.1.329' } };
const of =
  (evidence: HookEvidence) =>
  (id: string): HookEvidence | undefined =>
    id === 'code' ? evidence : undefined;

const marksOf = (fleet: Fleet): readonly string[] =>
  fleet.agents.map(({ agent, health, summary }) => `${agent.id}: ${health} ${summary}`.trim());

describe('evidence', () => {
  it('of nothing changes nothing', async () => {
    const fleet = look(await generatedFleet());
    assert.deepEqual(marksOf(withEvidence(fleet, () => ({}), undefined)), ['code: healthy', 'test: healthy']);
  });
  it('of a silent guard degrades its agent, and is told at the guard', async () => {
    const fleet = withEvidence(look(await generatedFleet()), of(silent), undefined);
    assert.deepEqual(marksOf(fleet), ['code: degraded a hook is silent', 'test: healthy']);
    const [finding, ...others] = fleet.findings.filter(({ code }) => code === 'claude/hook-silent');
    assert.deepEqual([finding?.agent, others.length], ['code', 0]);
    assert.deepEqual(statusOf(fleet, 'code').findings.at(-1), finding);
  });
  it('of a failed proof degrades its agent', async () => {
    const fleet = withEvidence(look(await generatedFleet()), of(failed), undefined);
    assert.deepEqual(marksOf(fleet), ['code: degraded proof failed', 'test: healthy']);
  });
  it('makes nothing better', async () => {
    const files = await generatedFleet();
    editJson(
      files,
      fileOf('code', 'settings.json'),
      (value) => void delete (value as { hooks?: unknown }).hooks,
    );
    assert.match(
      marksOf(withEvidence(look(files), of(failed), undefined))[0] ?? '',
      /^code: disarmed disarmed: guard/,
    );
  });
  it('of an old CLI is told once', async () => {
    const fleet = look(await generatedFleet());
    const codes = (cli: string) =>
      withEvidence(fleet, () => undefined, cli)
        .findings.map(({ code }) => code)
        .filter((code) => code.startsWith('claude/'));
    assert.deepEqual(codes('2.1.197'), ['claude/fails-open']);
    assert.deepEqual(codes('2.1.294'), ['claude/fails-open']);
    assert.deepEqual(codes('2.1.295'), []);
    assert.deepEqual(codes('2.2.0'), []);
  });
});

describe('hooks of the outputs', () => {
  it('are ours while their programs are as generated', async () => {
    const files = await generatedFleet();
    const rungs = () => {
      const [guard] = statusOf(look(files), 'code').hooks.filter(({ ours }) => ours?.kind === 'guard');
      return [guard?.rung, guard?.ours?.isInOrder, guard?.ours?.words];
    };
    // Without a look at the machine it is not known whether node is there.
    assert.deepEqual(rungs(), ['inside', true, '']);
    files.texts.set(`${root}/agents/.orchestrator/guard.mjs`, 'process.exit(0)\n');
    assert.deepEqual(rungs(), ['inside', false, 'was changed: it is not what was generated']);
    files.texts.delete(`${root}/agents/.orchestrator/guard.mjs`);
    assert.deepEqual(rungs(), ['rendered', false, 'does not exist']);
  });
  it('that all lack one program are told of once for a file', async () => {
    const files = await generatedFleet();
    files.texts.delete(`${root}/agents/.orchestrator/report.mjs`);
    const missing = look(files).findings.filter(({ code }) => code === 'claude/script-missing');
    assert.deepEqual(
      missing.map(({ agent }) => agent),
      ['code', 'test'],
    );
    assert.match(missing[0]?.message ?? '', /The same goes for 13 more hooks of this file\.$/);
  });
});
