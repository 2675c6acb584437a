/** Metrics in the Prometheus text format. The only importer of prom-client. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { MetricRow } from './metric-row.ts';
import { METRICS } from './metrics-table.ts';
import type { Metrics, MetricsExposition, MetricsIntake } from './metrics.ts';

type Labels = Readonly<Record<string, string>>;

/** Registers every metric of the table, and those of the process, in a registry of its own. */
export function createMetrics(): Metrics & MetricsExposition & MetricsIntake {
  const registry = new Registry();
  const counters = new Map<string, Counter>();
  const gauges = new Map<string, Gauge>();
  const histograms = new Map<string, Histogram>();
  const updates: (() => void)[] = [];

  for (const [name, row] of Object.entries<MetricRow>(METRICS)) {
    const options = { name, help: row.help, labelNames: [...row.labels], registers: [registry] };
    if (row.type === 'counter') counters.set(name, new Counter(options));
    if (row.type === 'gauge') gauges.set(name, new Gauge(options));
    if (row.type === 'histogram') {
      histograms.set(name, new Histogram({ ...options, buckets: [...(row.buckets ?? [])] }));
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
      histograms.get(name)?.observe(labels ?? {}, value),
    beforeExposition: (update) => {
      updates.push(update);
    },
    apply: (changes) => {
      for (const { kind, name, value, labels } of changes) {
        if (kind === 'add') counters.get(name)?.inc({ ...labels }, value);
        if (kind === 'set') gauges.get(name)?.set({ ...labels }, value);
        if (kind === 'observe') histograms.get(name)?.observe({ ...labels }, value);
      }
    },
    contentType: registry.contentType,
    text: async () => {
      for (const update of updates) update();
      return registry.metrics();
    },
  };
}
