import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLokiSink } from '../../../../src/sinks/loki/loki-sink.ts';
import { createFakeLoki } from '../../../support/sinks/fake-loki.ts';
import { startSink, testHttpSink } from '../../../support/sinks/http-sink-cases.ts';
import type { HttpSinkCase } from '../../../support/sinks/http-sink-cases.ts';
import { sampleEntries } from '../../../support/journal-entries.ts';

const CASE: HttpSinkCase = {
  name: 'Loki',
  secret: 'loki-pass-word',
  create: ({ url, caFile, timeoutMs }, context) =>
    createLokiSink(
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

test('the Loki sink pushes to the tenant, with its password', async (t) => {
  const loki = createFakeLoki({ tenant: 'platform' });
  const { target, sink } = await startSink(t, CASE, loki.handler);

  assert.deepEqual(await sink.send(sampleEntries(1, 3), AbortSignal.timeout(20_000)), {
    status: 'delivered',
  });

  assert.equal(loki.lines.size, 3);
  assert.equal(
    target.requests[0]?.headers.authorization,
    `Basic ${Buffer.from('holdfast:loki-pass-word').toString('base64')}`,
  );
});

test('the Loki sink sends a push again without doubling its lines', async (t) => {
  const loki = createFakeLoki({ tenant: 'platform' });
  const { sink } = await startSink(t, CASE, loki.handler);

  for (let time = 0; time < 2; time += 1) {
    await sink.send(sampleEntries(1, 3), AbortSignal.timeout(20_000));
  }

  assert.equal(loki.lines.size, 3);
});

test('the Loki sink finds the line that Loki will not take, by halves', async (t) => {
  const loki = createFakeLoki({ tenant: 'platform', forbidden: 'checkout-2' });
  const { sink } = await startSink(t, CASE, loki.handler);
  const signal = AbortSignal.timeout(20_000);

  assert.deepEqual(await sink.send(sampleEntries(1, 3), signal), {
    status: 'too-large',
    reason: 'The target answered 400: entry too far behind',
  });
  assert.deepEqual(await sink.send(sampleEntries(2, 2), signal), {
    status: 'refused',
    sequences: [2],
    reason: 'The target answered 400: entry too far behind',
  });
  assert.equal(loki.lines.size, 2);
});
