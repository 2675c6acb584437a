/**
 * Metrics of a thread without a registry: counted here, and forwarded in batches to the thread that is
 * scraped.
 */
import type { MetricChange, Metrics } from './metrics.ts';

type Labels = Readonly<Record<string, string>>;

/** Further observations of a batch are dropped; counters and gauges are aggregated and cannot overflow. */
export const OBSERVATIONS_MAX = 5000;

/** What is counted between two calls of `take`. */
export class ForwardedMetrics implements Metrics {
  readonly #totals = new Map<string, MetricChange>();
  readonly #gauges = new Map<string, MetricChange>();
  /** The last forwarded value of each gauge. */
  readonly #told = new Map<string, number>();
  readonly #updates: (() => void)[] = [];
  #observations: MetricChange[] = [];

  readonly increment: Metrics['increment'] = (name, ...[labels]: readonly Labels[]) => {
    this.#add(name, 1, labels);
  };

  readonly add: Metrics['add'] = (name, amount, ...[labels]: readonly Labels[]) => {
    this.#add(name, amount, labels);
  };

  readonly set: Metrics['set'] = (name, value, ...[labels = {}]: readonly Labels[]) => {
    this.#gauges.set(keyOf(name, labels), { kind: 'set', name, value, labels });
  };

  readonly observe: Metrics['observe'] = (name, value, ...[labels = {}]: readonly Labels[]) => {
    if (this.#observations.length >= OBSERVATIONS_MAX) return;
    this.#observations.push({ kind: 'observe', name, value, labels });
  };

  readonly beforeExposition: Metrics['beforeExposition'] = (update) => {
    this.#updates.push(update);
  };

  /** Reads the gauges, and returns the changes since the last call. */
  take(): readonly MetricChange[] {
    for (const update of this.#updates) update();
    const gauges = [...this.#gauges].filter(([key, { value }]) => this.#told.get(key) !== value);
    for (const [key, { value }] of gauges) this.#told.set(key, value);
    const changes = [
      ...this.#totals.values(),
      ...gauges.map(([, change]) => change),
      ...this.#observations,
    ];
    this.#totals.clear();
    this.#gauges.clear();
    this.#observations = [];
    return changes;
  }

  #add(name: string, amount: number, labels: Labels = {}): void {
    const key = keyOf(name, labels);
    const value = (this.#totals.get(key)?.value ?? 0) + amount;
    this.#totals.set(key, { kind: 'add', name, value, labels });
  }
}

function keyOf(name: string, labels: Labels): string {
  return JSON.stringify([name, labels]);
}
