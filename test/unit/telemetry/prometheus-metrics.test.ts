import assert from 'node:assert/strict';
import { test } from 'node:test';
import { METRICS } from '../../../src/telemetry/metrics-table.ts';
import { createMetrics } from '../../../src/telemetry/prometheus-metrics.ts';
import { withinSpan } from '../../../src/telemetry/tracing/trace-context.ts';
import { recordSpan } from '../../support/recorded-span.ts';

async function linesOf(
  metrics: ReturnType<typeof createMetrics>,
  prefix: string,
): Promise<readonly string[]> {
  return (await metrics.text()).split('\n').filter((line) => line.startsWith(prefix));
}

test('createMetrics() exposes every metric of the table with its help', async () => {
  const text = await createMetrics().text();
  for (const [name, { help, type }] of Object.entries(METRICS)) {
    assert.ok(text.includes(`# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`), name);
  }
});

test('createMetrics() exposes the process as well', async () => {
  assert.equal((await linesOf(createMetrics(), 'process_resident_memory_bytes ')).length, 1);
});

test('increment() counts by labels', async () => {
  const metrics = createMetrics();
  metrics.increment('holdfast_http_rejected_total', { code: 'review_too_large' });
  metrics.increment('holdfast_http_rejected_total', { code: 'review_too_large' });
  metrics.increment('holdfast_engine_kills_total');
  assert.deepEqual(
    [
      ...(await linesOf(metrics, 'holdfast_http_rejected_total')),
      ...(await linesOf(metrics, 'holdfast_engine_kills_total')),
    ],
    ['holdfast_http_rejected_total{code="review_too_large"} 2', 'holdfast_engine_kills_total 1'],
  );
});

test('add() counts several at once', async () => {
  const metrics = createMetrics();
  metrics.add('holdfast_engine_kills_total', 3);
  metrics.add('holdfast_engine_kills_total', 2);
  assert.deepEqual(await linesOf(metrics, 'holdfast_engine_kills_total'), [
    'holdfast_engine_kills_total 5',
  ]);
});

test('set() and observe() keep values', async () => {
  const metrics = createMetrics();
  metrics.set('holdfast_engine_queue_length', 3);
  metrics.observe('holdfast_decision_duration_seconds', 0.0004, { route: 'validate' });
  metrics.observe('holdfast_lookup_duration_seconds', 0.2);
  const lines = await linesOf(metrics, 'holdfast_');
  for (const line of [
    'holdfast_engine_queue_length 3',
    'holdfast_decision_duration_seconds_bucket{le="0.00025",route="validate"} 0',
    'holdfast_decision_duration_seconds_bucket{le="0.0005",route="validate"} 1',
    'holdfast_lookup_duration_seconds_sum 0.2',
  ]) {
    assert.ok(lines.includes(line), line);
  }
});

test('beforeExposition() updates gauges when they are read', async () => {
  const metrics = createMetrics();
  let value = 1;
  metrics.beforeExposition(() => {
    metrics.set('holdfast_lookup_cache_entries', value);
  });
  value = 7;
  assert.deepEqual(await linesOf(metrics, 'holdfast_lookup_cache_entries'), [
    'holdfast_lookup_cache_entries 7',
  ]);
});

test('two sets of metrics do not share their numbers', async () => {
  createMetrics().increment('holdfast_engine_kills_total');
  assert.deepEqual(await linesOf(createMetrics(), 'holdfast_engine_kills_total'), [
    'holdfast_engine_kills_total 0',
  ]);
});

test('createMetrics() names the current trace beside an observation where exemplars are on, and only there', async () => {
  const { span } = recordSpan();
  const [off, on] = [createMetrics(), createMetrics({ exemplars: true })];
  for (const metrics of [off, on]) {
    metrics.observe('holdfast_decision_duration_seconds', 0.2, { route: 'mutate' });
    withinSpan(span, () => {
      metrics.observe('holdfast_decision_duration_seconds', 0.002, { route: 'validate' });
      metrics.observe('holdfast_engine_call_duration_seconds', 0.002);
      metrics.increment('holdfast_engine_kills_total');
    });
  }

  assert.ok(!(await off.text()).includes('trace_id'));
  assert.equal(off.contentType, 'text/plain; version=0.0.4; charset=utf-8');
  assert.equal(on.contentType, 'application/openmetrics-text; version=1.0.0; charset=utf-8');
  const text = await on.text();
  assert.deepEqual(
    text
      .split('\n')
      .flatMap((line) => (line.includes('trace_id') ? line.replace(/ [0-9.]+$/u, '') : [])),
    [
      `holdfast_decision_duration_seconds_bucket{le="0.0025",route="validate"} 1 # {trace_id="${span.reference.traceId}",span_id="${span.reference.spanId}"} 0.002`,
    ],
  );
  assert.ok(text.includes('# TYPE holdfast_engine_kills counter\nholdfast_engine_kills_total 1\n'));
  assert.ok(text.endsWith('# EOF\n'));
});
