import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ForwardedMetrics, OBSERVATIONS_MAX } from '../../../src/telemetry/forwarded-metrics.ts';
import { createMetrics } from '../../../src/telemetry/prometheus-metrics.ts';

test('ForwardedMetrics counts in one thread what another one exposes', async () => {
  const forwarded = new ForwardedMetrics();
  const exposed = createMetrics();
  forwarded.increment('holdfast_incidents_total', { outcome: 'opened' });
  forwarded.add('holdfast_incidents_total', 2, { outcome: 'opened' });
  forwarded.increment('holdfast_incidents_total', { outcome: 'joined' });
  forwarded.set('holdfast_incidents_open', 3);
  forwarded.observe('holdfast_sink_send_duration_seconds', 0.2, { sink: 'siem' });

  exposed.apply(forwarded.take());
  exposed.apply(forwarded.take());

  const lines = (await exposed.text()).split('\n');
  assert.deepEqual(
    lines.filter((line) => /^holdfast_(?:incidents|sink_send_duration_seconds_count)/u.test(line)),
    [
      'holdfast_incidents_total{outcome="opened"} 3',
      'holdfast_incidents_total{outcome="joined"} 1',
      'holdfast_incidents_open 3',
      'holdfast_sink_send_duration_seconds_count{sink="siem"} 1',
    ].toSorted((a, b) => order(lines, a) - order(lines, b)),
  );
});

function order(lines: readonly string[], line: string): number {
  return lines.indexOf(line);
}

test('ForwardedMetrics reads gauges when it hands over, and tells only what has changed', () => {
  const forwarded = new ForwardedMetrics();
  let open = 1;
  forwarded.beforeExposition(() => {
    forwarded.set('holdfast_incidents_open', open);
  });

  const first = forwarded.take();
  const second = forwarded.take();
  open = 2;
  const third = forwarded.take();

  const change = { kind: 'set', name: 'holdfast_incidents_open', labels: {} };
  assert.deepEqual(
    [first, second, third],
    [[{ ...change, value: 1 }], [], [{ ...change, value: 2 }]],
  );
});

test('ForwardedMetrics holds a bounded number of observations', () => {
  const forwarded = new ForwardedMetrics();
  for (let count = 0; count <= OBSERVATIONS_MAX; count += 1) {
    forwarded.observe('holdfast_sink_send_duration_seconds', 1, { sink: 'siem' });
  }

  assert.equal(forwarded.take().length, OBSERVATIONS_MAX);
});

test('apply() leaves out what is not in the table', async () => {
  const exposed = createMetrics();
  const before = await exposed.text();

  for (const kind of ['add', 'set', 'observe'] as const) {
    exposed.apply([{ kind, name: 'holdfast_unknown', value: 1, labels: {} }]);
  }

  assert.equal(before.includes('holdfast_unknown'), false);
  assert.equal((await exposed.text()).includes('holdfast_unknown'), false);
});
