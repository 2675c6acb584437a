/** Metrics in the Prometheus text format. The only importer of prom-client. */
import {
  collectDefaultMetrics,
  Counter,
  Gauge,
  Histogram,
  Registry,
  type HistogramConfiguration,
  type RegistryContentType,
} from 'prom-client';
import type { MetricRow } from './metric-row.ts';
import { METRICS } from './metrics-table.ts';
import type { Metrics, MetricsExposition, MetricsIntake } from './metrics.ts';
import { currentSpan } from './tracing/trace-context.ts';

type Labels = Readonly<Record<string, string>>;

export interface MetricsOptions {
  /** Names traces beside the observations of histograms, in the format OpenMetrics, which alone can carry them. @default false */
  readonly exemplars?: boolean;
}

/** Registers every metric of the table, and those of the process, in a registry of its own. */
export function createMetrics({ exemplars = false }: MetricsOptions = {}): Metrics &
  MetricsExposition &
  MetricsIntake {
  const registry = new Registry<RegistryContentType>();
  if (exemplars) registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  const counters = new Map<string, Counter>();
  const gauges = new Map<string, Gauge>();
  const histograms = new Map<string, Observe>();
  const updates: (() => void)[] = [];

  for (const [name, row] of Object.entries<MetricRow>(METRICS)) {
    const options = { name, help: row.help, labelNames: [...row.labels], registers: [registry] };
    if (row.type === 'counter') counters.set(name, new Counter(options));
    if (row.type === 'gauge') gauges.set(name, new Gauge(options));
    if (row.type === 'histogram') {
      const buckets = [...(row.buckets ?? [])];
      histograms.set(name, createHistogram({ ...options, buckets }, exemplars && row.exemplars));
    }
  }
  collectDefaultMetrics({ register: registry });

  return {
    increment: (name, ...[labels]: readonly Labels[]) => counters.get(name)?.inc(labels ?? {}),
    add: (name, amount, ...[labels]: readonly Labels[]) =>
      counters.get(name)?.inc(labels ?? {}, amount),
    set: (name, value, ...[labels]: readonly Labels[]) =>
      gauges.get(name)?.set(labels ?? {}, value),
    observe: (name, value, ...[labels]: readonly Labels[]) =>
      histograms.get(name)?.(labels ?? {}, value),
    beforeExposition: (update) => {
      updates.push(update);
    },
    apply: (changes) => {
      for (const { kind, name, value, labels } of changes) {
        if (kind === 'add') counters.get(name)?.inc({ ...labels }, value);
        if (kind === 'set') gauges.get(name)?.set({ ...labels }, value);
        if (kind === 'observe') histograms.get(name)?.({ ...labels }, value);
      }
    },
    contentType: registry.contentType,
    text: async () => {
      for (const update of updates) update();
      return registry.metrics();
    },
  };
}

type Observe = (labels: Labels, value: number) => void;

function createHistogram(
  options: HistogramConfiguration<string>,
  exemplars: boolean | undefined,
): Observe {
  if (exemplars !== true) {
    const histogram = new Histogram(options);
    return (labels, value) => {
      histogram.observe(labels, value);
    };
  }
  const histogram = new Histogram({ ...options, enableExemplars: true });
  return (labels, value) => {
    const span = currentSpan();
    const exemplarLabels =
      span === undefined
        ? {}
        : { trace_id: span.reference.traceId, span_id: span.reference.spanId };
    histogram.observe({ labels, value, exemplarLabels });
  };
}
