// The figures of the hub as measures: one list, shown as Prometheus text and as JSON. What nobody measured is not in it.
import { type Metric, Registry } from 'prom-client';
import type { HubCounts } from './counts.ts';
import type { CoreFigures, Histogram } from './hubCore.ts';

interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** One figure, or one per label. Times in seconds and sizes in bytes, as Prometheus has them. */
export type Measure = { readonly name: string; readonly help: string } & (
  | { readonly type: 'counter' | 'gauge'; readonly samples: readonly Sample[] }
  | { readonly type: 'histogram'; readonly histogram: Histogram; readonly unit: 'ms' | 'clients' }
);

/** How many agents are in each state of sync and of health. */
export interface AgentMarks {
  readonly sync: Readonly<Record<string, number>>;
  readonly health: Readonly<Record<string, number>>;
}

/** What is so at this moment, beside what has been counted. */
export interface NowFigures {
  readonly connections: number;
  readonly queueMessages: number;
  readonly queueBytes: number;
  readonly longestQueue: number;
  readonly uptimeMs: number;
  /** Events a second that came in lately; absent until that was seen for a while. */
  readonly ingestRate?: number;
  readonly marks?: AgentMarks;
}

const hub = 'native_orchestrator_hub_';
const fleet = 'native_orchestrator_';
const seconds = (ms: number): number => ms / 1000;

const one = (value: number): readonly Sample[] => [{ labels: {}, value }];
const by = (label: string, values: Iterable<readonly [string, number]>): readonly Sample[] =>
  [...values].map(([name, value]) => ({ labels: { [label]: name }, value }));

const counter = (name: string, help: string, samples: number | readonly Sample[]): Measure => ({
  type: 'counter',
  name,
  help,
  samples: typeof samples === 'number' ? one(samples) : samples,
});
const gauge = (name: string, help: string, samples: number | readonly Sample[] | undefined): Measure[] =>
  samples === undefined
    ? []
    : [{ type: 'gauge', name, help, samples: typeof samples === 'number' ? one(samples) : samples }];

function ofServer(counts: HubCounts, now: NowFigures): Measure[] {
  return [
    counter(
      `${hub}messages_sent_total`,
      'Frames that were handed to the system for a client.',
      counts.messagesSent,
    ),
    counter(`${hub}send_failures_total`, 'Frames that could not be handed over.', counts.sendFailures),
    counter(
      `${hub}messages_received_total`,
      'Frames of clients, those that were not read included.',
      counts.messagesReceived,
    ),
    counter(
      `${hub}messages_dropped_total`,
      'Frames that were dropped: rate is of a client, not read; backpressure is an update for a client that does not keep up.',
      by('reason', [
        ['rate', counts.droppedRate],
        ['backpressure', counts.droppedBackpressure],
      ]),
    ),
    counter(
      `${hub}errors_sent_total`,
      'Errors that clients were told, by code.',
      by('code', counts.errorsSent),
    ),
    ...gauge(`${hub}connections`, 'WebSocket connections that are open.', now.connections),
    counter(
      `${hub}connections_opened_total`,
      'WebSocket connections that were opened.',
      counts.connectionsOpened,
    ),
    counter(
      `${hub}connections_refused_total`,
      'Connections that there was no room for.',
      counts.connectionsRefused,
    ),
    counter(
      `${hub}disconnections_total`,
      'WebSocket connections that ended, by reason.',
      by('reason', counts.ended),
    ),
    counter(
      `${hub}requests_cut_total`,
      'Requests that were cut: slow, with a head that is too long, or no HTTP.',
      by('reason', counts.requestsCut),
    ),
    counter(`${hub}auth_denied_total`, 'Requests without a token that is good.', counts.tokenDenied),
    counter(`${hub}origin_denied_total`, 'Requests with another Host or Origin.', counts.originDenied),
    counter(`${hub}bytes_received_total`, 'Bytes of the frames of clients.', counts.bytesReceived),
    counter(`${hub}bytes_sent_total`, 'Bytes of the frames that were sent.', counts.bytesSent),
    counter(
      `${hub}controls_total`,
      'Controls of operators that came to an end.',
      by('result', [
        ['done', counts.controlsDone],
        ['failed', counts.controlsFailed],
      ]),
    ),
    counter(
      `${hub}replays_total`,
      'Connections that asked for what they missed.',
      by('result', [
        ['complete', counts.replays],
        ['unavailable', counts.replaysUnavailable],
      ]),
    ),
    {
      type: 'histogram',
      name: `${hub}fan_out_clients`,
      help: 'Clients that an event was meant for.',
      histogram: counts.fanOut,
      unit: 'clients',
    },
    {
      type: 'histogram',
      name: `${hub}event_to_send_seconds`,
      help: 'From the time of an event in the journal to its being handed to the sockets.',
      histogram: counts.latency,
      unit: 'ms',
    },
    ...gauge(`${hub}send_queue_messages`, 'Frames that wait for clients.', now.queueMessages),
    ...gauge(
      `${hub}send_queue_bytes`,
      'Bytes that wait for clients, those with the system included.',
      now.queueBytes,
    ),
    ...gauge(
      `${hub}send_queue_longest_messages`,
      'Frames that wait for the client with the most.',
      now.longestQueue,
    ),
    ...gauge(`${hub}uptime_seconds`, 'Since the hub started.', seconds(now.uptimeMs)),
    ...gauge(
      `${hub}ingest_events_per_second`,
      'Lines of spools that became events, of the last minute.',
      now.ingestRate,
    ),
  ];
}

