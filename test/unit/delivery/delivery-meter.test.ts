import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDeliveryMeter } from '../../../src/delivery/delivery-meter.ts';
import { recordTelemetry } from '../../support/recording-telemetry.ts';

test('createDeliveryMeter() counts under the name of its sink', async () => {
  const { metrics, exposed } = recordTelemetry();
  const meter = createDeliveryMeter(metrics, 'siem');
  meter.lag(() => ({ entries: 12, seconds: 3.5 }));
  meter.settled('delivered', 3);
  meter.settled('filtered', 0);
  meter.settled('lost', 2);
  meter.failed();
  meter.sent(250);
  meter.breaker('half-open');
  meter.deadLetters(4);

  const lines = await exposed('holdfast_sink_');

  assert.deepEqual(
    lines.filter((line) => !line.includes('_bucket')),
    [
      'holdfast_sink_entries_total{sink="siem",outcome="delivered"} 3',
      'holdfast_sink_entries_total{sink="siem",outcome="lost"} 2',
      'holdfast_sink_lag_entries{sink="siem"} 12',
      'holdfast_sink_lag_seconds{sink="siem"} 3.5',
      'holdfast_sink_failures_total{sink="siem"} 1',
      'holdfast_sink_send_duration_seconds_sum{sink="siem"} 0.25',
      'holdfast_sink_send_duration_seconds_count{sink="siem"} 1',
      'holdfast_sink_dead_letters{sink="siem"} 4',
      'holdfast_sink_breaker_state{sink="siem"} 1',
    ],
  );
});
