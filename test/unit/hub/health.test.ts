// Whether the hub is well, and what its figures are made of.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { auditLine } from '../../../src/hub/auditLog.ts';
import { handoffData } from '../../../src/hub/handoffs.ts';
import { healthOf } from '../../../src/hub/health.ts';
import { HookFigures } from '../../../src/hub/hookFigures.ts';
import type { HandoffRecord } from '../../../src/sessions/handoffRecord.ts';
import { spoolLineOf } from './lines.ts';

describe('health', () => {
  const well = { lost: { broken: 0, unwritten: 0, vanished: 0 }, spoolsUnreadable: 0, spoolLagMs: 10 };
  const check = (
    name: string,
    more: Partial<Parameters<typeof healthOf>[0]>,
    status: string,
    codes: string[],
  ) =>
    it(name, () => {
      const health = healthOf({ ...well, ...more });
      assert.equal(health.status, status);
      assert.deepEqual(
        health.problems.map(({ code }) => code),
        codes,
      );
    });
  check('nothing wrong', {}, 'ok', []);
  check('a journal that cannot be written', { journalError: 'ENOSPC', spoolLagMs: 60_000 }, 'failing', [
    'journal-unwritable',
  ]);
  check('lost events', { lost: { broken: 1, unwritten: 0, vanished: 0 } }, 'degraded', ['events-lost']);
  check('an unreadable spool', { spoolsUnreadable: 2 }, 'degraded', ['spool-unreadable']);
  check('too slow', { spoolLagMs: 6000 }, 'degraded', ['behind']);
});

describe('figures of hooks', () => {
  const startedAt = Date.parse('2026-11-21T12:00:00.000Z');
  it('are absent before the first, and are measured from then on', () => {
    const figures = new HookFigures(startedAt);
    assert.deepEqual(figures.hooks, { fired: 0, failed: 0 });
    for (let ms = 1; ms <= 100; ms++)
      figures.add(spoolLineOf({ src: 'guard', ms, verdict: 'allow' }), startedAt + ms);
    figures.add(
      spoolLineOf({ src: 'guard', verdict: 'deny', code: 'guard/cannot-decide' }),
      startedAt + 50_000,
    );
    figures.add(spoolLineOf({ ms: 9999 }), startedAt);
    assert.deepEqual(figures.hooks, { fired: 102, failed: 1, p50: 50, p95: 95 });
    assert.deepEqual(figures.verdicts, { allow: 100, deny: 1 });
    const { counts, count, sum } = figures.latency;
    assert.equal(count, 102);
    assert.equal(sum, 5050 + 50_000);
    // 0 and 1 · 2 · 3 to 5 · 6 to 10 · 11 to 20 · 21 to 50 · 51 to 100; 50 s are beyond the last bound.
    assert.deepEqual(counts, [2, 1, 3, 5, 10, 30, 50, 0, 0, 0, 0, 0, 0]);
  });
  it('do not count how late a line is that is older than the hub, or of a clock that was put back', () => {
    const figures = new HookFigures(startedAt);
    figures.add(spoolLineOf({ t: '2026-11-20T12:00:00.000Z' }), startedAt + 5);
    figures.add(spoolLineOf({ t: '2027-11-20T12:00:00.000Z' }), startedAt + 5);
    assert.equal(figures.latency.count, 0);
    assert.equal(figures.hooks.fired, 2);
  });
});

describe('a line of the audit log', () => {
  it('has its keys in order, no secret and no long text', () => {
    const text = auditLine(
      {
        action: 'start',
        by: 'hub',
        agents: ['a', `sk-ant-${'x'.repeat(40)}`],
        outcome: 'x'.repeat(10_000),
        details: { z: 1, a: 'PASSWORD=hunter2' },
      },
      '2026-11-21T12:00:00.000Z',
      7,
    );
    assert.ok(text.endsWith('}\n') && text.length < 1000);
    const line = JSON.parse(text);
    assert.deepEqual(Object.keys(line), [
      'action',
      'agents',
      'at',
      'by',
      'details',
      'format',
      'outcome',
      'pid',
    ]);
    assert.deepEqual(line.agents, ['a', '[redacted]']);
    assert.deepEqual(line.details, { a: 'PASSWORD=[redacted]', z: 1 });
  });

  it('has no half of a secret where a text is cut', () => {
    const text = (before: number): string => `${'x'.repeat(before)} ghp_${'s'.repeat(36)}`;
    const entry = { action: 'start', by: 'hub', outcome: text(245) } as const;
    assert.doesNotMatch(auditLine(entry, '2026-11-21T12:00:00.000Z', 7), /ghp|ss/);
    const handoff = { id: 'h', from: 'a', to: 'b', task: text(190) } as unknown as HandoffRecord;
    assert.doesNotMatch(JSON.stringify(handoffData(handoff)), /ghp|ss/);
  });
});