function ofCore(core: CoreFigures): Measure[] {
  return [
    counter(`${hub}events_ingested_total`, 'Lines of spools that became events.', core.ingested),
    counter(`${hub}events_repeated_total`, 'Lines that were there a second time.', core.repeated),
    counter(`${hub}events_published_total`, 'Events that got into the journal.', core.published),
    counter(
      `${hub}events_lost_total`,
      'What did not become an event: lines that are none, what could not be written, spools that went away unread.',
      by('reason', [
        ['broken', core.lost.broken],
        ['unwritten', core.lost.unwritten],
        ['vanished', core.lost.vanished],
      ]),
    ),
    ...gauge(`${hub}spool_lag_bytes`, 'Bytes in spools that are not read yet.', core.spoolLagBytes),
    ...gauge(
      `${hub}spool_lag_seconds`,
      'How long the oldest of them have been waiting.',
      seconds(core.spoolLagMs),
    ),
    ...gauge(`${hub}spool_files`, 'Spools that are followed.', core.spoolFiles),
    ...gauge(
      `${hub}spools_unreadable`,
      'Spools that could not be read when last tried, and what lies in their place: links, pipes, files of other users.',
      core.spoolsUnreadable,
    ),
    ...gauge(`${hub}journal_bytes`, 'Size of the journal.', core.journalBytes),
    ...gauge(`${hub}journal_segments`, 'Files of the journal.', core.journalSegments),
    {
      type: 'histogram',
      name: `${hub}hook_to_event_seconds`,
      help: "From a hook's own time on its line to the event.",
      histogram: core.latency,
      unit: 'ms',
    },
    ...gauge(
      `${fleet}sessions`,
      'Sessions by state.',
      core.sessions && by('state', Object.entries(core.sessions)),
    ),
    counter(`${fleet}hooks_fired_total`, 'Hooks that told of an event.', core.hooks.fired),
    counter(
      `${fleet}hooks_failed_total`,
      'Calls that the guard could not judge, and refused.',
      core.hooks.failed,
    ),
    ...gauge(
      `${fleet}hook_duration_seconds`,
      "How long the guard's process took, of the last ones.",
      core.hooks.p50 === undefined || core.hooks.p95 === undefined
        ? undefined
        : by('quantile', [
            ['0.5', seconds(core.hooks.p50)],
            ['0.95', seconds(core.hooks.p95)],
          ]),
    ),
    counter(
      `${fleet}guard_verdicts_total`,
      'Verdicts of the guard.',
      by('verdict', Object.entries(core.verdicts)),
    ),
  ];
}

