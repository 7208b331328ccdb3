// The parser of Prometheus' text that the tests hold the hub's against; it comes without types.
declare module 'parse-prometheus-text-format' {
  interface Metric {
    readonly labels?: Readonly<Record<string, string>>;
    /** Absent of histograms. */
    readonly value?: string;
    readonly buckets?: Readonly<Record<string, string>>;
    readonly count?: string;
    readonly sum?: string;
  }
  interface Family {
    readonly name: string;
    readonly help: string;
    readonly type: string;
    readonly metrics: readonly Metric[];
  }
  // biome-ignore lint/style/noDefaultExport: it is how the package exports it
  export default function parsePrometheusTextFormat(text: string): readonly Family[];
}
