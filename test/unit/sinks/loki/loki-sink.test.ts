import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LokiSink } from '../../../../src/sinks/loki/loki-sink.ts';
import { createFakeLoki } from '../../../support/sinks/fake-loki.ts';
import { reasonOf, startSink, testHttpSink } from '../../../support/sinks/http-sink-cases.ts';
import type { HttpSinkCase } from '../../../support/sinks/http-sink-cases.ts';
import { sampleEntries, sampleEntry } from '../../../support/journal-entries.ts';

const CASE: HttpSinkCase = {
  name: 'Loki',
  secret: 'loki-pass-word',
  create: ({ url, caFile, timeoutMs }, context) =>
    new LokiSink(
      {
        name: 'loki',
        url,
        tls: { caFile },
        delivery: { timeoutMs },
        basic: { username: 'holdfast', password: { env: 'SECRET' } },
        tenant: 'platform',
        labels: { job: 'holdfast' },
      },
      context,
    ),
  malformed: { status: 301, body: '<html>' },
};

testHttpSink(CASE);

/** Soon after the sample entries. */
const fake = () => createFakeLoki({ nowMs: () => Date.parse('2026-01-05T09:00:00Z') });

test('the Loki sink pushes to the tenant, with its password', async (t) => {
  const loki = fake();
  const { target, sink } = await startSink(t, CASE, loki.handler);

  assert.deepEqual(await sink.send(sampleEntries(1, 3), AbortSignal.timeout(60_000)), {
    status: 'delivered',
  });

  assert.equal(loki.lines('platform').length, 3);
  assert.equal(
    target.requests[0]?.headers.authorization,
    `Basic ${Buffer.from('holdfast:loki-pass-word').toString('base64')}`,
  );
});

test('the Loki sink sends a push again without doubling its lines', async (t) => {
  const loki = fake();
  const { sink } = await startSink(t, CASE, loki.handler);

  for (let time = 0; time < 2; time += 1) {
    await sink.send(sampleEntries(1, 3), AbortSignal.timeout(60_000));
  }

  assert.equal(loki.lines('platform').length, 3);
});

test('the Loki sink finds the line that Loki will not take, by halves', async (t) => {
  const loki = fake();
  const { sink } = await startSink(t, CASE, loki.handler);
  const signal = AbortSignal.timeout(60_000);
  const old = sampleEntry(2, { time: '2025-12-01T00:00:00.000Z' });
  const [first, , third] = sampleEntries(1, 3);
  assert.ok(first !== undefined && third !== undefined);

  const whole = await sink.send([first, old, third], signal);
  const alone = await sink.send([old], signal);

  assert.equal(whole.status, 'too-large');
  assert.partialDeepStrictEqual(alone, { status: 'refused', sequences: [2] });
  assert.match(reasonOf(alone), /^The target answered 400: .* has timestamp too old/u);
  assert.equal(loki.lines('platform').length, 2);
});
