import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../src/config/limits.ts';
import type { Limit } from '../../../src/settings/limit.ts';
import type { MetricRow } from '../../../src/telemetry/metric-row.ts';
import { METRICS } from '../../../src/telemetry/metrics-table.ts';

for (const [name, row] of Object.entries<MetricRow>(METRICS)) {
  test(`${name} is named, described and bucketed as Prometheus asks`, () => {
    assert.match(name, /^holdfast_[a-z0-9_]+$/);
    assert.equal(name.endsWith('_total'), row.type === 'counter');
    assert.equal(row.type === 'histogram', row.buckets !== undefined);
    assert.match(row.help, /^[A-Z].*[^.]$/);
    for (const label of row.labels) assert.match(label, /^[a-z_]+$/);
  });
}

test('histograms reach from 0.1 ms to 10 s', () => {
  const { buckets } = METRICS.holdfast_decision_duration_seconds;
  assert.deepEqual([buckets.at(0), buckets.at(-1)], [0.0001, 10]);
});

for (const [key, { metric }] of Object.entries<Limit>(LIMITS)) {
  test(`the metric of ${key} is in the table`, () => {
    assert.equal(metric === 'none' || Object.hasOwn(METRICS, metric), true, metric);
  });
}
