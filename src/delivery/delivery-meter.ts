/** The metrics of one sink, labelled with its name. */
import type { Metrics } from '../telemetry/metrics.ts';

export type EntryOutcome = 'delivered' | 'filtered' | 'refused' | 'lost';

/** `stopped`: the target accepts no more records. */
export type BreakerState = 'closed' | 'half-open' | 'open' | 'stopped';

export interface DeliveryMeter {
  readonly settled: (outcome: EntryOutcome, count: number) => void;
  readonly sent: (durationMs: number) => void;
  readonly failed: () => void;
  readonly breaker: (state: BreakerState) => void;
  readonly deadLetters: (count: number) => void;
  /** Called at each scrape. */
  readonly lag: (read: () => { readonly entries: number; readonly seconds: number }) => void;
}

const BREAKER_VALUES: Readonly<Record<BreakerState, number>> = {
  closed: 0,
  'half-open': 1,
  open: 2,
  stopped: 3,
};
const MS_PER_SECOND = 1000;

/** Every metric of the sink exists from the start, so that an absent one means an absent sink. */
export function createDeliveryMeter(metrics: Metrics, sink: string): DeliveryMeter {
  const meter: DeliveryMeter = {
    settled: (outcome, count) => {
      if (count > 0) metrics.add('holdfast_sink_entries_total', count, { sink, outcome });
    },
    sent: (durationMs) => {
      metrics.observe('holdfast_sink_send_duration_seconds', durationMs / MS_PER_SECOND, { sink });
    },
    failed: () => {
      metrics.increment('holdfast_sink_failures_total', { sink });
    },
    breaker: (state) => {
      metrics.set('holdfast_sink_breaker_state', BREAKER_VALUES[state], { sink });
    },
    deadLetters: (count) => {
      metrics.set('holdfast_sink_dead_letters', count, { sink });
    },
    lag: (read) => {
      metrics.beforeExposition(() => {
        const { entries, seconds } = read();
        metrics.set('holdfast_sink_lag_entries', entries, { sink });
        metrics.set('holdfast_sink_lag_seconds', seconds, { sink });
      });
    },
  };
  meter.breaker('closed');
  meter.deadLetters(0);
  return meter;
}
