/** The metrics interface. `metrics-table.ts` declares the metrics; `prometheus-metrics.ts` imports the library. */
import type { CounterName, GaugeName, HistogramName, MetricLabels } from './metrics-table.ts';

/** Labels are omitted if a metric has none. */
type LabelArguments<Labels> = keyof Labels extends never ? [] : [labels: Labels];

/** Counts, sets and observes the metrics of the table. */
export interface Metrics {
  readonly increment: <Name extends CounterName>(
    name: Name,
    ...labels: LabelArguments<MetricLabels<Name>>
  ) => void;
  /** Counts several at once; the amount is never negative. */
  readonly add: <Name extends CounterName>(
    name: Name,
    amount: number,
    ...labels: LabelArguments<MetricLabels<Name>>
  ) => void;
  readonly set: <Name extends GaugeName>(
    name: Name,
    value: number,
    ...labels: LabelArguments<MetricLabels<Name>>
  ) => void;
  readonly observe: <Name extends HistogramName>(
    name: Name,
    value: number,
    ...labels: LabelArguments<MetricLabels<Name>>
  ) => void;
  /** Runs before each exposition: for gauges that are cheaper to read on demand than to update. */
  readonly beforeExposition: (update: () => void) => void;
}

/** The text in the Prometheus exposition format. */
export interface MetricsExposition {
  readonly contentType: string;
  readonly text: () => Promise<string>;
}

/** A change of one metric of the table, as plain data: forwarded by another thread. */
export interface MetricChange {
  readonly kind: 'add' | 'set' | 'observe';
  readonly name: string;
  readonly value: number;
  readonly labels: Readonly<Record<string, string>>;
}

/** Applies forwarded changes. */
export interface MetricsIntake {
  /** Changes of unknown metrics are ignored. */
  readonly apply: (changes: readonly MetricChange[]) => void;
}