function ofAgents(marks: AgentMarks | undefined): Measure[] {
  if (marks === undefined) return [];
  return [
    ...gauge(
      `${fleet}agents_by_sync`,
      'Agents by whether they match the registry.',
      by('sync', Object.entries(marks.sync)),
    ),
    ...gauge(
      `${fleet}agents_by_health`,
      'Agents by whether their protections hold.',
      by('health', Object.entries(marks.health)),
    ),
  ];
}

/** Every figure there is now; of what comes by label, once there is one. */
export function measuresOf(counts: HubCounts, core: CoreFigures, now: NowFigures): readonly Measure[] {
  const all = [...ofServer(counts, now), ...ofCore(core), ...ofAgents(now.marks)];
  return all.filter((measure) => measure.type === 'histogram' || measure.samples.length > 0);
}

interface Bucket {
  /** Upper bound, inclusive. */
  readonly le: number | '+Inf';
  /** All that is at most that. */
  readonly count: number;
}

function bucketsOf({ bounds, counts, count }: Histogram, scale: number): readonly Bucket[] {
  let below = 0;
  const buckets = bounds.map((bound, index): Bucket => {
    below += counts[index] ?? 0;
    return { le: bound / scale, count: below };
  });
  return [...buckets, { le: '+Inf', count }];
}

const scaleOf = (unit: 'ms' | 'clients'): number => (unit === 'ms' ? 1000 : 1);

function valuesOf(measure: Measure) {
  if (measure.type !== 'histogram') return measure.samples;
  const { histogram, unit, name } = measure;
  const scale = scaleOf(unit);
  return [
    ...bucketsOf(histogram, scale).map(({ le, count }) => ({
      metricName: `${name}_bucket`,
      labels: { le: String(le) },
      value: count,
    })),
    { metricName: `${name}_sum`, labels: {}, value: histogram.sum / scale },
    { metricName: `${name}_count`, labels: {}, value: histogram.count },
  ];
}

/** The content type of the text. */
export const metricsType = Registry.PROMETHEUS_CONTENT_TYPE;

/** In the text format of Prometheus. */
export async function prometheusText(measures: readonly Measure[]): Promise<string> {
  const registry = new Registry();
  for (const measure of measures) {
    const { name, help, type } = measure;
    // What the library asks a metric for. Its own classes count themselves; ours were counted already.
    const counted = { name, help, type, get: async () => ({ name, help, type, values: valuesOf(measure) }) };
    registry.registerMetric(counted as unknown as Metric);
  }
  return registry.metrics();
}

/** The same figures by name: a number, numbers by label, or a histogram. */
export function metricsJson(measures: readonly Measure[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    measures.map((measure) => {
      if (measure.type === 'histogram') {
        const { histogram, unit } = measure;
        const scale = scaleOf(unit);
        const buckets = bucketsOf(histogram, scale);
        return [measure.name, { buckets, sum: histogram.sum / scale, count: histogram.count }];
      }
      const [first] = measure.samples;
      const isSingle =
        measure.samples.length === 1 && first !== undefined && Object.keys(first.labels).length === 0;
      return [
        measure.name,
        isSingle
          ? first.value
          : Object.fromEntries(measure.samples.map(({ labels, value }) => [Object.values(labels)[0], value])),
      ];
    }),
  );
}

/** How fast a total grows, over the samples of the last minute. */
export class RateMeter {
  readonly #samples: { readonly at: number; readonly total: number }[] = [];

  /** `at`: milliseconds of a clock that never goes back. */
  add(at: number, total: number): void {
    this.#samples.push({ at, total });
    while (this.#samples.length > 2 && at - (this.#samples[1]?.at ?? at) >= 60_000) this.#samples.shift();
  }

  /** In one second; undefined before there are two samples. */
  get perSecond(): number | undefined {
    const [first] = this.#samples;
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined || last.at <= first.at) return undefined;
    return ((last.total - first.total) * 1000) / (last.at - first.at);
  }
}
