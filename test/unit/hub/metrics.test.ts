import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import parsePrometheus from 'parse-prometheus-text-format';
import { countOne, newCounts, Tally } from '../../../src/hub/counts.ts';
import type { CoreFigures } from '../../../src/hub/hubCore.ts';
import { measuresOf, metricsJson, prometheusText, RateMeter } from '../../../src/hub/metrics.ts';

const core: CoreFigures = {
  ingested: 7,
  repeated: 1,
  published: 8,
  spoolLagBytes: 0,
  spoolLagMs: 1500,
  spoolFiles: 2,
  spoolsUnreadable: 0,
  lost: { broken: 1, unwritten: 2, vanished: 3 },
  journalBytes: 99,
  journalSegments: 1,
  oldestSeq: 1,
  hooks: { fired: 5, failed: 1 },
  verdicts: { allow: 3, deny: 2 },
  latency: { bounds: [1, 10], counts: [1, 2], sum: 9, count: 4 },
};
const now = { connections: 2, queueMessages: 3, queueBytes: 4, longestQueue: 3, uptimeMs: 2500 };

const textOf = (figures: CoreFigures, more: object = {}): Promise<string> => {
  const counts = newCounts();
  counts.messagesSent = 12;
  countOne(counts.errorsSent, 'invalid_json');
  countOne(counts.errorsSent, 'invalid_json');
  return prometheusText(measuresOf(counts, figures, { ...now, ...more }));
};

describe('metrics', () => {
  it('are text that a parser of Prometheus reads, with these values', async () => {
    const families = parsePrometheus(await textOf(core));
    const value = (name: string, labels: Readonly<Record<string, string>> = {}): string | undefined =>
      families
        .find((family) => family.name === name)
        ?.metrics.find((metric) => JSON.stringify(metric.labels ?? {}) === JSON.stringify(labels))?.value;
    assert.equal(value('native_orchestrator_hub_messages_sent_total'), '12');
    assert.equal(value('native_orchestrator_hub_errors_sent_total', { code: 'invalid_json' }), '2');
    assert.equal(value('native_orchestrator_hub_events_lost_total', { reason: 'vanished' }), '3');
    assert.equal(value('native_orchestrator_hub_spool_lag_seconds'), '1.5');
    assert.equal(value('native_orchestrator_guard_verdicts_total', { verdict: 'deny' }), '2');
    const latency = families.find(({ name }) => name === 'native_orchestrator_hub_hook_to_event_seconds');
    assert.equal(latency?.type, 'HISTOGRAM');
    assert.deepEqual(
      { ...latency?.metrics[0] },
      {
        buckets: { '0.001': '1', '0.01': '3', '+Inf': '4' },
        count: '4',
        sum: '0.009',
      },
    );
  });

  it('have a help and a type each, once, and names that Prometheus admits', async () => {
    const text = await textOf({ ...core, sessions: { working: 1 } }, { ingestRate: 1 });
    const names = [...text.matchAll(/^# TYPE (\S+) (\w+)$/gm)];
    assert.equal(new Set(names.map(([, name]) => name)).size, names.length);
    assert.equal(names.length, [...text.matchAll(/^# HELP \S+ .+\.$/gm)].length);
    for (const [, name, type] of names) {
      assert.match(name ?? '', /^native_orchestrator_[a-z_]+$/);
      assert.equal(name?.endsWith('_total'), type === 'counter', name);
    }
  });

  const optional: readonly (readonly [name: string, figures: object, more: object])[] = [
    ['native_orchestrator_sessions', { sessions: { working: 1 } }, {}],
    ['native_orchestrator_hook_duration_seconds', { hooks: { fired: 5, failed: 1, p50: 1, p95: 2 } }, {}],
    ['native_orchestrator_hub_ingest_events_per_second', {}, { ingestRate: 2 }],
    ['native_orchestrator_agents_by_sync', {}, { marks: { sync: { stale: 1 }, health: {} } }],
    ['native_orchestrator_agents_by_health', {}, { marks: { sync: {}, health: { healthy: 1 } } }],
  ];
  for (const [name, figures, more] of optional)
    it(`leave out ${name} while nothing is known of it`, async () => {
      assert.doesNotMatch(await textOf(core), new RegExp(`${name}\\b`));
      assert.match(await textOf({ ...core, ...figures }, more), new RegExp(`^${name}\\b`, 'm'));
    });

  it('say the same as JSON', async () => {
    const counts = newCounts();
    const measures = measuresOf(counts, core, now);
    const json = metricsJson(measures);
    const families = parsePrometheus(await prometheusText(measures));
    assert.deepEqual(Object.keys(json).sort(), families.map(({ name }) => name).sort());
    for (const { name, metrics } of families) {
      const [first] = metrics;
      if (metrics.length === 1 && first?.value !== undefined && first.labels === undefined)
        assert.equal(json[name], Number(first.value), name);
    }
    assert.deepEqual(json.native_orchestrator_hub_events_lost_total, {
      broken: 1,
      unwritten: 2,
      vanished: 3,
    });
  });

  it('sort values into buckets, the bound included', () => {
    const tally = new Tally([1, 10]);
    for (const value of [0, 1, 1.5, 10, 11]) tally.add(value);
    assert.deepEqual([tally.counts, tally.count, tally.sum], [[2, 2], 5, 23.5]);
  });

  it('know a rate from two samples on, over the last minute', () => {
    const rate = new RateMeter();
    assert.equal(rate.perSecond, undefined);
    rate.add(0, 100);
    assert.equal(rate.perSecond, undefined);
    rate.add(5_000, 200);
    assert.equal(rate.perSecond, 20);
    for (let at = 10_000; at <= 120_000; at += 5_000) rate.add(at, 200);
    assert.equal(rate.perSecond, 0);
  });
});
