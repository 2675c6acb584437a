/** A circuit breaker that a real Prometheus opens and closes, and that loses it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../src/base/clock.ts';
import { BreakerKeeper } from '../../src/freeze/breaker/breaker-keeper.ts';
import { queryPrometheus } from '../../src/freeze/breaker/query-prometheus.ts';
import { breakerSchema, prometheusSchema } from '../../src/freeze/breaker/settings.ts';
import { electAlone } from '../../src/kubernetes/leader-election/leader-election.ts';
import { recordTelemetry } from '../support/recording-telemetry.ts';
import { startPrometheus } from '../support/sinks/prometheus-server.ts';
import { waitUntil } from '../support/wait-until.ts';

test('the real Prometheus', async (t) => {
  const { url, measure, stop } = await startPrometheus(t);
  const prometheus = prometheusSchema.parse({ url, sampleMs: 1000, timeoutMs: 10_000 });
  const breaker = breakerSchema.parse({
    name: 'errors',
    query: 'max(error_ratio)',
    openAbove: 0.01,
    closeBelow: 0.005,
    openSamples: 2,
    halfOpenSamples: 2,
    closeSamples: 2,
    lostSamples: 2,
    onLost: 'open',
  });
  const writes: string[] = [];
  const phases: string[] = [];
  const reasons: string[] = [];
  const write = (what: string) => () => {
    writes.push(what);
    return Promise.resolve({ ok: true, isEnded: false } as const);
  };
  const { logger, metrics } = recordTelemetry();
  const keeper = new BreakerKeeper({
    breakers: [breaker],
    sampleMs: prometheus.sampleMs,
    election: electAlone(),
    objects: {
      isInForce: () => Promise.resolve(false),
      begin: write('begin'),
      renew: write('renew'),
      end: write('end'),
    },
    sample: ({ query }) => queryPrometheus(prometheus, query, { environment: {} }),
    onChange: ({ phase, reason }) => {
      phases.push(phase);
      reasons.push(reason);
    },
    clock: systemClock,
    logger,
    metrics,
  });
  const sampleUntil = (phase: string): Promise<void> =>
    waitUntil(async () => {
      await keeper.turn();
      return phases.at(-1) === phase;
    });

  await t.test('answers queries, and says what is wrong with one', async () => {
    await waitUntil(async () => {
      const sample = await queryPrometheus(prometheus, 'max(error_ratio)', { environment: {} });
      return sample.status === 'read' && sample.value === 0;
    });
    assert.deepEqual(await queryPrometheus(prometheus, 'no_such_metric', { environment: {} }), {
      status: 'lost',
      reason: 'The query finds no number: append "or vector(0)" where that means none',
    });
    const empty = await queryPrometheus(prometheus, 'no_such_metric or vector(0)', {
      environment: {},
    });
    assert.deepEqual(empty, { status: 'read', value: 0 });
    const wrong = await queryPrometheus(prometheus, 'max(', { environment: {} });
    assert.match(wrong.status === 'lost' ? wrong.reason : '', /parse error/u);
    assert.equal((await queryPrometheus(prometheus, '0 / 0', { environment: {} })).status, 'lost');
  });

  await t.test('opens while errors rise, and closes when they are gone', async () => {
    measure(0.025);
    await sampleUntil('open');
    assert.match(reasons.at(-1) ?? '', /^the query gives 0\.025; it opens above 0\.01/u);
    measure(0.001);
    await sampleUntil('closed');
    assert.deepEqual(phases, ['open', 'half-open', 'closed']);
    assert.deepEqual(writes, ['begin', 'end']);
  });

  await t.test('opens where it is lost, as its settings say', async () => {
    await stop();
    await sampleUntil('open');
    assert.match(reasons.at(-1) ?? '', /^Prometheus gives no number: /u);
    assert.deepEqual(writes, ['begin', 'end', 'begin']);
  });
});
