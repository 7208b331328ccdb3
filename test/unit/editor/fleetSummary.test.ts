import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { summarize } from '../../../src/editor/fleetSummary.ts';
import type { AgentStatus } from '../../../src/outputs/fleet.ts';
import { statusOf } from './statuses.ts';

const fine = [statusOf('a'), statusOf('b')];
const drifted = statusOf('c', { sync: 'outOfSync', summary: 'settings edited' });
const missing = statusOf('d', { health: 'missing', sync: 'outOfSync' });
const degraded = statusOf('g', { health: 'degraded', summary: 'hook not executable' });
const disarmed = statusOf('e', { health: 'disarmed', disarmed: ['guard hook missing'], sync: 'outOfSync' });
const unknown = statusOf('f', { sync: 'unknown' });

describe('fleetSummary', () => {
  const cases: readonly (readonly [string, readonly AgentStatus[], string, string | undefined])[] = [
    ['nobody', [], '$(shield) 0 agents', undefined],
    ['one in order', [statusOf('a')], '$(shield) 1 agent', undefined],
    ['all in order', fine, '$(shield) 2 agents', undefined],
    ['drift', [...fine, drifted], '$(diff) 1 drifted · 3 agents', 'c'],
    ['unknown', [...fine, unknown], '$(question) 1 unknown · 3 agents', 'f'],
    ['missing before drift', [drifted, missing], '$(warning) 1 not generated · 2 agents', 'd'],
    ['several', [missing, missing], '$(warning) 2 not generated · 2 agents', 'd'],
    ['degraded', [missing, degraded], '$(warning) 2 need repair · 2 agents', 'd'],
    ['disarmed before all', [drifted, missing, disarmed, ...fine], '$(error) 1 disarmed · 5 agents', 'e'],
  ];
  for (const [name, agents, text, urgent] of cases)
    it(name, () => {
      const summary = summarize(agents.map((status) => ({ folder: 'f', status })));
      assert.equal(summary.text, text);
      assert.equal(summary.mostUrgent?.status.agent.id, urgent);
      assert.equal(summary.isDisarmed, text.includes('disarmed'));
    });

  it('warns of a broken registry where all agents are in order', () =>
    assert.equal(summarize([], ['The registry has errors.']).text, '$(warning) 0 agents'));

  it('lists what is urgent, most urgent first, and no more than it can show', () => {
    const many = Array.from({ length: 30 }, (_, index) => statusOf(`x${index}`, { sync: 'outOfSync' }));
    const { tooltip } = summarize([...many, disarmed].map((status) => ({ folder: 'f', status })));
    assert.match(tooltip, /^- \*\*e\*\* disarmed\\: guard hook missing\n- \*\*x0\*\*/);
    assert.match(tooltip, /- and 19 more\n\n0 of 31 agents in order\.$/);
  });
});
