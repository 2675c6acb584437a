import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OtlpSink } from '../../../../src/sinks/otlp/otlp-sink.ts';
import { createFakeOtlp } from '../../../support/sinks/fake-otlp.ts';
import { startSink, testHttpSink } from '../../../support/sinks/http-sink-cases.ts';
import type { HttpSinkCase } from '../../../support/sinks/http-sink-cases.ts';
import { sampleEntries } from '../../../support/journal-entries.ts';

const CASE: HttpSinkCase = {
  name: 'OTLP',
  secret: 'collector-token',
  create: ({ url, caFile, timeoutMs }, context) =>
    new OtlpSink(
      {
        name: 'collector',
        url,
        tls: { caFile },
        delivery: { timeoutMs },
        bearerToken: { env: 'SECRET' },
        secretHeaders: {},
      },
      context,
    ),
  malformed: { body: '<html>' },
  serverFaultIsFinal: true,
};

testHttpSink(CASE);

test('the OTLP sink exports each record as a log record', async (t) => {
  const collector = createFakeOtlp({ token: 'collector-token' });
  const { sink } = await startSink(t, CASE, collector.handler);

  const outcome = await sink.send(sampleEntries(1, 3), AbortSignal.timeout(60_000));

  assert.deepEqual(outcome, { status: 'delivered' });
  assert.equal(collector.records.length, 3);
});

test('the OTLP sink keeps what a collector rejects, and sends none of it again', async (t) => {
  const collector = createFakeOtlp({ token: 'collector-token' });
  const { sink } = await startSink(t, CASE, collector.handler);
  collector.reject(1);

  assert.deepEqual(await sink.send(sampleEntries(1, 3), AbortSignal.timeout(60_000)), {
    status: 'refused',
    sequences: [1, 2, 3],
    reason: 'The target rejected 1 of 3 records: attribute too long',
  });
});

test('the OTLP sink sends headers whose values are secrets', async (t) => {
  const { target, sink } = await startSink(t, {
    secret: 'vendor-key',
    create: ({ url, caFile, timeoutMs }, context) =>
      new OtlpSink(
        {
          name: 'vendor',
          url: `${url}/base/`,
          tls: { caFile },
          delivery: { timeoutMs },
          secretHeaders: { 'api-key': { env: 'SECRET' } },
        },
        context,
      ),
  });

  assert.deepEqual(await sink.send(sampleEntries(1, 1), AbortSignal.timeout(60_000)), {
    status: 'delivered',
  });
  assert.equal(target.requests[0]?.headers['api-key'], 'vendor-key');
  assert.equal(target.requests[0]?.path, '/base/v1/logs');
});
